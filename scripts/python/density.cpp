// SPDX-License-Identifier: Apache-2.0
// Kernel density and rasters.
#include <pybind11/stl.h>

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/base/words.h"
#include "engine/density/bandwidth.h"
#include "engine/density/coincidence.h"
#include "engine/density/heatmap.h"
#include "engine/events/covered_period.h"
#include "engine/io/project/atomic_file.h"
#include "engine/io/results/raster_file.h"
#include "rasters.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

DensityOptions density_options(const py::dict& o) {
  return {.kernel = value_named<Kernel>(o["kernel"].cast<std::string>(), "kernel"),
          .bandwidth_m = o["bandwidth_m"].cast<double>(),
          .edge = value_named<EdgeCorrection>(o["edge"].cast<std::string>(), "edge"),
          .adaptive = o["adaptive"].cast<bool>(),
          .exact = o["exact"].cast<bool>(),
          .threads = o["threads"].cast<unsigned>()};
}

// The surface, the bandwidth as it was taken, and where it is adaptive that of each point.
py::tuple heatmap_of(const Array<double>& x, const Array<double>& y, const Array<double>& weights, const Raster& raster,
                     const std::optional<Polygons>& mask, const py::dict& o, const py::object& progress) {
  const Placed placed = place(raster);
  const auto points = points_of(placed.lattice, span_of(x), span_of(y));
  const DensityOptions options = density_options(o);
  const Heatmap heat = call(progress, [&, weight = span_of(weights)] {
    if (!mask) return heatmap(points, weight, placed.grid, nullptr, options);
    const Mask ground(placed.lattice, *mask, options.threads);
    return heatmap(points, weight, placed.grid, &ground.area, options);
  });
  return py::make_tuple(raster_of(heat.values, raster.nx, raster.ny), heat.bandwidth_m, array_of(heat.bandwidths_m));
}

// The pixels of a box in metres.
Raster pixels_over(double west, double south, double east, double north, double cell_m) {
  const Lattice lattice{"", std::floor(west), std::floor(south)};
  Box box;
  for (const Point corner : points_of(lattice, std::array{west, east}, std::array{south, north})) box.extend(corner);
  const RasterGrid grid = raster_over(box, lattice, cell_m);
  return {lattice.origin_x + static_cast<double>(grid.x0_mm) / Lattice::kPerMetre,
          lattice.origin_y + static_cast<double>(grid.y0_mm) / Lattice::kPerMetre,
          static_cast<double>(grid.cell_mm) / Lattice::kPerMetre, grid.nx, grid.ny};
}

void write_geotiff(const std::string& path, const Array<double>& values, double west, double north, double cell_m,
                   const std::string& crs, const std::string& unit, const std::string& description,
                   const std::vector<std::pair<std::string, std::string>>& items) {
  if (values.ndim() != 2) throw std::invalid_argument("a raster has rows and columns");
  Placed placed = place(
      {west, north, cell_m, static_cast<std::uint32_t>(values.shape(1)), static_cast<std::uint32_t>(values.shape(0))});
  placed.lattice.crs = crs;
  write_file(path, raster_bytes(placed.lattice, placed.grid, vector_of(values), {unit, description, items}));
}

// The time that events cover, and how many units that is; None where an end is open and nothing has a time.
py::object period_of(const Array<std::int64_t>& seconds, std::optional<std::int64_t> start,
                     std::optional<std::int64_t> end, const std::string& unit) {
  const TimeUnit divisor = value_named<TimeUnit>(unit, "per");
  const auto period = covered_period(vector_of(seconds), start, end);
  if (!period) return py::none();
  py::dict out;
  out["from"] = period->from;
  out["until"] = period->until;
  out["units"] = period->units(divisor);
  out["strays"] = period->strays;
  out["undated"] = period->undated;
  out["gap_from"] = period->gap_from;
  out["gap_until"] = period->gap_until;
  out["has_gap"] = period->has_gap();
  out["divides"] = period->divides();
  out["stated"] = period->stated;
  return out;
}

py::dict coincident(const Array<double>& x, const Array<double>& y) {
  const Lattice around{"", x.size() > 0 ? std::floor(x.at(0)) : 0, y.size() > 0 ? std::floor(y.at(0)) : 0};
  const Coincidence found = coincidence(points_of(around, span_of(x), span_of(y)));
  py::dict out;
  out["points"] = found.points;
  out["coincident"] = found.coincident;
  out["places"] = found.places;
  out["most"] = found.most;
  out["share"] = found.share();
  return out;
}

}  // namespace

void bind_density(py::module_& module) {
  py::class_<Raster>(module, "Raster")
      .def(py::init<double, double, double, std::uint32_t, std::uint32_t>(), py::arg("west"), py::arg("north"),
           py::arg("cell_m"), py::arg("columns"), py::arg("rows"))
      .def_readonly("west", &Raster::west)
      .def_readonly("north", &Raster::north)
      .def_readonly("cell_m", &Raster::cell_m)
      .def_readonly("columns", &Raster::nx)
      .def_readonly("rows", &Raster::ny);
  module.def("raster_over", &pixels_over);
  module.def("heatmap", &heatmap_of);
  module.def("write_geotiff", &write_geotiff);
  module.def("radius_for", [](const std::string& kernel, double sd_m) {
    return radius_for(value_named<Kernel>(kernel, "kernel"), sd_m);
  });
  module.def("covered_period", &period_of);
  module.def("coincidence", &coincident);
}

}  // namespace gridloom::python
