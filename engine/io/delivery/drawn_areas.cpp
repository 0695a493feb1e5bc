// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/drawn_areas.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/base/strings.h"

namespace gridloom {
namespace {

using Line = std::vector<Projected>;

double distance(Projected a, Projected b) { return std::hypot(a.x - b.x, a.y - b.y); }

double length_of(const Line& line) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) sum += distance(line[i], line[i + 1]);
  return sum;
}

bool is_finite(const Line& line) {
  return std::all_of(line.begin(), line.end(), [](Projected p) { return std::isfinite(p.x) && std::isfinite(p.y); });
}

// An opening is small beside the line, too: a stroke of a metre is no area.
bool closes(const Line& line, double tolerance_m) {
  constexpr double kPart = 0.1;
  const double gap = distance(line.front(), line.back());
  return line.size() > 3 && gap <= tolerance_m && gap <= kPart * length_of(line);
}

// Appends the nearest line that starts or ends where `line` ends, within the tolerance; false where none does.
bool continue_with(Line& line, std::vector<Line>& others, double tolerance_m) {
  double least = tolerance_m;
  std::size_t nearest = others.size();
  bool turned = false;
  for (std::size_t i = 0; i < others.size(); ++i)
    for (const bool back : {false, true}) {
      const double gap = distance(line.back(), back ? others[i].back() : others[i].front());
      if (gap > least || (gap == least && nearest < others.size())) continue;
      least = gap;
      nearest = i;
      turned = back;
    }
  if (nearest == others.size()) return false;
  Line next = std::move(others[nearest]);
  others.erase(others.begin() + static_cast<std::ptrdiff_t>(nearest));
  if (turned) std::reverse(next.begin(), next.end());
  line.insert(line.end(), next.begin() + (next.front() == line.back() ? 1 : 0), next.end());
  return true;
}

// --- nesting ---

double doubled_area_of(const Line& ring) {
  double sum = 0;
  const Projected o = ring.front();  // near the ring, so that products stay small
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Projected a = ring[i], b = ring[(i + 1) % ring.size()];
    sum += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
  }
  return std::abs(sum);
}

bool holds(const Line& ring, Projected p) {
  bool inside = false;
  for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
    if ((ring[i].y > p.y) != (ring[j].y > p.y) &&
        p.x < (ring[j].x - ring[i].x) * (p.y - ring[i].y) / (ring[j].y - ring[i].y) + ring[i].x)
      inside = !inside;
  return inside;
}

double distance_to(const Line& ring, Projected p) {
  double least = 1e300;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Projected a = ring[i], b = ring[(i + 1) % ring.size()];
    const double dx = b.x - a.x, dy = b.y - a.y, l = dx * dx + dy * dy;
    const double t = l > 0 ? std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / l, 0.0, 1.0) : 0;
    least = std::min(least, distance(p, {a.x + t * dx, a.y + t * dy}));
  }
  return least;
}

struct DrawnRing {
  std::size_t feature = 0, ring = 0;
  const Line* line = nullptr;
  Extent box;
  double area = 0;
  std::size_t parent = SIZE_MAX;  // the smallest ring around it
  bool ground = true;
};

// Within a centimetre: who draws an island along the rim of its area does not hit it to the bit.
bool lies_in(const DrawnRing& inner, const DrawnRing& outer) {
  constexpr double kHair = 0.01;
  const Extent box = outer.box.grown(kHair);
  if (!(inner.area < outer.area) || inner.box.min_x < box.min_x || inner.box.max_x > box.max_x ||
      inner.box.min_y < box.min_y || inner.box.max_y > box.max_y)
    return false;
  bool any = false;
  for (const Projected p : *inner.line) {
    const bool on = distance_to(*outer.line, p) <= kHair;
    if (!on && !holds(*outer.line, p)) return false;
    any = any || !on;
  }
  return any;
}

std::vector<DrawnRing> drawn_rings(const std::vector<std::vector<GroundRing>>& rings) {
  std::vector<DrawnRing> all;
  for (std::size_t f = 0; f < rings.size(); ++f)
    for (std::size_t r = 0; r < rings[f].size(); ++r) {
      const Line& line = rings[f][r].points;
      if (!rings[f][r].drawn || line.empty() || !is_finite(line)) continue;
      DrawnRing drawn{f, r, &line, {}, doubled_area_of(line)};
      for (const Projected p : line) drawn.box.add(p.x, p.y);
      all.push_back(drawn);
    }
  return all;
}

// From the largest to the smallest, so that whoever is around a ring is settled before it.
void find_parents(std::vector<DrawnRing>& all, const std::vector<std::string>& ids) {
  std::stable_sort(all.begin(), all.end(), [](const DrawnRing& a, const DrawnRing& b) { return a.area > b.area; });
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t o = i; o-- > 0;)
      if (lies_in(all[i], all[o])) {
        all[i].parent = o;
        all[i].ground = ids[all[i].feature] != ids[all[o].feature] || !all[o].ground;
        break;
      }
}

bool is_blank(const std::optional<std::string>& value) { return !value || trimmed(*value).empty(); }

std::size_t text_field(const RawLayer& layer) {
  const auto at =
      std::find_if(layer.fields.begin(), layer.fields.end(), [](const Field& f) { return f.name == "Text"; });
  return static_cast<std::size_t>(at - layer.fields.begin());
}

// The feature whose drawn ring is the smallest around the place; SIZE_MAX where there is none.
std::size_t area_at(const std::vector<DrawnRing>& all, Projected p) {
  std::size_t found = SIZE_MAX;
  double least = 1e300;
  for (const DrawnRing& ring : all)
    if (ring.area < least && p.x >= ring.box.min_x && p.x <= ring.box.max_x && p.y >= ring.box.min_y &&
        p.y <= ring.box.max_y && holds(*ring.line, p)) {
      least = ring.area;
      found = ring.feature;
    }
  return found;
}

}  // namespace

ClosedLines close_lines(std::vector<Line> lines, double tolerance_m) {
  ClosedLines out;
  std::erase_if(lines, [](const Line& l) { return l.size() < 2; });
  std::vector<Line> loose;
  for (Line& line : lines) {
    if (!is_finite(line) || closes(line, tolerance_m)) {
      const double gap = distance(line.front(), line.back());
      if (gap > 0) out.closed_gaps_m.push_back(gap);
      out.rings.push_back({std::move(line), false, true});
    } else {
      loose.push_back(std::move(line));
    }
  }
  while (!loose.empty()) {
    Line line = std::move(loose.front());
    loose.erase(loose.begin());
    while (!closes(line, tolerance_m) && continue_with(line, loose, tolerance_m)) {
    }
    const double gap = distance(line.front(), line.back());
    if (!closes(line, tolerance_m)) {
      out.open.push_back({gap, line.front(), line.back()});
      continue;
    }
    if (gap > 0) out.closed_gaps_m.push_back(gap);
    out.rings.push_back({std::move(line), false, true});
  }
  return out;
}

void nest_drawn_rings(std::vector<std::vector<GroundRing>>& rings, const std::vector<std::string>& ids) {
  std::vector<DrawnRing> all = drawn_rings(rings);
  if (all.empty()) return;
  find_parents(all, ids);
  std::vector<std::vector<std::size_t>> inside(all.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].parent != SIZE_MAX) inside[all[i].parent].push_back(i);
  std::vector<std::vector<GroundRing>> nested(rings.size());
  for (std::size_t f = 0; f < rings.size(); ++f)
    for (const GroundRing& ring : rings[f])
      if (!ring.drawn || !is_finite(ring.points)) nested[f].push_back(ring);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].ground) continue;
    std::vector<GroundRing>& of = nested[all[i].feature];
    of.push_back(rings[all[i].feature][all[i].ring]);
    for (const std::size_t hole : inside[i]) {
      of.push_back(rings[all[hole].feature][all[hole].ring]);
      of.back().hole = true;
    }
  }
  rings = std::move(nested);
}

void take_labels(RawLayer& layer, std::vector<std::vector<GroundRing>>& rings,
                 const std::vector<std::optional<Projected>>& points, const std::string& layer_id,
                 std::vector<Finding>& findings) {
  const std::size_t text = text_field(layer);
  if (text == layer.fields.size()) return;
  const std::vector<DrawnRing> all = drawn_rings(rings);
  if (all.empty()) return;
  const auto is_label = [&](std::size_t f) { return points[f] && rings[f].empty() && layer.features[f].lines.empty(); };
  for (std::size_t f = 0; f < layer.features.size(); ++f) {
    if (!is_label(f) || is_blank(layer.features[f].values[text])) continue;
    const std::string label(trimmed(*layer.features[f].values[text]));
    const std::size_t area = area_at(all, *points[f]);
    if (area == SIZE_MAX)
      findings.push_back({layer.file, layer_id, label, Reason{"label_in_no_area", {{"feature", f + 1}}}});
    else if (is_blank(layer.features[area].values[text]))
      layer.features[area].values[text] = label;
    else if (*layer.features[area].values[text] != label)
      findings.push_back(
          {layer.file, layer_id, *layer.features[area].values[text], Reason{"second_label", {{"text", label}}}});
  }
  std::size_t kept = 0;
  for (std::size_t f = 0; f < layer.features.size(); ++f) {
    if (is_label(f)) continue;
    if (kept != f) {
      layer.features[kept] = std::move(layer.features[f]);
      rings[kept] = std::move(rings[f]);
    }
    ++kept;
  }
  layer.features.resize(kept);
  rings.resize(kept);
}

}  // namespace gridloom
