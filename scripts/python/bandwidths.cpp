// SPDX-License-Identifier: Apache-2.0
// Bandwidths chosen from the points.
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/density/bandwidth.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

// {best_m, at_end, candidates_m, criterion}: standard deviations of a Gaussian.
py::dict record_of(const BandwidthChoice& choice) {
  py::dict out;
  out["best_m"] = choice.best_m;
  out["at_end"] = choice.at_end;
  out["candidates_m"] = array_of(choice.candidates_m);
  out["criterion"] = array_of(choice.criterion);
  return out;
}

BandwidthChoice chosen(const std::string& method, std::span<const Point> points, double area_km2,
                       const BandwidthSearch& range) {
  if (method == "diggle") return diggle_bandwidth(points, area_km2, range);
  return method == "ppl" ? likelihood_bandwidth(points, range) : lscv_bandwidth(points, range);
}

}  // namespace

void bind_bandwidths(py::module_& module) {
  module.def("scott_bandwidth", [](const Array<double>& x, const Array<double>& y) {
    const AxisBandwidths found = scott_bandwidth(points_of(lattice_around(x, y), span_of(x), span_of(y)));
    return py::make_tuple(found.x_m, found.y_m, found.both_m);
  });
  module.def("silverman_bandwidth", [](const Array<double>& x, const Array<double>& y) {
    return silverman_bandwidth(points_of(lattice_around(x, y), span_of(x), span_of(y)));
  });
  module.def("search_bandwidth",
             [](const std::string& method, const Array<double>& x, const Array<double>& y, double area_km2,
                const std::vector<double>& candidates_m, const py::object& progress) {
               const auto points = points_of(lattice_around(x, y), span_of(x), span_of(y));
               BandwidthSearch range;
               range.at_m = candidates_m;
               return record_of(call(progress, [&] { return chosen(method, points, area_km2, range); }));
             });
}

}  // namespace gridloom::python
