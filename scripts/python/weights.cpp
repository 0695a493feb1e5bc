// SPDX-License-Identifier: Apache-2.0
// Spatial weights.
#include <pybind11/stl.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/base/words.h"
#include "engine/statistics/spatial_weights.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

using Weights = std::shared_ptr<SpatialWeights>;

Weights share(SpatialWeights w) { return std::make_shared<SpatialWeights>(std::move(w)); }

SpatialWeights contiguous(const Polygons& polygons, Contiguity kind, unsigned threads) {
  const Lattice lattice = lattice_around(std::get<0>(polygons), std::get<1>(polygons));
  const Cells cells(lattice, polygons);
  const Subdivision built = build(lattice, std::span(&cells.layer, 1), threads);
  return contiguity(built.arrangement, built.labelings[0].of_face, cells.layer.cells.size(), kind);
}

// Of polygons by their contiguity, of points (without polygons) by their distances.
Weights weights_of(const std::string& rule, const Array<double>& x, const Array<double>& y,
                   const std::optional<Polygons>& polygons, double metres, std::uint32_t k, const std::string& kernel,
                   unsigned threads, const py::object& progress) {
  const WeightOptions options{value_named<NeighbourRule>(rule, "kind"), metres, k,
                              value_named<Kernel>(kernel, "kernel"), false};
  const auto points = polygons ? std::vector<Point>{} : points_of(lattice_around(x, y), span_of(x), span_of(y));
  return call(progress, [&] {
    return share(
        spatial_weights(options, points, [&](Contiguity kind) { return contiguous(polygons.value(), kind, threads); }));
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
  module.def("spatial_weights", &weights_of);
  module.def("lattice_contiguity", [](std::uint32_t columns, std::uint32_t rows, bool queen) {
    return share(lattice_contiguity(columns, rows, queen ? Contiguity::queen : Contiguity::rook));
  });
  module.def("from_lists", &from_lists);
}

}  // namespace gridloom::python
