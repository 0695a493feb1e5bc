// SPDX-License-Identifier: Apache-2.0
// Polygons as ragged arrays: ring r has the points [ring_at[r], ring_at[r + 1]), cell c the rings [cell_at[c], ...).
#pragma once

#include <cmath>
#include <cstdint>
#include <tuple>
#include <vector>

#include "arrays.h"
#include "engine/arrangement/build.h"
#include "engine/density/study_area.h"

namespace gridloom::python {

// Around the first point, to whole metres. Throws DataError without points.
inline Lattice lattice_around(const Array<double>& x, const Array<double>& y) {
  if (x.size() == 0 || y.size() == 0) throw DataError("no_cells");
  return {"", std::floor(x.data()[0]), std::floor(y.data()[0])};
}

// `offsets` has one entry more than there are parts, from 0 to `total`, ascending; else std::invalid_argument.
void require_offsets(std::span<const std::int64_t> offsets, std::size_t total, const char* what);

// x, y, ring_at, hole, cell_at.
using Polygons =
    std::tuple<Array<double>, Array<double>, Array<std::int64_t>, Array<std::uint8_t>, Array<std::int64_t>>;

struct Cells {
  std::vector<Ring> rings;
  StackLayer layer;  // its cells are spans of `rings`

  Cells(const Lattice&, const Polygons&);
  Cells(const Lattice&, const Array<double>& x, const Array<double>& y, const Array<std::int64_t>& ring_at,
        const Array<std::uint8_t>& hole, const Array<std::int64_t>& cell_at);
  Cells(const Cells&) = delete;
  Cells& operator=(const Cells&) = delete;
};

// The ground of polygons.
struct Mask {
  Cells cells;
  Subdivision built;
  StudyArea area;

  Mask(const Lattice&, const Polygons&, unsigned threads);
  Mask(const Mask&) = delete;
  Mask& operator=(const Mask&) = delete;
};

}  // namespace gridloom::python
