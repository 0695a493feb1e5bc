// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/event_choice.h"

#include <algorithm>

#include "engine/incidents/local_time.h"
#include "engine/io/crs.h"
#include "engine/io/project_meta.h"
#include "server/event_query.h"

namespace gridloom {
namespace {

// The side of a box of degrees is a curve in the working CRS: so many chords follow it.
constexpr int kChords = 32;

std::vector<std::vector<Point>> box_of_degrees(const Parameters& parameters, const City& city) {
  const std::vector<double> b = parameters.numbers("area", -180, 180);
  if (b.size() != 4 || !(b[0] < b[2] && b[1] < b[3]) || b[1] < -90 || b[3] > 90)
    throw DataError("'area' must be west,south,east,north in degrees, or a unit such as grid:code, not '" +
                    parameters.text("area") + "'");
  const LonLat corners[] = {{b[0], b[1]}, {b[2], b[1]}, {b[2], b[3]}, {b[0], b[3]}, {b[0], b[1]}};
  const Lattice& lattice = city.arrangement.lattice;
  Projection projection(lattice.crs);
  std::vector<Point> ring;
  for (int side = 0; side < 4; ++side)
    for (int i = 0; i < kChords; ++i) {
      const double t = static_cast<double>(i) / kChords;
      const LonLat a = corners[side], c = corners[side + 1];
      try {
        ring.push_back(lattice.round(projection.project({a.lon + t * (c.lon - a.lon), a.lat + t * (c.lat - a.lat)})));
      } catch (const std::out_of_range&) {
        throw DataError("'area' reaches further from the city than coordinates do: '" + parameters.text("area") + "'");
      }
    }
  return {std::move(ring)};
}

template <class Items, class Id>
std::optional<Label> index_of(const Items& items, std::string_view wanted, Id&& id) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (id(items[i]) == wanted) return static_cast<Label>(i);
  return std::nullopt;
}

std::vector<bool> faces_with(std::span<const Label> of_face, Label label) {
  std::vector<bool> faces(of_face.size(), false);
  for (std::size_t f = kOutside + 1; f < faces.size(); ++f) faces[f] = of_face[f] == label;
  return faces;
}

std::vector<bool> faces_of_unit(std::string_view kind, std::string_view code, const City& city) {
  const auto faces = [&](std::span<const Label> of_face, std::optional<Label> label) {
    if (!label)
      throw DataError("'area': there is no '" + std::string(code) + "' among the units of '" + std::string(kind) + "'");
    return faces_with(of_face, *label);
  };
  if (kind == "grid") return faces(city.grid_of_face, index_of(city.grids, code, [](const Grid& g) { return g.code; }));
  for (const Layer& layer : city.layers)
    if (layer.id == kind)
      return faces(layer.labels.of_face, index_of(layer.cells, code, [](const Cell& c) { return c.id; }));
  for (const AdminLevel& level : city.admin)
    if (level.id == kind)
      return faces(level.of_face, index_of(level.units, code, [](const AdminUnit& u) { return u.code; }));
  std::string known = "grid";
  for (const Layer& layer : city.layers) known += ", " + layer.id;
  for (const AdminLevel& level : city.admin) known += ", " + level.id;
  throw DataError("'area': no layer or level is called '" + std::string(kind) + "'; there are " + known);
}

std::string list(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

template <std::size_t N>
std::string list(const std::bitset<N>& set, std::size_t first) {
  std::string text;
  for (std::size_t i = 0; i < N; ++i)
    if (set.test(i)) text += (text.empty() ? "" : ",") + std::to_string(i + first);
  return text;
}

std::string moment(const std::optional<std::int64_t>& seconds) {
  return seconds ? format_local_time({*seconds, true}) : std::string("open");
}

}  // namespace

EventChoice read_event_choice(const Parameters& parameters, const City& city) {
  EventChoice choice;
  EventFilter& filter = choice.filter;
  filter.from = parse_moment(parameters.text("from"));
  filter.to = parse_moment(parameters.text("to"));
  filter.hours = parse_hours(parameters.text("hours"));
  filter.weekdays = parse_weekdays(parameters.text("weekdays"));
  filter.categories = parameters.list("category");
  filter.subcategories = parameters.list("subcategory");
  filter.agencies = parameters.list("agency");
  filter.severities = parameters.list("severity");
  choice.area = parameters.text("area");
  if (choice.area.empty()) return choice;
  const std::size_t colon = choice.area.find(':');
  if (colon == choice.area.npos)
    filter.area = box_of_degrees(parameters, city);
  else
    choice.faces = faces_of_unit(std::string_view(choice.area).substr(0, colon),
                                 std::string_view(choice.area).substr(colon + 1), city);
  return choice;
}

ChosenEvents select(const AnalysisSource& source, const EventChoice& choice) {
  ChosenEvents chosen;
  for (const EventRef ref : select_events(source.events, choice.filter, choice.faces)) {
    const EventChunk& chunk = *source.events.parts()[ref.part].chunk;
    chosen.at.push_back(chunk.at[ref.row]);
    chosen.face.push_back(chunk.face[ref.row]);
  }
  return chosen;
}

std::string window_text(const EventChoice& choice) {
  const EventFilter& f = choice.filter;
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : "; ") + part; };
  if (f.from || f.to) add("from " + moment(f.from) + " until before " + moment(f.to));
  if (f.hours.any()) add("hours " + list(f.hours, 0));
  if (f.weekdays.any()) add("weekdays " + list(f.weekdays, 1));
  if (!f.categories.empty()) add("categories " + list(f.categories));
  if (!f.subcategories.empty()) add("subcategories " + list(f.subcategories));
  if (!f.agencies.empty()) add("agencies " + list(f.agencies));
  if (!f.severities.empty()) add("severities " + list(f.severities));
  if (!choice.area.empty()) add("area " + choice.area);
  return text.empty() ? "all incidents" : text;
}

}  // namespace gridloom
