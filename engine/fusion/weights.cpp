// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/weights.h"

#include <cmath>
#include <string>

#include "engine/arrangement/build.h"

namespace gridloom {
namespace {

// The faces of the arrangement as a stack layer of their own.
std::vector<std::vector<Ring>> rings_of_faces(const Arrangement& m, const std::vector<bool>& included) {
  std::vector<Label> identity(m.face_count);
  for (FaceId f = 0; f < m.face_count; ++f) identity[f] = included[f] ? static_cast<Label>(f) : kGap;
  const Dissolved dissolved = dissolve(m, identity, m.face_count);
  std::vector<std::vector<Ring>> rings(m.face_count);
  const auto add = [&](FaceId f, const ArcRing& r, bool hole) {
    std::vector<Point> points = points_of(m, r);
    points.pop_back();
    rings[f].push_back({std::move(points), hole});
  };
  for (FaceId f = 1; f < m.face_count; ++f)
    for (const ArcPolygon& polygon : dissolved.of_label[f]) {
      add(f, polygon.shell, false);
      for (const ArcRing& hole : polygon.holes) add(f, hole, true);
    }
  return rings;
}

// Census areas follow the shore or the city limit only roughly. One with less than this share of its ground in the
// frame belongs to a neighbour.
constexpr double kLeastShareInside = 0.05;

struct Share {
  Label area;
  Label face;  // kGap: outside the frame
  double ground;
};

// The pieces of every census area, from an arrangement of faces (layer 0) and areas (layer 1).
std::vector<Share> shares_of(const Subdivision& fine) {
  const std::vector<Int128> area = doubled_areas(fine.arrangement);
  std::vector<Share> shares;
  for (FaceId f = 1; f < fine.arrangement.face_count; ++f) {
    const Label face = fine.labelings[0].of_face[f], leading = fine.labelings[1].of_face[f];
    if (leading == kGap) continue;
    shares.push_back({leading, face, static_cast<double>(area[f])});
    for (const OverlapLabel& o : fine.labelings[1].further(f))
      shares.push_back({o.label, face, static_cast<double>(area[f])});
  }
  return shares;
}

}  // namespace

std::vector<double> areal_weights(const Arrangement& m, const std::vector<bool>& included,
                                  const DeliveredPopulation& population, unsigned threads,
                                  std::vector<Finding>& findings) {
  const auto faces = rings_of_faces(m, included);
  StackLayer face_layer, area_layer;
  for (const auto& rings : faces) face_layer.cells.emplace_back(rings);
  for (const DeliveredCell& c : population.areas.cells) area_layer.cells.emplace_back(c.rings);
  const std::vector<StackLayer> stack{std::move(face_layer), std::move(area_layer)};
  const Subdivision fine = build(m.lattice, stack, threads);
  const std::vector<Share> shares = shares_of(fine);

  std::vector<double> ground(population.areas.cells.size(), 0), inside(population.areas.cells.size(), 0);
  for (const Share& s : shares) {
    ground[s.area] += s.ground;
    if (s.face != kGap) inside[s.area] += s.ground;
  }
  const auto counted = [&](std::size_t a) { return inside[a] > 0 && inside[a] >= kLeastShareInside * ground[a]; };
  std::vector<double> people(m.face_count, 0);
  for (const Share& s : shares)
    if (s.face != kGap && counted(s.area)) people[s.face] += population.people[s.area] * s.ground / inside[s.area];
  for (std::size_t a = 0; a < ground.size(); ++a)
    if (!counted(a) && population.people[a] > 0)
      findings.push_back({"", population.areas.id, population.areas.cells[a].cell.id,
                          "lies outside the frame; its " + std::to_string(std::llround(population.people[a])) +
                              " people are not counted"});
  return people;
}

}  // namespace gridloom
