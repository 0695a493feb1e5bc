// SPDX-License-Identifier: Apache-2.0
#include "server/words/event_area.h"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "engine/base/errors.h"
#include "engine/base/nearest_word.h"
#include "engine/base/strings.h"
#include "engine/io/crs.h"

namespace gridloom {
namespace {

constexpr int kStepsOfAnEdge =
    32;  // straight pieces in the city's CRS: a parallel of 100 km bends by less than a metre

using Box = std::array<double, 4>;

std::optional<Box> parse_box(std::string_view text) {
  Box box{};
  for (std::size_t i = 0; i < box.size(); ++i) {
    const std::size_t comma = text.find(',');
    if ((comma == text.npos) != (i + 1 == box.size())) return std::nullopt;
    const std::string_view word = text.substr(0, comma);
    const auto number = number_of<double>(word);
    if (!number) return std::nullopt;
    box[i] = *number;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return box;
}

std::vector<Point> ring_of(const Box& box, const Lattice& lattice) {
  const auto [west, south, east, north] = box;
  if (!(west < east && south < north && west >= -180 && east <= 180 && south >= -90 && north <= 90))
    throw DataError("box_malformed");
  const std::array<LonLat, 4> corners = {{{west, south}, {east, south}, {east, north}, {west, north}}};
  Projection projection(lattice.crs);
  std::vector<Point> ring;
  for (std::size_t c = 0; c < corners.size(); ++c) {
    const LonLat a = corners[c], b = corners[(c + 1) % corners.size()];
    for (int i = 0; i < kStepsOfAnEdge; ++i) {
      const double t = static_cast<double>(i) / kStepsOfAnEdge;
      ring.push_back(lattice.round(projection.project({a.lon + t * (b.lon - a.lon), a.lat + t * (b.lat - a.lat)})));
    }
  }
  return ring;
}

template <class Items, class Name>
Label index_of(const Items& items, std::string_view wanted, const std::string& kind, Name&& name) {
  const auto at = std::find_if(items.begin(), items.end(), [&](const auto& item) { return name(item) == wanted; });
  if (at == items.end()) throw DataError("area_missing", {{"kind", kind}, {"id", wanted}});
  return static_cast<Label>(at - items.begin());
}

std::vector<bool> faces_with(const std::vector<Label>& of_face, Label wanted) {
  std::vector<bool> faces(of_face.size());
  for (std::size_t f = 1; f < faces.size(); ++f) faces[f] = of_face[f] == wanted;
  return faces;
}

std::vector<bool> faces_of(std::string_view kind, std::string_view id, const City& city) {
  if (kind == "grid")
    return faces_with(city.grid_of_face, index_of(city.grids, id, "grid", [](const Grid& g) { return g.code; }));
  for (const Layer& layer : city.layers)
    if (layer.id == kind) {
      const Label cell = index_of(layer.cells, id, layer.id, [](const Cell& c) { return c.id; });
      std::vector<bool> faces = faces_with(layer.labels.of_face, cell);
      for (const OverlapLabel& further : layer.labels.overlaps)
        if (further.label == cell) faces[further.face] = true;
      return faces;
    }
  for (const AdminLevel& level : city.admin)
    if (level.id == kind)
      return faces_with(level.of_face, index_of(level.units, id, level.id, [](const AdminUnit& u) { return u.code; }));
  std::vector<std::string> known{"grid"};
  for (const Layer& layer : city.layers) known.push_back(layer.id);
  for (const AdminLevel& level : city.admin) known.push_back(level.id);
  const std::string near = nearest_word(kind, known).value_or("");
  throw DataError("kind_of_area_unknown", {{"kind", kind}, {"near", near}, {"known", std::move(known)}});
}

}  // namespace

void set_area(const std::string& text, const City& city, EventFilter& filter) {
  if (text.empty()) return;
  if (const auto box = parse_box(text)) {
    try {
      filter.area = {ring_of(*box, city.arrangement.lattice)};
    } catch (const std::out_of_range&) {
      throw DataError("area_far_from_city", {{"area", text}});
    }
    return;
  }
  const std::size_t colon = text.find(':');
  if (colon == text.npos) throw DataError("area_malformed", {{"given", text}});
  filter.faces = faces_of(std::string_view(text).substr(0, colon), std::string_view(text).substr(colon + 1), city);
}

}  // namespace gridloom
