// SPDX-License-Identifier: Apache-2.0
// Spatial weights.
#include <memory>
#include <string>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/statistics/spatial_weights.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

using Weights = std::shared_ptr<SpatialWeights>;

Weights share(SpatialWeights w) { return std::make_shared<SpatialWeights>(std::move(w)); }

std::vector<Point> centres(const Array<double>& x, const Array<double>& y) {
  return points_of(lattice_around(x, y), span_of(x), span_of(y));
}

Weights polygon_contiguity(const Array<double>& x, const Array<double>& y, const Array<std::int64_t>& ring_at,
                           const Array<std::uint8_t>& hole, const Array<std::int64_t>& cell_at, bool queen,
                           unsigned threads, const py::object& progress) {
  const Lattice lattice = lattice_around(x, y);
  const Cells cells(lattice, x, y, ring_at, hole, cell_at);
  return call(progress, [&] {
    const Subdivision built = build(lattice, std::span(&cells.layer, 1), threads);
    return share(contiguity(built.arrangement, built.labelings[0].of_face, cells.layer.cells.size(),
                            queen ? Contiguity::queen : Contiguity::rook));
  });
}

Weights from_lists(const Array<std::int64_t>& first, const Array<std::int64_t>& neighbour) {
  require_offsets(span_of(first), static_cast<std::size_t>(neighbour.size()), "lists");
  std::vector<std::vector<std::uint32_t>> lists(static_cast<std::size_t>(first.size()) - 1);
  for (std::size_t i = 0; i < lists.size(); ++i)
    for (std::int64_t k = first.at(static_cast<py::ssize_t>(i)); k < first.at(static_cast<py::ssize_t>(i) + 1); ++k) {
      const std::int64_t j = neighbour.at(k);
      if (j < 0 || j > UINT32_MAX) throw DataError("neighbour_does_not_exist", {{"cell", i}, {"neighbour", j}});
      lists[i].push_back(static_cast<std::uint32_t>(j));
    }
  return share(weights_from_lists(lists));
}

}  // namespace

void bind_weights(py::module_& module) {
  py::class_<SpatialWeights, Weights>(module, "SpatialWeights")
      .def("__len__", &SpatialWeights::size)
      .def_property_readonly("links", &SpatialWeights::links)
      .def_readonly("row_standardised", &SpatialWeights::row_standardised)
      .def("arrays",
           [](const SpatialWeights& w) {
             return py::make_tuple(array_of(w.first), array_of(w.neighbour), array_of(w.weight));
           })
      .def("islands", [](const SpatialWeights& w) { return array_of(islands(w)); })
      .def("standardised", [](const SpatialWeights& w) { return share(row_standardised(w)); });
  module.def("polygon_contiguity", &polygon_contiguity);
  module.def("lattice_contiguity", [](std::uint32_t columns, std::uint32_t rows, bool queen) {
    return share(lattice_contiguity(columns, rows, queen ? Contiguity::queen : Contiguity::rook));
  });
  module.def("from_lists", &from_lists);
  module.def("distance_band", [](const Array<double>& x, const Array<double>& y, double metres, const py::object& p) {
    return call(p, [&, at = centres(x, y)] { return share(distance_band(at, metres)); });
  });
  module.def("k_nearest", [](const Array<double>& x, const Array<double>& y, std::uint32_t k, const py::object& p) {
    return call(p, [&, at = centres(x, y)] { return share(k_nearest(at, k)); });
  });
  module.def("kernel_weights", [](const Array<double>& x, const Array<double>& y, double metres,
                                  const std::string& kernel, const py::object& p) {
    return call(p, [&, at = centres(x, y)] {
      return share(kernel_weights(at, metres, value_named<Kernel>(kernel, "kernel")));
    });
  });
}

}  // namespace gridloom::python
