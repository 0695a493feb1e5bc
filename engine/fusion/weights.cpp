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

struct Share {
  std::uint32_t area;
  FaceId face;  // kOutside: outside the frame
  double ground;
};

// Faces are drawn under their own numbers, census areas above them.
CrossedSegments draw_both(const Arrangement& m, const std::vector<bool>& included, const DeliveredLayer& areas,
                          unsigned threads) {
  std::vector<DrawnSegment> drawn;
  for (const Arc& arc : m.arcs)
    for (std::uint32_t i = arc.first; i + 1 < arc.first + arc.count; ++i) {
      if (included[arc.left]) draw(m.points[i], m.points[i + 1], arc.left, 1, drawn);
      if (included[arc.right]) draw(m.points[i], m.points[i + 1], arc.right, -1, drawn);
    }
  for (std::uint32_t a = 0; a < areas.cells.size(); ++a)
    for (const Ring& ring : areas.cells[a].rings) draw(ring, m.face_count + a, drawn);
  return gather(std::move(drawn), threads);
}

// The pieces of every census area, in the order of the pieces' faces.
std::vector<Share> shares_of(const Lattice& lattice, CrossedSegments segments, FaceId face_count, unsigned threads) {
  std::vector<std::pair<FaceId, Share>> found;
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
  std::vector<Share> shares;
  for (auto& [piece, share] : found) {
    share.ground = static_cast<double>(area[piece]);
    shares.push_back(share);
  }
  return shares;
}

}  // namespace

std::vector<double> areal_weights(const Arrangement& m, const std::vector<bool>& included,
                                  const DeliveredPopulation& population, unsigned threads,
                                  std::vector<Finding>& findings) {
  const std::vector<Share> shares =
      shares_of(m.lattice, noded(draw_both(m, included, population.areas, threads), threads), m.face_count, threads);

  std::vector<double> ground(population.areas.cells.size(), 0), inside(population.areas.cells.size(), 0);
  for (const Share& s : shares) {
    ground[s.area] += s.ground;
    if (s.face != kOutside) inside[s.area] += s.ground;
  }
  const auto counted = [&](std::size_t a) { return inside[a] > 0 && inside[a] >= kLeastShareInside * ground[a]; };
  std::vector<double> people(m.face_count, 0);
  for (const Share& s : shares)
    if (s.face != kOutside && counted(s.area)) people[s.face] += population.people[s.area] * s.ground / inside[s.area];
  for (std::size_t a = 0; a < ground.size(); ++a)
    if (!counted(a) && population.people[a] > 0)
      findings.push_back({"", population.areas.id, population.areas.cells[a].cell.id,
                          "lies outside the frame; its " + std::to_string(std::llround(population.people[a])) +
                              " people are not counted"});
  return people;
}

}  // namespace gridloom
