// SPDX-License-Identifier: Apache-2.0
// Density along streets.
#include <algorithm>
#include <string>
#include <vector>

#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/density/street_network.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

struct AlongStreets {
  StreetNetwork network;
  StreetPlaces places;
  NetworkDensity density;
};

// Pieces in order: the line given that they are of, value, length, and their own line as ragged points in metres.
py::dict columns_of(const AlongStreets& found, const Lattice& lattice) {
  std::vector<std::int64_t> street, starts{0};
  std::vector<double> length, x, y;
  for (std::size_t s = 0; s < found.network.streets.size(); ++s) {
    const std::size_t pieces = found.density.start[s + 1] - found.density.start[s];
    street.insert(street.end(), pieces, found.network.of_line[s]);
    length.insert(length.end(), pieces, found.network.streets[s].length_m / static_cast<double>(pieces));
  }
  for (const auto& line : street_pieces(found.network, found.density)) {
    for (const Point p : line) {
      const Projected at = lattice.metres(p);
      x.push_back(at.x);
      y.push_back(at.y);
    }
    starts.push_back(static_cast<std::int64_t>(x.size()));
  }
  py::dict out;
  out["street"] = array_of(street);
  out["value"] = array_of(found.density.values);
  out["length_m"] = array_of(length);
  out["x"] = array_of(x);
  out["y"] = array_of(y);
  out["line_at"] = array_of(starts);
  out["on"] = found.places.on;
  out["off"] = found.places.off;
  out["streets"] = found.network.streets.size();
  out["parts"] = found.network.parts;
  out["network_m"] = found.network.length_m;
  return out;
}

py::dict along_streets(const Array<double>& x, const Array<double>& y, const Array<double>& weights,
                       const Array<double>& line_x, const Array<double>& line_y, const Array<std::int64_t>& line_at,
                       const std::string& kernel, const std::string& split, double bandwidth_m, double piece_m,
                       double reach_m, double least_share, unsigned threads, const py::object& progress) {
  const auto starts = span_of(line_at);
  require_offsets(starts, static_cast<std::size_t>(line_x.size()), "lines");
  const Lattice lattice = lattice_around(line_x, line_y);
  const auto points = points_of(lattice, span_of(x), span_of(y));
  const auto vertices = points_of(lattice, span_of(line_x), span_of(line_y));
  std::vector<std::vector<Point>> lines;
  for (std::size_t l = 0; l + 1 < starts.size(); ++l)
    lines.emplace_back(vertices.begin() + starts[l], vertices.begin() + starts[l + 1]);
  const NetworkOptions options{value_named<Kernel>(kernel, "kernel"), value_named<EqualSplit>(split, "split"),
                               bandwidth_m, piece_m, least_share};
  const auto found = call(progress, [&, weight = span_of(weights)] {
    AlongStreets along;
    along.network = street_network(lines);
    along.places = place_on_streets(along.network, points, weight, reach_m, threads);
    along.density = network_density(along.network.streets, along.places.events, options);
    return along;
  });
  return columns_of(found, lattice);
}

}  // namespace

void bind_streets(py::module_& module) {
  module.attr("LEAST_SHARE") = kLeastShare;
  module.def("along_streets", &along_streets);
}

}  // namespace gridloom::python
