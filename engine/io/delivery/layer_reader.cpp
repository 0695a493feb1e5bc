// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/layer_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/mistakes.h"
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
  const Extent image = image_of(source.swapped ? extent.swapped() : extent, reader);
  // A kilometre of doubt: shifted datums are judged later.
  const auto in_frame = [&](const Extent& e) {
    return !e.empty() && (!around.frame || e.intersects(around.frame->grown(1000)));
  };
  if (in_frame(image)) return;
  const Extent turned = image_of(source.swapped ? extent : extent.swapped(), reader);
  if (around.frame && in_frame(turned)) {
    if (source.swapped) source.fail({"axis_swapped_wrongly"});
    source.fail({"axis_looks_swapped", {{"extent", extent.text()}}});
  }
  if (!around.frame && !image.empty()) return;
  source.fail(
      {"layer_outside_city", {{"extent", extent.text()}, {"crs", raw.crs == crs || crs.size() < 40 ? crs : ""}}});
}

void report_remarks(const RawLayer& raw, const std::string& layer_id, std::vector<Finding>& findings) {
  for (const Reason& remark : raw.remarks) findings.push_back({raw.file, layer_id, "", remark});
}

std::vector<std::vector<GroundRing>> all_rings(const RawLayer& raw, bool swapped, PositionReader& reader) {
  std::vector<std::vector<GroundRing>> rings(raw.features.size());
  for (std::size_t f = 0; f < raw.features.size(); ++f)
    for (const RawRing& ring : raw.features[f].rings)
      rings[f].push_back({ring_on_ground(ring, swapped, reader), ring.hole});
  return rings;
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

// Appends a feature's rings; the holes of a dropped shell go with it.
void add_rings(const std::vector<GroundRing>& rings, const Lattice& lattice, RingCare& care, std::vector<Ring>& out) {
  bool shell_dropped = false;
  for (const GroundRing& ground : rings) {
    if (ground.hole && shell_dropped) continue;
    Ring ring = clean_ring(ground, lattice, care);
    if (!ground.hole) shell_dropped = ring.points.empty();
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
                            const Surroundings& around, std::vector<Finding>& findings) {
  report_remarks(raw, layer_id, findings);
  const Extent extent = extent_of(raw);
  const std::string crs = choose_crs(raw, source, layer_id, extent, around, findings);
  require_in_frame(raw, source, extent, crs, around);
  GroundLayer ground;
  ground.raw = &raw;
  PositionReader as_declared(crs, source.datum, around.working_crs);
  ground.rings = all_rings(raw, source.swapped, as_declared);
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
  if (!any) source.fail({"no_polygons"});
  return ground;
}

std::vector<GroundLine> bring_lines_to_ground(const RawLayer& raw, const CatalogueSource& source, const std::string& id,
                                              const Surroundings& around, std::vector<Finding>& findings) {
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
  return lines;
}

CellsAndFeatures make_cells(const GroundLayer& ground, const FieldKey& key, const FieldText& name,
                            const std::string& layer_id, const Lattice& lattice, std::vector<Finding>& findings) {
  const RawLayer& raw = *ground.raw;
  CellsAndFeatures made;
  std::vector<RingCare> care;
  std::unordered_map<std::string, std::size_t> index_of;
  Mistakes mistakes;
  for (std::size_t f = 0; f < raw.features.size(); ++f) {
    const RawFeature& feature = raw.features[f];
    std::optional<std::string> id;
    if (!mistakes.attempt([&] { id = key.of(feature); })) continue;
    const std::string cell_id = id ? *id : "unnamed-" + std::to_string(f + 1);
    if (!id) findings.push_back({raw.file, layer_id, cell_id, Reason{"feature_without_id", {{"feature", f + 1}}}});
    const auto [known, fresh] = index_of.try_emplace(cell_id, made.cells.size());
    if (fresh) {
      made.cells.push_back({{cell_id, name.empty() ? cell_id : name.of(feature), raw.own_values(feature)}, {}});
      made.features.emplace_back();
      care.emplace_back();
    }
    if (feature.other_geometry || feature.point || !feature.lines.empty())
      findings.push_back({raw.file, layer_id, cell_id, Reason{"other_geometry_left_out"}});
    try {
      add_rings(ground.rings[f], lattice, care[known->second], made.cells[known->second].rings);
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
