// SPDX-License-Identifier: Apache-2.0
// What is made of surfaces: ratios, contours, values by cell.
#include <pybind11/stl.h>

#include <optional>
#include <vector>

#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/density/contours.h"
#include "engine/density/raster_zones.h"
#include "engine/density/relative_risk.h"
#include "rasters.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

// (level, closed, x, y) of each line, in metres.
py::list contour_lines(const Array<double>& values, const Raster& raster, const std::vector<double>& levels,
                       const py::object& progress) {
  require_raster(values, raster);
  const Placed placed = place(raster);
  const auto lines = call(progress, [&, value = span_of(values)] { return contours(value, placed.grid, levels); });
  py::list out;
  for (const Contour& line : lines) {
    std::vector<double> x, y;
    for (const ContourPoint& p : line.points) {
      x.push_back(placed.lattice.origin_x + p.x_mm / Lattice::kPerMetre);
      y.push_back(placed.lattice.origin_y + p.y_mm / Lattice::kPerMetre);
    }
    out.append(py::make_tuple(line.level, line.closed, array_of(x), array_of(y)));
  }
  return out;
}

// Columns mean, largest, integral, pixels by cell.
py::dict cell_values(const Array<double>& values, const Raster& raster, const Array<double>& x, const Array<double>& y,
                     const Array<std::int64_t>& ring_at, const Array<std::uint8_t>& hole,
                     const Array<std::int64_t>& cell_at, unsigned threads, const py::object& progress) {
  require_raster(values, raster);
  const Lattice lattice = lattice_around(x, y);
  const Cells cells(lattice, x, y, ring_at, hole, cell_at);
  const RasterGrid grid = grid_on(lattice, raster);
  const auto zones = call(progress, [&, value = span_of(values)] {
    const Subdivision built = build(lattice, std::span(&cells.layer, 1), threads);
    return zone_values(value, grid, built.arrangement, built.labelings[0].of_face, cells.layer.cells.size());
  });
  std::vector<double> mean, largest, integral;
  std::vector<std::uint64_t> pixels;
  for (const ZoneValue& z : zones) {
    mean.push_back(z.mean);
    largest.push_back(z.largest);
    integral.push_back(z.integral);
    pixels.push_back(z.pixels);
  }
  py::dict out;
  out["mean"] = array_of(mean);
  out["largest"] = array_of(largest);
  out["integral"] = array_of(integral);
  out["pixels"] = array_of(pixels);
  return out;
}

// The ratio, and the floor and the mask that were taken. `mean` is the denominator's.
py::tuple risk(const Array<double>& numerator, const Array<double>& denominator, double mean,
               std::optional<double> floor, std::optional<double> mask_below, bool logarithm) {
  const RelativeRisk found = relative_risk(span_of(numerator), span_of(denominator), mean,
                                           {.floor = floor, .mask_below = mask_below, .logarithm = logarithm});
  return py::make_tuple(raster_of(found.values, static_cast<std::uint32_t>(numerator.shape(1)),
                                  static_cast<std::uint32_t>(numerator.shape(0))),
                        found.floor, found.mask_below);
}

}  // namespace

void bind_surfaces(py::module_& module) {
  module.def("contours", &contour_lines);
  module.def("cell_values", &cell_values);
  module.def("relative_risk", &risk);
}

}  // namespace gridloom::python
