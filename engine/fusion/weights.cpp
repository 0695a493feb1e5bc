// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/weights.h"

#include <limits>
#include <numeric>

#include "engine/arrangement/build.h"
#include "engine/geometry/distance.h"

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

FaceId nearest(const Arrangement& m, const std::vector<bool>& included, Point p) {
  FaceId best = kOutside;
  double least = std::numeric_limits<double>::infinity();
  for (const Arc& a : m.arcs)
    for (FaceId f : {a.left, a.right}) {
      if (!included[f]) continue;
      for (std::uint32_t i = a.first; i + 1 < a.first + a.count; ++i) {
        const Segment s{std::min(m.points[i], m.points[i + 1]), std::max(m.points[i], m.points[i + 1])};
        if (const double d = distance(p, s); d < least) {
          least = d;
          best = f;
        }
      }
    }
  return best;
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
  const std::vector<Int128> area = doubled_areas(fine.arrangement);

  struct Share {
    Label area_index;
    Label face;
    double ground;
  };
  std::vector<Share> shares;
  std::vector<double> ground_of_area(population.areas.cells.size(), 0);
  const auto lay = [&](Label a, Label face, Int128 ground) {
    shares.push_back({a, face, static_cast<double>(ground)});
    ground_of_area[a] += static_cast<double>(ground);
  };
  for (FaceId f = 1; f < fine.arrangement.face_count; ++f) {
    const Label face = fine.labelings[0].of_face[f];
    if (face == kGap || fine.labelings[1].of_face[f] == kGap) continue;
    lay(fine.labelings[1].of_face[f], face, area[f]);
    for (const OverlapLabel& o : fine.labelings[1].further(f)) lay(o.label, face, area[f]);
  }
  std::vector<double> people(m.face_count, 0);
  for (const Share& s : shares)
    people[s.face] += population.people[s.area_index] * s.ground / ground_of_area[s.area_index];
  for (std::size_t a = 0; a < ground_of_area.size(); ++a) {
    if (ground_of_area[a] > 0 || population.people[a] == 0) continue;
    const DeliveredCell& cell = population.areas.cells[a];
    if (cell.rings.empty()) continue;
    people[nearest(m, included, cell.rings[0].points[0])] += population.people[a];
    findings.push_back({"", population.areas.id, cell.cell.id,
                        "no ground inside the frame; its people are counted at the nearest ground"});
  }
  return people;
}

}  // namespace gridloom
