// SPDX-License-Identifier: Apache-2.0
// From a file's coordinates to the working CRS and the lattice. Private to engine/io.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/errors.h"
#include "engine/geometry/lattice.h"
#include "engine/io/crs.h"
#include "engine/io/delivery/vector_file.h"

namespace gridloom {

// An upright box in any coordinates; empty while min > max.
struct Extent {
  double min_x = 1e300, min_y = 1e300, max_x = -1e300, max_y = -1e300;

  void add(double x, double y);
  bool empty() const { return min_x > max_x; }
  bool intersects(const Extent& other) const;
  Extent grown(double by) const { return {min_x - by, min_y - by, max_x + by, max_y + by}; }
  Extent swapped() const { return {min_y, min_x, max_y, max_x}; }
  Projected centre() const { return {(min_x + max_x) / 2, (min_y + max_y) / 2}; }
  std::string text() const;  // "x 1.2 .. 3.4, y 5.6 .. 7.8"
};

Extent extent_of(const RawLayer& layer);

// Where a source extent comes to lie, from a mesh of points over it; empty when nothing of it has an image.
Extent image_of(const Extent& source, PositionReader& reader);

// A ring in the working CRS, as in the file: not closed unless the file closes it. An edge that is straight in the
// file's CRS is a curve in the working CRS; it gets as many points as keep every chord within 0.5 mm of that curve, so
// that layers which drew one line with few or many vertices agree. Infinite where a vertex has no image.
std::vector<Projected> ring_on_ground(const RawRing& ring, bool swapped, PositionReader& reader);
// The same of a line.
std::vector<Projected> line_on_ground(const RawRing& line, bool swapped, PositionReader& reader);

// The finding on a transformation that is not exact.
Reason inaccuracy(const std::string& crs, const UsedOperation& used);

}  // namespace gridloom
