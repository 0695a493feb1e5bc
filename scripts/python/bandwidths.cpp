// SPDX-License-Identifier: Apache-2.0
// Bandwidths chosen from the points.
#include <pybind11/stl.h>

#include <string>
#include <vector>

#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/base/words.h"
#include "engine/density/bandwidth_choice.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

// {sd_m, sample, best_m, at_end, candidates_m, criterion}: standard deviations of a Gaussian.
py::dict record_of(const ChosenBandwidth& chosen) {
  py::dict out;
  out["sd_m"] = chosen.sd_m;
  out["sample"] = chosen.sample;
  out["best_m"] = chosen.search.best_m;
  out["at_end"] = chosen.search.at_end;
  out["candidates_m"] = array_of(chosen.search.candidates_m);
  out["criterion"] = array_of(chosen.search.criterion);
  return out;
}

// No candidates: the engine's.
py::dict choose(const std::string& rule, const Array<double>& x, const Array<double>& y, double area_km2,
                const std::vector<double>& candidates_m, std::size_t sample, std::uint64_t seed,
                const py::object& progress) {
  const auto points = points_of(lattice_around(x, y), span_of(x), span_of(y));
  BandwidthOptions options;
  options.rule = value_named<BandwidthRule>(rule, "method");
  options.search.at_m = candidates_m;
  options.sample = sample;
  options.seed = seed;
  return record_of(call(progress, [&] { return choose_bandwidth(points, area_km2, options); }));
}

}  // namespace

void bind_bandwidths(py::module_& module) {
  module.def("choose_bandwidth", &choose);
  module.def("searches", [](const std::string& rule) { return searches(value_named<BandwidthRule>(rule, "method")); });
  module.attr("BANDWIDTH_SAMPLE") = BandwidthOptions{}.sample;
  module.attr("BANDWIDTH_SEED") = BandwidthOptions{}.seed;
}

}  // namespace gridloom::python
