// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/analysis_cells.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "engine/base/strings.h"
#include "engine/density/population_points.h"
#include "engine/io/project/project_meta.h"

namespace gridloom {
namespace {

constexpr double kMostMetres = 300'000;

double required_metres(const Parameters& parameters, std::string_view name, double least, double most,
                       const std::string& why) {
  const auto value = parameters.number(name, least, most);
  if (!value)
    throw WrongParameter("'" + std::string(name) + "' is missing: " + why + " needs it, in metres",
                         "缺少“" + std::string(name) + "”：" + why + " 需要它（米）");
  return *value;
}

// Before cells are left out.
struct Whole : LabelledCells {
  std::optional<RegularCells> regular;  // then without faces

  std::size_t size() const { return id.size(); }
  Label at(Point p, FaceId face) const {
    if (regular) return regular->cell_at(p);
    return face == kOutside ? kGap : of_face[face];
  }
};

Whole regular(const AnalysisSource& source, CellShape shape, double size_m) {
  Whole whole;
  whole.regular = regular_cells(source.city.arrangement, source.locator, shape, size_m, source.threads);
  const RegularCells& cells = *whole.regular;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    whole.id.push_back(cells.name(i));
    whole.shape.centre.push_back(cells.centre(i));
    whole.shape.area_km2.push_back(cells.area_km2());
    whole.shape.ground.push_back({PolygonRings{cells.ring(i)}});
  }
  return whole;
}

Whole whole_of(const AnalysisSource& source, const CellQuestion& question) {
  if (const auto shape = value_of<CellShape>(question.kind)) return regular(source, *shape, question.size_m);
  Whole whole;
  static_cast<LabelledCells&>(whole) = labelled_cells(source.city, question.kind, "cells", word_list<CellShape>());
  return whole;
}

// The cells that lie in the area and have ground at all, ascending.
std::vector<std::uint32_t> in_area(const AnalysisSource& source, const EventChoice& choice, const Whole& whole) {
  std::vector<std::uint32_t> in;
  for (std::uint32_t i = 0; i < whole.size(); ++i)
    if (whole.shape.area_km2[i] > 0) in.push_back(i);
  if (choice.everywhere()) return in;
  std::vector<double> inside(whole.size(), 0.0);
  if (!choice.filter.faces.empty() && !whole.regular)
    for (std::size_t f = kOutside + 1; f < choice.filter.faces.size(); ++f)
      if (choice.filter.faces[f] && whole.of_face[f] != kGap)
        inside[static_cast<std::size_t>(whole.of_face[f])] += source.city.area_m2[f] / 1e6;
  std::erase_if(in, [&](std::uint32_t i) {
    const Point centre = whole.shape.centre[i];
    if (choice.filter.faces.empty()) return !gridloom::in_area(centre, choice.filter.area);
    if (whole.regular) return !choice.filter.faces[source.locator.locate(centre).face];
    return 2 * inside[i] < whole.shape.area_km2[i];
  });
  return in;
}

// Of regular cells: the faces' people spread over pixels of an eighth of a cell.
std::vector<double> people_of(const City& city, const Whole& whole) {
  std::vector<double> people(whole.size(), 0.0);
  if (!whole.regular) {
    for (std::size_t f = kOutside + 1; f < whole.of_face.size(); ++f)
      if (whole.of_face[f] != kGap) people[static_cast<std::size_t>(whole.of_face[f])] += city.population[f];
    return people;
  }
  constexpr std::int64_t kParts = 8;
  const Box box = box_of(city.arrangement.points);
  const std::int64_t pixel = std::max<std::int64_t>(1, whole.regular->size_mm / kParts);
  const RasterGrid grid{box.min.x, box.max.y, pixel,
                        static_cast<std::uint32_t>((std::int64_t{box.max.x} - box.min.x) / pixel + 1),
                        static_cast<std::uint32_t>((std::int64_t{box.max.y} - box.min.y) / pixel + 1)};
  const WeightedPoints points = population_points(city, grid);
  for (std::size_t i = 0; i < points.at.size(); ++i)
    if (const Label cell = whole.regular->cell_at(points.at[i]); cell != kGap)
      people[static_cast<std::size_t>(cell)] += points.weight[i];
  return people;
}

SpatialWeights contiguous(const AnalysisSource& source, const Whole& whole, Contiguity kind,
                          const std::vector<std::uint32_t>& kept) {
  return weights_among(whole.regular ? contiguity(*whole.regular, kind)
                                     : contiguity(source.city.arrangement, whole.of_face, whole.size(), kind),
                       kept);
}

// Of the cells asked about, those whose rate is told.
std::vector<std::uint32_t> at_risk(const std::vector<double>& counts, const std::vector<double>& people, double least,
                                   const std::vector<std::uint32_t>& asked, LeftOut& left_out) {
  std::vector<double> count_of, people_in;
  for (const std::uint32_t i : asked) {
    count_of.push_back(counts[i]);
    people_in.push_back(people[i]);
  }
  const AtRisk risk = gridloom::at_risk(count_of, people_in, least);
  left_out = risk.left_out;
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t i : risk.cells) kept.push_back(asked[i]);
  return kept;
}

void refuse_few(std::size_t cells, std::optional<double> least_population) {
  if (cells >= 4) return;
  if (!least_population) throw DataError("too_few_cells_in_area");
  throw DataError("too_few_cells_with_population", {{"least", *least_population}});
}

}  // namespace

LabelledCells labelled_cells(const City& city, const std::string& kind, const std::string& parameter,
                             const std::vector<std::string>& others) {
  if (auto labels = cell_labels(city, kind)) {
    LabelledCells cells;
    cells.shape = label_cells(city.arrangement, labels->of_face, labels->id.size());
    static_cast<CellLabels&>(cells) = std::move(*labels);
    return cells;
  }
  std::string known;
  for (const std::string& word : cell_kinds(city))
    if (!value_of<CellShape>(word) || std::ranges::count(others, word) > 0) known += (known.empty() ? "" : ", ") + word;
  throw WrongParameter("'" + parameter + "' is '" + kind + "'; it can be " + known,
                       "“" + parameter + "”为“" + kind + "”；可取 " + known);
}

CellQuestion read_cell_question(const Parameters& parameters) {
  CellQuestion question;
  if (const std::string kind = parameters.text("cells"); !kind.empty()) question.kind = kind;
  if (value_of<CellShape>(question.kind))
    question.size_m = required_metres(parameters, "size", 10, 100'000, "cells=" + question.kind);
  return question;
}

WeightOptions read_weight_options(const Parameters& parameters) {
  WeightOptions options;
  options.rule = parameters.word("weights", options.rule);
  if (options.rule == NeighbourRule::distance)
    options.metres = required_metres(parameters, "distance", 0.001, kMostMetres, "weights=distance");
  if (options.rule == NeighbourRule::knn)
    options.k = static_cast<std::uint32_t>(parameters.whole("neighbours", options.k, 1, 1000));
  if (options.rule == NeighbourRule::kernel) {
    options.metres = required_metres(parameters, "bandwidth", 0.001, kMostMetres, "weights=kernel");
    options.kernel = parameters.word("kernel", options.kernel);
  }
  options.row_standardised = parameters.yes("row_standardised");
  return options;
}

std::string text_of(const WeightOptions& options) {
  std::string text(word_of(options.rule));
  if (options.rule == NeighbourRule::kernel) text += " " + std::string(word_of(options.kernel));
  if (options.rule == NeighbourRule::knn) text += " " + std::to_string(options.k);
  if (options.metres > 0) text += " " + number_text(options.metres) + " m";
  return text + (options.row_standardised ? ", row-standardised" : "");
}

AnalysisCells analysis_cells(const AnalysisSource& source, const EventChoice& choice, const ChosenEvents& events,
                             const CellQuestion& question, const WeightOptions& weights,
                             std::optional<double> least_population) {
  Whole whole = whole_of(source, question);
  std::vector<double> counts(whole.size(), 0.0);
  std::vector<Label> cell_of;
  for (std::size_t e = 0; e < events.at.size(); ++e) {
    cell_of.push_back(whole.at(events.at[e], events.face[e]));
    if (cell_of.back() != kGap) ++counts[static_cast<std::size_t>(cell_of.back())];
  }
  std::vector<std::uint32_t> kept = in_area(source, choice, whole);
  const std::vector<double> people = least_population ? people_of(source.city, whole) : std::vector<double>{};
  AnalysisCells cells;
  cells.kind = question.kind + (question.size_m > 0 ? " " + number_text(question.size_m) + " m" : "");
  if (least_population) kept = at_risk(counts, people, *least_population, kept, cells.left_out);
  std::vector<bool> is_kept(whole.size(), false);
  for (const std::uint32_t i : kept) is_kept[i] = true;
  for (std::size_t e = 0; e < cell_of.size(); ++e)
    if (cell_of[e] != kGap && is_kept[static_cast<std::size_t>(cell_of[e])]) cells.counted.push_back(events.at[e]);
  for (const std::uint32_t i : kept) {
    cells.id.push_back(std::move(whole.id[i]));
    cells.centre.push_back(whole.shape.centre[i]);
    cells.area_km2.push_back(whole.shape.area_km2[i]);
    cells.ground.push_back(std::move(whole.shape.ground[i]));
    cells.events.push_back(counts[i]);
    if (least_population) cells.population.push_back(people[i]);
  }
  refuse_few(kept.size(), least_population);
  cells.weights =
      spatial_weights(weights, cells.centre, [&](Contiguity kind) { return contiguous(source, whole, kind, kept); });
  return cells;
}

}  // namespace gridloom
