// SPDX-License-Identifier: Apache-2.0
// Kernel density and rasters.
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/base/words.h"
#include "engine/density/adaptive_density.h"
#include "engine/density/bandwidth.h"
#include "engine/density/coincidence.h"
#include "engine/density/edge_correction.h"
#include "engine/density/kernel_density.h"
#include "engine/events/covered_period.h"
#include "engine/io/project/atomic_file.h"
#include "engine/io/results/raster_file.h"
#include "rasters.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

// Rings, each with its ground on the left.
std::vector<LimitEdge> limit_of(const Lattice& lattice, const Array<double>& x, const Array<double>& y,
                                const Array<std::int64_t>& ring_at) {
  const auto starts = span_of(ring_at);
  require_offsets(starts, static_cast<std::size_t>(x.size()), "rings");
  const auto points = points_of(lattice, span_of(x), span_of(y));
  std::vector<LimitEdge> limit;
  for (std::size_t r = 0; r + 1 < starts.size(); ++r) {
    const auto first = static_cast<std::size_t>(starts[r]);
    const auto ring = limit_of_ring(std::span(points).subspan(first, static_cast<std::size_t>(starts[r + 1]) - first));
    limit.insert(limit.end(), ring.begin(), ring.end());
  }
  return limit;
}

Array<double> density(const Array<double>& x, const Array<double>& y, const Array<double>& weights,
                      const Raster& raster, const std::string& kernel, double bandwidth_m, bool exact,
                      const std::string& edge, const Array<double>& limit_x, const Array<double>& limit_y,
                      const Array<std::int64_t>& ring_at, unsigned threads, const py::object& progress) {
  const Placed placed = place(raster);
  const auto points = points_of(placed.lattice, span_of(x), span_of(y));
  const auto limit = limit_of(placed.lattice, limit_x, limit_y, ring_at);
  const EdgeCorrection correction = value_named<EdgeCorrection>(edge, "edge");
  const KernelOptions options{value_named<Kernel>(kernel, "kernel"), bandwidth_m, threads, exact};
  const auto values = call(progress, [&, weight = span_of(weights)] {
    return corrected_density(points, limit, placed.grid, options, correction, weight);
  });
  return raster_of(values, raster.nx, raster.ny);
}

// The surface, and the bandwidth of each point.
py::tuple adaptive(const Array<double>& x, const Array<double>& y, const Array<double>& weights, const Raster& raster,
                   const Raster& pilot, const std::string& kernel, double bandwidth_m, unsigned threads,
                   const py::object& progress) {
  const Placed placed = place(raster);
  const RasterGrid pilot_grid = grid_on(placed.lattice, pilot);
  const auto points = points_of(placed.lattice, span_of(x), span_of(y));
  const Kernel shape = value_named<Kernel>(kernel, "kernel");
  std::vector<double> widths;
  const auto values = call(progress, [&, weight = span_of(weights)] {
    widths = abramson_bandwidths(points, pilot_grid, {shape, bandwidth_m, threads});
    return adaptive_density(points, widths, placed.grid, shape, threads, weight);
  });
  return py::make_tuple(raster_of(values, raster.nx, raster.ny), array_of(widths));
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
  out["units"] = static_cast<double>(period->length()) / seconds_of(divisor);
  out["strays"] = period->strays;
  out["undated"] = period->undated;
  out["gap_from"] = period->gap_from;
  out["gap_until"] = period->gap_until;
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
           py::arg("cell_m"), py::arg("columns"), py::arg("rows"));
  module.def("density", &density);
  module.def("adaptive_density", &adaptive);
  module.def("write_geotiff", &write_geotiff);
  module.def("radius_for", [](const std::string& kernel, double sd_m) {
    return radius_for(value_named<Kernel>(kernel, "kernel"), sd_m);
  });
  module.def("covered_period", &period_of);
  module.def("coincidence", &coincident);
}

}  // namespace gridloom::python
