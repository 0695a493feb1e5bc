// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/layer_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/mistakes.h"
#include "engine/geometry/enclosure.h"
#include "engine/io/delivery/crs_guess.h"

namespace gridloom {
namespace {

std::string metres(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, value < 10 ? 1 : 0).ptr;
  return {text, end};
}

std::string choose_crs(const RawLayer& raw, const CatalogueSource& source, const std::string& layer_id,
                       const Extent& extent, const Surroundings& around, std::vector<Finding>& findings) {
  if (!source.crs.empty()) return source.crs;
  const bool contradicted = !raw.crs.empty() && beyond_degrees(extent) && is_geographic(raw.crs);
  if (!raw.crs.empty() && !contradicted) return raw.crs;
  if (raw.crs.empty() && raw.means_wgs84 && !beyond_degrees(extent)) return "EPSG:4326";
  const auto guess = guess_crs(source.swapped ? extent.swapped() : extent, around.working_crs, around.frame);
  if (!guess && contradicted) source.fail({"degrees_contradicted", {{"extent", extent.text()}}});
  if (!guess) source.fail({"crs_not_guessed", {{"extent", extent.text()}}});
  findings.push_back({raw.file, layer_id, "",
                      contradicted ? Reason{"degrees_contradicted_crs_guessed",
                                            {{"extent", extent.text()}, {"crs", guess->crs}, {"why", guess->why}}}
                                   : Reason{"crs_guessed", {{"crs", guess->crs}, {"why", guess->why}}}});
  return guess->crs;
}

void require_in_frame(const RawLayer& raw, const CatalogueSource& source, const Extent& extent, const std::string& crs,
                      const Surroundings& around) {
  if (extent.empty()) source.fail({"no_coordinates_in_file"});
  PositionReader reader(crs, source.datum, around.working_crs);
  // No transformation of known accuracy there is a failure, unless it comes from swapped axes.
  std::optional<DataError> refused;
  const auto try_image = [&](const Extent& of) {
    try {
      return image_of(of, reader);
    } catch (const DataError& e) {
      if (!refused) refused = e;
      return Extent();
    }
  };
  const Extent image = try_image(source.swapped ? extent.swapped() : extent);
  // A kilometre of doubt: shifted datums are judged later.
  const auto in_frame = [&](const Extent& e) {
    return !e.empty() && (!around.frame || e.intersects(around.frame->grown(1000)));
  };
  if (in_frame(image)) return;
  const Extent turned = try_image(source.swapped ? extent : extent.swapped());
  if (around.frame && in_frame(turned)) {
    if (source.swapped) source.fail({"axis_swapped_wrongly"});
    source.fail({"axis_looks_swapped", {{"extent", extent.text()}}});
  }
  if (refused) throw *refused;
  if (!around.frame && !image.empty()) return;
  source.fail(
      {"layer_outside_city", {{"extent", extent.text()}, {"crs", raw.crs == crs || crs.size() < 40 ? crs : ""}}});
}

// What is less exact than the layer is meant to be is told once, with the grid that would do better.
void report_accuracy(const PositionReader& reader, const RawLayer& raw, const std::string& crs,
                     const std::string& layer_id, double accuracy_m, std::vector<Finding>& findings) {
  if (const auto used = reader.least_accurate(); used && used->accuracy_m > accuracy_m)
    findings.push_back({raw.file, layer_id, "", inaccuracy(crs, *used)});
}

// What a source's CRS is refused for is told with its place in the catalogue.
template <class Work>
auto within(const CatalogueSource& source, const Work& work) {
  try {
    return work();
  } catch (const DataError& e) {
    if (!e.reason().where.empty()) throw;
    source.fail(e.reason());
  }
}

void report_remarks(const RawLayer& raw, const std::string& layer_id, std::vector<Finding>& findings) {
  for (const Reason& remark : raw.remarks) findings.push_back({raw.file, layer_id, "", remark});
}

std::vector<std::vector<GroundRing>> all_rings(const RawLayer& raw, bool swapped, PositionReader& reader) {
  std::vector<std::vector<GroundRing>> rings(raw.features.size());
  for (std::size_t f = 0; f < raw.features.size(); ++f)
    for (const RawRing& ring : raw.features[f].rings)
      rings[f].push_back({ring_on_ground(ring, swapped, reader), ring.hole, false});
  return rings;
}

std::string place_text(Projected p) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f, %.2f", p.x, p.y);
  return text;
}

// Features that are lines and nothing else, as CAD draws areas. Returns what stays open.
std::vector<OpenLine> add_closed_lines(const RawLayer& raw, const CatalogueSource& source, const std::string& layer_id,
                                       double accuracy_m, PositionReader& reader,
                                       std::vector<std::vector<GroundRing>>& rings, std::vector<Finding>& findings) {
  std::vector<OpenLine> open;
  std::size_t areas = 0;
  for (std::size_t f = 0; f < raw.features.size(); ++f) {
    const RawFeature& feature = raw.features[f];
    if (!feature.rings.empty() || feature.lines.empty()) continue;
    std::vector<GroundLine> lines;
    for (const RawRing& line : feature.lines) lines.push_back(line_on_ground(line, source.swapped, reader));
    ClosedLines closed = close_lines(std::move(lines), accuracy_m);
    const std::string number = std::to_string(f + 1);
    for (const double gap : closed.closed_gaps_m)
      findings.push_back({raw.file, layer_id, "", Reason{"line_closed", {{"feature", number}, {"gap", metres(gap)}}}});
    for (const OpenLine& line : closed.open) {
      findings.push_back({raw.file, layer_id, "",
                          Reason{"line_open",
                                 {{"feature", number},
                                  {"gap", metres(line.gap_m)},
                                  {"start", place_text(line.start)},
                                  {"end", place_text(line.end)}}}});
      open.push_back(line);
    }
    areas += closed.rings.size();
    std::move(closed.rings.begin(), closed.rings.end(), std::back_inserter(rings[f]));
  }
  if (areas > 0) findings.push_back({raw.file, layer_id, "", Reason{"closed_lines_taken", {{"lines", areas}}}});
  return open;
}

// A layer that is drawn of lines takes its texts for names.
void read_labels(GroundLayer& ground, const CatalogueSource& source, const std::string& layer_id,
                 PositionReader& reader, std::vector<Finding>& findings) {
  std::vector<std::optional<Projected>> points;
  for (const RawFeature& feature : ground.raw->features) {
    points.push_back(feature.point);
    if (!feature.point) continue;
    const Projected p = *feature.point;
    points.back() = source.swapped ? reader.read(p.y, p.x) : reader.read(p.x, p.y);
  }
  auto drawn = std::make_shared<RawLayer>(*ground.raw);
  take_labels(*drawn, ground.rings, points, layer_id, findings);
  ground.raw = drawn.get();
  ground.drawn = std::move(drawn);
}

bool has_drawn_areas(const GroundLayer& ground) {
  return std::any_of(ground.rings.begin(), ground.rings.end(), [](const std::vector<GroundRing>& rings) {
    return std::any_of(rings.begin(), rings.end(), [](const GroundRing& r) { return r.drawn; });
  });
}

[[noreturn]] void fail_without_areas(const RawLayer& raw, const CatalogueSource& source, std::vector<OpenLine> open) {
  if (!open.empty()) {
    const auto least = std::min_element(open.begin(), open.end(),
                                        [](const OpenLine& a, const OpenLine& b) { return a.gap_m < b.gap_m; });
    source.fail({"lines_all_open",
                 {{"lines", open.size()},
                  {"gap", metres(least->gap_m)},
                  {"start", place_text(least->start)},
                  {"end", place_text(least->end)}}});
  }
  std::size_t points = 0;
  for (const RawFeature& feature : raw.features) points += feature.points;
  source.fail({"no_polygons", {{"points", points}}});
}

std::vector<GroundLine> lines_of(const std::vector<std::vector<GroundRing>>& rings) {
  std::vector<GroundLine> lines;
  for (const auto& feature : rings)
    for (const GroundRing& ring : feature) lines.push_back(ring.points);
  return lines;
}

Reason evidence_of(const ShiftFinding& s) {
  return {"lines_shifted",
          {{"before", metres(s.before_m)},
           {"after", metres(s.after_m)},
           {"datum", name_of(s.datum)},
           {"shift", metres(s.shift_m)}}};
}

// The datum that the evidence shows for a layer that declares none.
Datum judge_datum(const RawLayer& raw, const std::string& layer_id, const std::vector<std::vector<GroundRing>>& rings,
                  const Surroundings& around, std::vector<Finding>& findings) {
  const auto shift = find_shift(lines_of(rings), *around.admin_lines, around.working_crs);
  if (!shift) return Datum::wgs84;
  const std::string_view word = word_of(shift->datum);
  findings.push_back({raw.file, layer_id, "",
                      shift->overwhelming
                          ? Reason{"datum_shift_undone", {{"evidence", evidence_of(*shift)}, {"datum", word}}}
                          : Reason{"datum_shift_suspected", {{"evidence", evidence_of(*shift)}, {"datum", word}}}});
  return shift->overwhelming ? shift->datum : Datum::wgs84;
}

struct RingCare {
  std::size_t repeated = 0;  // points that repeat the one before
  std::size_t open = 0;
  std::size_t dropped = 0;
  std::set<std::string> why_dropped{};

  void drop(const char* why) {
    ++dropped;
    why_dropped.insert(why);
  }
};

std::size_t distinct_points(std::vector<Point> points) {
  std::sort(points.begin(), points.end());
  return static_cast<std::size_t>(std::unique(points.begin(), points.end()) - points.begin());
}

// False for a ring that encloses nothing because it runs back on itself or along one line. A bow-tie whose lobes are
// equal has no signed area either, but it has ground.
bool has_ground(const std::vector<Point>& ring) {
  if (doubled_area(ring) != 0) return true;
  std::map<std::pair<Point, Point>, int> runs;  // edge, lower end first -> times forward minus times backward
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point a = ring[i], b = ring[(i + 1) % ring.size()];
    runs[std::minmax(a, b)] += a < b ? 1 : -1;
  }
  std::vector<Point> left;
  for (const auto& [edge, times] : runs)
    if (times) left.insert(left.end(), {edge.first, edge.second});
  for (std::size_t i = 2; i < left.size(); ++i)
    if (doubled_area(std::vector<Point>{left[0], left[1], left[i]}) != 0) return true;
  return false;
}

// The ring on the lattice, open and without repeated points; empty when nothing of it is left.
Ring clean_ring(const GroundRing& ground, const Lattice& lattice, RingCare& care) {
  Ring ring;
  ring.hole = ground.hole;
  const GroundLine& line = ground.points;
  if (std::any_of(line.begin(), line.end(), [](Projected p) { return !std::isfinite(p.x) || !std::isfinite(p.y); })) {
    care.drop("no_image");
    return ring;
  }
  const bool closed = line.size() > 1 && line.front() == line.back();
  const std::size_t n = closed ? line.size() - 1 : line.size();
  ring.points.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Point p = lattice.round(line[i]);
    if (ring.points.empty() || p != ring.points.back())
      ring.points.push_back(p);
    else
      ++care.repeated;
  }
  bool nearly_closed = false;
  while (ring.points.size() > 1 && ring.points.front() == ring.points.back()) {
    ring.points.pop_back();
    if (closed) ++care.repeated;
    nearly_closed = true;
  }
  if (!has_ground(ring.points)) {
    care.drop(distinct_points(ring.points) < 3 ? "too_few_points" : "no_area");
    ring.points.clear();
  } else if (!closed && !nearly_closed) {
    ++care.open;
  }
  return ring;
}

// Has the hole nothing of its shell? It would be ground, by its winding. One that crosses the shell is told by fusion.
bool outside(const Ring& hole, const Ring& shell) {
  if (!box_of(hole.points).intersects(box_of(shell.points))) return true;
  return std::none_of(hole.points.begin(), hole.points.end(), [&](Point p) { return encloses(shell.points, p); }) &&
         std::none_of(shell.points.begin(), shell.points.end(), [&](Point p) { return encloses(hole.points, p); });
}

// Appends a feature's rings; the holes of a dropped shell go with it.
void add_rings(const std::vector<GroundRing>& rings, const Lattice& lattice, RingCare& care, std::vector<Ring>& out) {
  bool shell_dropped = false;
  std::size_t shell = out.size();
  for (const GroundRing& ground : rings) {
    if (ground.hole && shell_dropped) continue;
    Ring ring = clean_ring(ground, lattice, care);
    if (!ground.hole) {
      shell_dropped = ring.points.empty();
      shell = out.size();
    } else if (!ring.points.empty() && shell < out.size() && outside(ring, out[shell])) {
      care.drop("hole_outside_shell");
      continue;
    }
    if (!ring.points.empty()) out.push_back(std::move(ring));
  }
}

void report_care(const RingCare& care, const std::string& file, const std::string& layer_id, const std::string& cell,
                 std::vector<Finding>& findings) {
  const auto report = [&](const Reason& what) { findings.push_back({file, layer_id, cell, what}); };
  if (care.open) report({"rings_closed", {{"rings", care.open}}});
  if (care.dropped)
    report({"rings_left_out",
            {{"rings", care.dropped},
             {"why", std::vector<std::string>(care.why_dropped.begin(), care.why_dropped.end())}}});
}

// What of a feature is no area, by kind and number. Lines of a feature without polygons were told when they were
// closed.
void report_left_out(const RawFeature& feature, const std::string& file, const std::string& layer_id,
                     const std::string& cell, std::vector<Finding>& findings) {
  const std::size_t lines = feature.rings.empty() ? 0 : feature.lines.size();
  if (lines == 0 && feature.points == 0 && feature.other_geometry.empty()) return;
  findings.push_back(
      {file, layer_id, cell,
       Reason{"other_geometry_left_out",
              {{"lines", lines ? std::to_string(lines) : ""},
               {"points", feature.points ? std::to_string(feature.points) : ""},
               {"others", std::vector<std::string>(feature.other_geometry.begin(), feature.other_geometry.end())}}}});
}

std::string unnamed(std::size_t feature) { return "unnamed-" + std::to_string(feature + 1); }

// Drawn rings as shells and holes.
std::vector<std::vector<GroundRing>> nested_rings(const GroundLayer& ground,
                                                  const std::vector<std::optional<std::string>>& ids) {
  std::vector<std::vector<GroundRing>> rings = ground.rings;
  std::vector<std::string> known;
  for (std::size_t f = 0; f < ids.size(); ++f) known.push_back(ids[f] ? *ids[f] : unnamed(f));
  nest_drawn_rings(rings, known);
  return rings;
}

// Repeated points are harmless and many: one finding for the layer.
void report_repeated(const std::vector<RingCare>& care, const std::vector<DeliveredCell>& cells,
                     const std::string& file, const std::string& layer_id, std::vector<Finding>& findings) {
  constexpr std::size_t kNamed = 5;
  std::size_t points = 0, features = 0;
  std::string names;
  for (std::size_t c = 0; c < care.size(); ++c) {
    if (!care[c].repeated) continue;
    points += care[c].repeated;
    if (features++ < kNamed) names += (names.empty() ? "" : ", ") + cells[c].cell.id;
  }
  if (features > kNamed) names += ", ...";
  if (points)
    findings.push_back(
        {file, layer_id, names, Reason{"repeated_points_left_out", {{"points", points}, {"cells", features}}}});
}

}  // namespace

bool beyond_degrees(const Extent& e) { return e.max_x > 360 || e.min_x < -360 || e.max_y > 360 || e.min_y < -360; }

GroundLayer bring_to_ground(const RawLayer& raw, const CatalogueSource& source, const std::string& layer_id,
                            double accuracy_m, const Surroundings& around, std::vector<Finding>& findings) {
  return within(source, [&] {
    report_remarks(raw, layer_id, findings);
    const Extent extent = extent_of(raw);
    const std::string crs = choose_crs(raw, source, layer_id, extent, around, findings);
    require_in_frame(raw, source, extent, crs, around);
    GroundLayer ground;
    ground.raw = &raw;
    PositionReader as_declared(crs, source.datum, around.working_crs);
    ground.rings = all_rings(raw, source.swapped, as_declared);
    std::vector<Finding> of_lines;
    std::vector<OpenLine> open =
        add_closed_lines(raw, source, layer_id, accuracy_m, as_declared, ground.rings, of_lines);
    if (source.datum == Datum::detect && around.admin_lines) {
      const Datum datum = judge_datum(raw, layer_id, ground.rings, around, findings);
      if (datum != Datum::wgs84) {
        PositionReader unshifting(crs, datum, around.working_crs);
        ground.rings = all_rings(raw, source.swapped, unshifting);
      }
    }
    bool any = false;
    for (const auto& feature : ground.rings)
      for (const GroundRing& ring : feature) {
        any = true;
        for (Projected p : ring.points) ground.extent.add(p.x, p.y);
      }
    if (!any) fail_without_areas(raw, source, std::move(open));
    std::move(of_lines.begin(), of_lines.end(), std::back_inserter(findings));
    if (has_drawn_areas(ground)) read_labels(ground, source, layer_id, as_declared, findings);
    report_accuracy(as_declared, raw, crs, layer_id, accuracy_m, findings);
    return ground;
  });
}

std::vector<GroundLine> bring_lines_to_ground(const RawLayer& raw, const CatalogueSource& source, const std::string& id,
                                              double accuracy_m, const Surroundings& around,
                                              std::vector<Finding>& findings) {
  return within(source, [&] {
    report_remarks(raw, id, findings);
    const Extent extent = extent_of(raw);
    const std::string crs = choose_crs(raw, source, id, extent, around, findings);
    require_in_frame(raw, source, extent, crs, around);
    PositionReader reader(crs, source.datum, around.working_crs);
    std::vector<GroundLine> lines;
    for (const RawFeature& feature : raw.features) {
      for (const RawRing& line : feature.lines) lines.push_back(line_on_ground(line, source.swapped, reader));
      for (const RawRing& rim : feature.rings) lines.push_back(ring_on_ground(rim, source.swapped, reader));
    }
    if (lines.empty()) source.fail({"no_lines"});
    report_accuracy(reader, raw, crs, id, accuracy_m, findings);
    return lines;
  });
}

CellsAndFeatures make_cells(const GroundLayer& ground, const FieldKey& key, const FieldText& name,
                            const std::string& layer_id, const Lattice& lattice, std::vector<Finding>& findings) {
  const RawLayer& raw = *ground.raw;
  CellsAndFeatures made;
  std::vector<RingCare> care;
  std::unordered_map<std::string, std::size_t> index_of;
  Mistakes mistakes;
  std::vector<std::optional<std::string>> ids(raw.features.size());
  std::vector<char> known_id(raw.features.size(), 1);
  for (std::size_t f = 0; f < raw.features.size(); ++f)
    known_id[f] = mistakes.attempt([&] { ids[f] = key.of(raw.features[f]); });
  const std::vector<std::vector<GroundRing>> rings = nested_rings(ground, ids);
  for (std::size_t f = 0; f < raw.features.size(); ++f) {
    if (!known_id[f]) continue;
    const RawFeature& feature = raw.features[f];
    const auto& id = ids[f];
    const std::string cell_id = id ? *id : unnamed(f);
    if (!id) findings.push_back({raw.file, layer_id, cell_id, Reason{"feature_without_id", {{"feature", f + 1}}}});
    const auto [known, fresh] = index_of.try_emplace(cell_id, made.cells.size());
    if (fresh) {
      made.cells.push_back({{cell_id, name.empty() ? cell_id : name.of(feature), raw.own_values(feature)}, {}});
      made.features.emplace_back();
      care.emplace_back();
    }
    report_left_out(feature, raw.file, layer_id, cell_id, findings);
    try {
      add_rings(rings[f], lattice, care[known->second], made.cells[known->second].rings);
    } catch (const std::out_of_range&) {
      mistakes.add(DataError("cell_far_from_city", {{"layer", layer_id}, {"id", cell_id}}).within(raw.file));
    }
    made.features[known->second].push_back(f);
  }
  mistakes.raise();
  for (std::size_t c = 0; c < made.cells.size(); ++c) {
    const std::string& id = made.cells[c].cell.id;
    if (made.features[c].size() > 1)
      findings.push_back({raw.file, layer_id, id, Reason{"parts_of_one", {{"features", made.features[c].size()}}}});
    report_care(care[c], raw.file, layer_id, id, findings);
    if (made.cells[c].rings.empty()) findings.push_back({raw.file, layer_id, id, Reason{"cell_without_ground"}});
  }
  report_repeated(care, made.cells, raw.file, layer_id, findings);
  return made;
}

}  // namespace gridloom
