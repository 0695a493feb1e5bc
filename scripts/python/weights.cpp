// SPDX-License-Identifier: Apache-2.0
// Spatial weights.
#include <pybind11/stl.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/base/words.h"
#include "engine/statistics/drawn_contiguity.h"
#include "engine/statistics/spatial_weights.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

using Weights = std::shared_ptr<SpatialWeights>;

Weights share(SpatialWeights w) { return std::make_shared<SpatialWeights>(std::move(w)); }

SpatialWeights contiguous(const Polygons& polygons, Contiguity kind, unsigned threads) {
  const Lattice lattice = lattice_around(std::get<0>(polygons), std::get<1>(polygons));
  const Cells cells(lattice, polygons);
  if (auto drawn = contiguity_as_drawn(cells.layer.cells, kind)) return *std::move(drawn);
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

// Rows of a sparse matrix, in any order within a row; the diagonal is what a cell weighs itself.
Weights from_rows(const Array<std::int64_t>& first, const Array<std::int64_t>& neighbour, const Array<double>& weight,
                  bool standardised) {
  require_offsets(span_of(first), static_cast<std::size_t>(neighbour.size()), "rows");
  if (neighbour.size() != weight.size()) throw std::invalid_argument("neighbours and weights must have one length");
  std::vector<std::uint32_t> columns;
  for (const std::int64_t j : span_of(neighbour))  // what is none of the cells stays none
    columns.push_back(j < 0 || j > UINT32_MAX ? UINT32_MAX : static_cast<std::uint32_t>(j));
  const std::vector<std::uint64_t> offsets(first.data(), first.data() + first.size());
  return share(weights_from_rows(offsets, columns, span_of(weight), standardised));
}

py::tuple state_of(const SpatialWeights& w) {
  return py::make_tuple(array_of(w.first), array_of(w.neighbour), array_of(w.weight), array_of(w.self),
                        w.row_standardised);
}

SpatialWeights of_state(const py::tuple& state) {
  if (state.size() != 5) throw std::invalid_argument("no weights");
  SpatialWeights w;
  w.first = vector_of(state[0].cast<Array<std::uint64_t>>());
  w.neighbour = vector_of(state[1].cast<Array<std::uint32_t>>());
  w.weight = vector_of(state[2].cast<Array<double>>());
  w.self = vector_of(state[3].cast<Array<double>>());
  w.row_standardised = state[4].cast<bool>();
  const bool rows = w.first.size() == w.self.size() + 1 && w.first.front() == 0 && w.first.back() == w.links() &&
                    std::is_sorted(w.first.begin(), w.first.end());
  if (!rows || w.weight.size() != w.links() ||
      std::any_of(w.neighbour.begin(), w.neighbour.end(), [&](std::uint32_t j) { return j >= w.size(); }))
    throw std::invalid_argument("no weights");
  return w;
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
      .def("self", [](const SpatialWeights& w) { return array_of(w.self); })
      .def(py::pickle(&state_of, &of_state))
      .def("islands", [](const SpatialWeights& w) { return array_of(islands(w)); })
      .def("standardised", [](const SpatialWeights& w) { return share(row_standardised(w)); });
  module.def("spatial_weights", &weights_of);
  module.def("lattice_contiguity", [](std::uint32_t columns, std::uint32_t rows, bool queen) {
    return share(lattice_contiguity(columns, rows, queen ? Contiguity::queen : Contiguity::rook));
  });
  module.def("from_lists", &from_lists);
  module.def("from_rows", &from_rows);
}

}  // namespace gridloom::python
