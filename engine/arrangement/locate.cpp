// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/locate.h"

#include <algorithm>

#include "engine/arrangement/below.h"
#include "engine/base/parallel.h"

namespace gridloom {

struct PointLocator::Index {
  const Arrangement& arrangement;
  Below below;

  explicit Index(const Arrangement& m) : arrangement(m), below(m) {}

  // Faces around the point: those of the arcs through it. At a node these are all faces of its star.
  std::vector<FaceId> touching(Point p) const {
    std::vector<FaceId> faces;
    for (ArcId a : below.through(p)) {
      faces.push_back(arrangement.arcs[a].left);
      faces.push_back(arrangement.arcs[a].right);
    }
    std::sort(faces.begin(), faces.end());
    faces.erase(std::unique(faces.begin(), faces.end()), faces.end());
    return faces;
  }
};

PointLocator::PointLocator(const Arrangement& m) : index_(std::make_unique<Index>(m)) {}
PointLocator::~PointLocator() = default;
PointLocator::PointLocator(PointLocator&&) noexcept = default;
PointLocator& PointLocator::operator=(PointLocator&&) noexcept = default;

Location PointLocator::locate(Point p) const {
  Location found;
  found.touching = index_->touching(p);
  if (!found.touching.empty()) {
    // Ascending, and the outside is face 0: the lowest bounded face stands first or second.
    found.face =
        found.touching.front() == kOutside && found.touching.size() > 1 ? found.touching[1] : found.touching.front();
    return found;
  }
  if (const auto h = index_->below.under(p)) found.face = left_of(index_->arrangement, *h);
  return found;
}

std::vector<FaceId> PointLocator::locate(std::span<const Point> points, unsigned threads) const {
  std::vector<FaceId> faces(points.size());
  parallel_blocks(points.size(), 4096, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) faces[i] = locate(points[i]).face;
  });
  return faces;
}

}  // namespace gridloom
