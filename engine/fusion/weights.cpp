// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/weights.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "engine/arrangement/coverage.h"

namespace gridloom {
namespace {

// Census areas follow the shore or the city limit only roughly. One with less than this share of its ground in the
// frame belongs to a neighbour.
constexpr double kLeastShareInside = 0.05;

// Faces are drawn under their own numbers, areas above them.
CrossedSegments draw_both(const Arrangement& m, const std::vector<bool>& included,
                          std::span<const std::span<const Ring>> areas, unsigned threads) {
  std::vector<DrawnSegment> drawn;
  for (const Arc& arc : m.arcs)
    for (std::uint32_t i = arc.first; i + 1 < arc.first + arc.count; ++i) {
      if (included[arc.left]) draw(m.points[i], m.points[i + 1], arc.left, 1, drawn);
      if (included[arc.right]) draw(m.points[i], m.points[i + 1], arc.right, -1, drawn);
    }
  for (std::uint32_t a = 0; a < areas.size(); ++a)
    for (const Ring& ring : areas[a]) draw(ring, m.face_count + a, drawn);
  return gather(std::move(drawn), threads);
}

std::vector<AreaShare> shares_of(const Lattice& lattice, CrossedSegments segments, FaceId face_count,
                                 unsigned threads) {
  std::vector<std::pair<FaceId, AreaShare>> found;
  const Arrangement fine = cover_faces(lattice, std::move(segments), threads,
                                       [&](const Arrangement&, FaceId piece, const Coverage& coverage) {
                                         FaceId face = kOutside;
                                         for (const Crossing& c : coverage) {
                                           if (c.key < face_count)
                                             face = c.key;  // keys ascend: the face comes before the areas
                                           else
                                             found.push_back({piece, {c.key - face_count, face, 0}});
                                         }
                                       });
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first, a.second.area) < std::pair(b.first, b.second.area);
  });
  const std::vector<Int128> area = doubled_areas(fine);
  std::vector<AreaShare> shares;
  for (auto& [piece, share] : found) {
    share.ground_m2 = square_metres(area[piece]);
    shares.push_back(share);
  }
  return shares;
}

}  // namespace

std::vector<AreaShare> areal_shares(const Arrangement& m, const std::vector<bool>& included,
                                    std::span<const std::span<const Ring>> areas, unsigned threads) {
  return shares_of(m.lattice, noded(draw_both(m, included, areas, threads), threads), m.face_count, threads);
}

ArealWeights areal_weights(const Arrangement& m, const std::vector<bool>& included,
                           const DeliveredPopulation& population, unsigned threads, std::vector<Finding>& findings) {
  const std::vector<DeliveredCell>& cells = population.areas.cells;
  std::vector<std::span<const Ring>> areas;
  for (const DeliveredCell& c : cells) areas.emplace_back(c.rings);
  const std::vector<AreaShare> shares = areal_shares(m, included, areas, threads);

  std::vector<double> ground(cells.size(), 0), inside(cells.size(), 0);
  for (const AreaShare& s : shares) {
    ground[s.area] += s.ground_m2;
    if (s.face != kOutside) inside[s.area] += s.ground_m2;
  }
  const auto counted = [&](std::size_t a) { return inside[a] > 0 && inside[a] >= kLeastShareInside * ground[a]; };
  const auto spread = [&](const std::vector<double>& amounts) {
    std::vector<double> out(m.face_count, 0);
    for (const AreaShare& s : shares)
      if (s.face != kOutside && counted(s.area)) out[s.face] += amounts[s.area] * s.ground_m2 / inside[s.area];
    return out;
  };
  for (std::size_t a = 0; a < ground.size(); ++a)
    if (!counted(a) && population.people[a] > 0)
      findings.push_back({"", population.areas.id, cells[a].cell.id, PeopleOutside{population.people[a]}});
  return {spread(population.people),
          population.households.empty() ? std::vector<double>() : spread(population.households)};
}

}  // namespace gridloom
