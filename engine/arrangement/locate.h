// SPDX-License-Identifier: Apache-2.0
// Point location in an arrangement.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"

namespace gridloom {

struct Location {
  FaceId face = kOutside;        // the face the point lies in; on a boundary the lowest bounded face that touches it
  std::vector<FaceId> touching;  // on a boundary or node: all faces that touch the point, ascending; else empty
};

// Immutable index over the arcs of one arrangement, which must outlive it. Built in O(n log n), a query costs
// about O(log n + arcs above the point); safe to use from any number of threads.
class PointLocator {
 public:
  explicit PointLocator(const Arrangement&);
  ~PointLocator();
  PointLocator(PointLocator&&) noexcept;
  PointLocator& operator=(PointLocator&&) noexcept;

  Location locate(Point) const;
  std::vector<FaceId> locate(std::span<const Point>, unsigned threads = 1) const;  // faces only

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

}  // namespace gridloom
