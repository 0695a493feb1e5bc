// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/ground.h"

#include "engine/io/antimeridian.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace gridloom {
namespace {

// Half the lattice step: what is nearer cannot be told apart once rounded.
constexpr double kDeviation = 0.0005;
// Below this length no projection in use bends an edge by kDeviation: for a parallel on the sphere the bow is
// L² tan(latitude) / 8R, 0.05 mm for 50 m at 45 degrees, and 0.5 mm at 84 degrees.
constexpr double kShortEdge = 50;
// 2^20 pieces of 50 m go round the earth.
constexpr int kDeepest = 20;

struct Vertex {
  double x, y;        // in the file's CRS
  Projected p;        // in the working CRS
  bool bends = true;  // the edge that starts here has still to be looked at
};

double squared_distance(Projected a, Projected b) { return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y); }

// Halves every edge that strays from its chord; false when none did.
bool refine(std::vector<Vertex>& line, PositionReader& reader) {
  std::vector<std::size_t> edges;
  std::vector<double> x, y;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (!line[i].bends) continue;
    line[i].bends = false;
    if (!(squared_distance(line[i].p, line[i + 1].p) > kShortEdge * kShortEdge)) continue;
    edges.push_back(i);
    x.push_back((line[i].x + line[i + 1].x) / 2);
    y.push_back((line[i].y + line[i + 1].y) / 2);
  }
  if (edges.empty()) return false;
  std::vector<double> px = x, py = y;
  reader.read(px, py);
  std::vector<Vertex> finer;
  finer.reserve(line.size() + edges.size());
  std::size_t e = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    finer.push_back(line[i]);
    if (e == edges.size() || edges[e] != i) continue;
    const Projected middle{px[e], py[e]};
    const Projected chord{(line[i].p.x + line[i + 1].p.x) / 2, (line[i].p.y + line[i + 1].p.y) / 2};
    if (std::isfinite(middle.x) && squared_distance(middle, chord) > kDeviation * kDeviation) {
      finer.back().bends = true;
      finer.push_back({x[e], y[e], middle, true});
    }
    ++e;
  }
  const bool grown = finer.size() > line.size();
  line = std::move(finer);
  return grown;
}

std::string short_text(double value) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed,
                                 std::abs(value) < 1000 ? 4 : 0)
                       .ptr;
  return {text.data(), end};
}

// Along the vertices, and back to the first where `closing`.
std::vector<Projected> on_ground(const RawRing& ring, bool closing, bool swapped, PositionReader& reader) {
  std::vector<double> east = swapped ? ring.y : ring.x;
  const std::vector<double>& north = swapped ? ring.x : ring.y;
  if (reader.degrees()) unwrap_longitudes(east);  // an edge over the antimeridian is a short one
  std::vector<double> px = east, py = north;
  reader.read(px, py);
  std::vector<Vertex> line(px.size());
  for (std::size_t i = 0; i < px.size(); ++i) line[i] = {east[i], north[i], {px[i], py[i]}, true};
  // The closing edge of a ring that is not closed is refined like the others.
  const bool open = closing && !line.empty() && (east.front() != east.back() || north.front() != north.back());
  if (open) line.push_back(line.front());
  for (int depth = 0; depth < kDeepest && refine(line, reader); ++depth) {
  }
  if (open) line.pop_back();
  std::vector<Projected> ground;
  ground.reserve(line.size());
  for (const Vertex& v : line) ground.push_back(v.p);
  return ground;
}

}  // namespace

void Extent::add(double x, double y) {
  if (!std::isfinite(x) || !std::isfinite(y)) return;
  min_x = std::min(min_x, x);
  min_y = std::min(min_y, y);
  max_x = std::max(max_x, x);
  max_y = std::max(max_y, y);
}

bool Extent::intersects(const Extent& o) const {
  return min_x <= o.max_x && o.min_x <= max_x && min_y <= o.max_y && o.min_y <= max_y;
}

std::string Extent::text() const {
  if (empty()) return "nowhere";
  return "x " + short_text(min_x) + " .. " + short_text(max_x) + ", y " + short_text(min_y) + " .. " +
         short_text(max_y);
}

Extent extent_of(const RawLayer& layer) {
  Extent extent;
  for (const RawFeature& feature : layer.features) {
    if (feature.point) extent.add(feature.point->x, feature.point->y);
    for (const auto* part : {&feature.rings, &feature.lines})
      for (const RawRing& line : *part)
        for (std::size_t i = 0; i < line.x.size(); ++i) extent.add(line.x[i], line.y[i]);
  }
  return extent;
}

Extent image_of(const Extent& source, PositionReader& reader) {
  constexpr int kMesh = 8;
  std::vector<double> x, y;
  for (int i = 0; i <= kMesh; ++i)
    for (int j = 0; j <= kMesh; ++j) {
      x.push_back(source.min_x + (source.max_x - source.min_x) * i / kMesh);
      y.push_back(source.min_y + (source.max_y - source.min_y) * j / kMesh);
    }
  reader.read(x, y);
  Extent image;
  for (std::size_t i = 0; i < x.size(); ++i) image.add(x[i], y[i]);
  return image;
}

std::vector<Projected> ring_on_ground(const RawRing& ring, bool swapped, PositionReader& reader) {
  return on_ground(ring, true, swapped, reader);
}

std::vector<Projected> line_on_ground(const RawRing& line, bool swapped, PositionReader& reader) {
  return on_ground(line, false, swapped, reader);
}

Reason inaccuracy(const std::string& crs, const UsedOperation& used) {
  return {"transformation_inaccurate",
          {{"crs", crs.size() < 60 ? crs : crs.substr(0, crs.find(','))},
           {"operation", used.name},
           {"accuracy", used.accuracy_m},
           {"grids", used.better_grids}}};
}

}  // namespace gridloom
