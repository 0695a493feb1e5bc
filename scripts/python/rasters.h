// SPDX-License-Identifier: Apache-2.0
// Rasters of the package on a lattice.
#pragma once

#include <cmath>
#include <cstdint>

#include "arrays.h"
#include "engine/geometry/raster_grid.h"

namespace gridloom::python {

// Where a raster lies, in metres, as Python has it.
struct Raster {
  double west, north, cell_m;
  std::uint32_t nx, ny;
};

inline std::int64_t millimetres(double metres) { return std::llround(metres * Lattice::kPerMetre); }

inline RasterGrid grid_on(const Lattice& lattice, const Raster& r) {
  return {millimetres(r.west - lattice.origin_x), millimetres(r.north - lattice.origin_y), millimetres(r.cell_m), r.nx,
          r.ny};
}

// The lattice has its origin at the raster's south-west corner, in whole metres.
struct Placed {
  Lattice lattice;
  RasterGrid grid;
};

inline Placed place(const Raster& r) {
  const Lattice lattice{"", std::floor(r.west), std::floor(r.north - r.cell_m * r.ny)};
  return {lattice, grid_on(lattice, r)};
}

// Row by row from the north.
inline Array<double> raster_of(const std::vector<double>& values, std::uint32_t nx, std::uint32_t ny) {
  Array<double> out({static_cast<pybind11::ssize_t>(ny), static_cast<pybind11::ssize_t>(nx)});
  std::copy(values.begin(), values.end(), out.mutable_data());
  return out;
}

// The array must have as many entries as the raster pixels; else std::invalid_argument.
inline void require_raster(const Array<double>& values, const Raster& r) {
  if (static_cast<std::size_t>(values.size()) != std::size_t{r.nx} * r.ny)
    throw std::invalid_argument("the raster's values do not fit its rows and columns");
}

}  // namespace gridloom::python
