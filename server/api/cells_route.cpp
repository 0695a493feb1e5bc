// SPDX-License-Identifier: Apache-2.0
#include "server/api/cells_route.h"

#include <utility>
#include <vector>

#include "server/analysis/analysis_cells.h"
#include "server/analysis/answer_file.h"
#include "server/words/json_text.h"

namespace gridloom {
namespace {

constexpr Words<AnswerFormat> kForms = Words<AnswerFormat>(kWords<AnswerFormat>).first(3);

std::vector<double> people_in(const City& city, const LabelledCells& cells) {
  std::vector<double> people(cells.id.size(), 0.0);
  for (std::size_t f = kOutside + 1; f < cells.of_face.size(); ++f)
    if (const Label cell = cells.of_face[f]; cell != kGap) people[static_cast<std::size_t>(cell)] += city.population[f];
  return people;
}

FeatureTable table_of(const City& city, const std::string& kind, LabelledCells cells) {
  FeatureTable table;
  table.name = kind;
  table.description = city.name.en + ", " + kind;
  table.record = dump({{"city", city.id}, {"kind", kind}, {"cells", cells.id.size()}});
  table.lattice = city.arrangement.lattice;
  table.fields = {{"id", FieldType::text},
                  {"name", FieldType::text},
                  {"name_zh", FieldType::text},
                  {"area_km2", FieldType::real},
                  {"population", FieldType::real}};
  const std::vector<double> people = people_in(city, cells);
  for (std::size_t i = 0; i < cells.id.size(); ++i)
    table.rows.push_back({cells.id[i], cells.name[i].en, cells.name[i].zh, cells.shape.area_km2[i], people[i]});
  table.polygons = std::move(cells.shape.ground);
  return table;
}

}  // namespace

Response cells_route(const Call& call) {
  const City& city = *call.service.city;
  const std::string asked = call.parameters.text("kind");
  const std::string kind = asked.empty() ? "grid" : asked;
  const AnswerFormat format = call.parameters.word("format", AnswerFormat::geojson, kForms);
  AnswerFile file = file_of(table_of(city, kind, labelled_cells(city, kind, "kind")), format);
  const Packing packing = accepts_gzip(call.request.accept_encoding) ? Packing::for_this : Packing::skip;
  return respond(call.request, make_content(std::move(file.bytes), packing), file.content_type, "public, no-cache");
}

}  // namespace gridloom
