// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/area_index.h"

#include "engine/geometry/predicates.h"

namespace gridloom {
namespace {

constexpr std::int64_t kMostBands = 4096;
constexpr std::int64_t kBandsPerEdge = 2;

// An edge a -> b asked about p: true when p lies on it; else `inside` is turned where a ray from p crosses it.
bool touches(Point a, Point b, Point p, bool& inside) {
  const std::int64_t side = orientation(a, b, p);
  if (side == 0 && std::min(a.x, b.x) <= p.x && p.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= p.y &&
      p.y <= std::max(a.y, b.y))
    return true;
  if ((a.y > p.y) != (b.y > p.y) && (side > 0) == (b.y > a.y)) inside = !inside;
  return false;
}

// Calls work(a, b) for every edge.
template <class Work>
void for_edges(const PolygonRings& rings, Work&& work) {
  for (const std::vector<Point>& ring : rings)
    for (std::size_t i = 0; i < ring.size(); ++i) work(ring[i], ring[(i + 1) % ring.size()]);
}

}  // namespace

bool in_area(Point p, const PolygonRings& rings) {
  bool inside = false, on = false;
  for_edges(rings, [&](Point a, Point b) { on = on || touches(a, b, p, inside); });
  return on || inside;
}

AreaIndex::AreaIndex(const PolygonRings& rings) {
  std::int64_t edges = 0;
  for (const std::vector<Point>& ring : rings) {
    for (Point p : ring) box_.extend(p);  // a ring without points has no box to extend by
    edges += static_cast<std::int64_t>(ring.size());
  }
  if (box_.empty()) return;
  const std::int64_t extent = std::int64_t{box_.max.y} - box_.min.y + 1;
  const std::int64_t bands = std::min({extent, kMostBands, kBandsPerEdge * edges});
  height_ = (extent + bands - 1) / bands;
  start_.assign(static_cast<std::size_t>(bands) + 1, 0);
  const auto for_bands = [&](Point a, Point b, auto&& work) {
    for (std::size_t band = band_of(std::min(a.y, b.y)); band <= band_of(std::max(a.y, b.y)); ++band) work(band);
  };
  for_edges(rings, [&](Point a, Point b) { for_bands(a, b, [&](std::size_t band) { ++start_[band + 1]; }); });
  for (std::size_t band = 1; band < start_.size(); ++band) start_[band] += start_[band - 1];
  edges_.resize(start_.back());
  std::vector<std::uint32_t> next(start_.begin(), start_.end() - 1);
  for_edges(rings, [&](Point a, Point b) {
    for_bands(a, b, [&](std::size_t band) { edges_[next[band]++] = {a, b}; });
  });
}

bool AreaIndex::contains(Point p) const {
  if (p.x < box_.min.x || p.x > box_.max.x || p.y < box_.min.y || p.y > box_.max.y) return false;
  const std::size_t band = band_of(p.y);
  bool inside = false;
  for (std::uint32_t e = start_[band]; e < start_[band + 1]; ++e)
    if (touches(edges_[e].a, edges_[e].b, p, inside)) return true;
  return inside;
}

}  // namespace gridloom
