// SPDX-License-Identifier: Apache-2.0
// Spatial weights.
#include <memory>
#include <string>
#include <vector>

#include "engine/arrangement/build.h"
#include "engine/incidents/spatial_weights.h"
#include "scripts/python/arrays.h"
#include "scripts/python/bindings.h"
#include "scripts/python/call.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

using Weights = std::shared_ptr<SpatialWeights>;

Weights share(SpatialWeights w) { return std::make_shared<SpatialWeights>(std::move(w)); }

Lattice lattice_around(const Array<double>& x, const Array<double>& y) {
  if (x.size() == 0 || y.size() == 0) throw DataError("weights: there are no cells");
  return {"", std::floor(x.at(0)), std::floor(y.at(0))};
}

std::vector<Point> centres(const Array<double>& x, const Array<double>& y) {
  return points_of(lattice_around(x, y), span_of(x), span_of(y));
}

// `offsets` has one entry more than there are parts, from 0 to `total`, ascending.
void require_offsets(std::span<const std::int64_t> offsets, std::size_t total, const char* what) {
  bool good = !offsets.empty() && offsets.front() == 0 && offsets.back() == static_cast<std::int64_t>(total);
  for (std::size_t i = 1; good && i < offsets.size(); ++i) good = offsets[i - 1] <= offsets[i];
  if (!good) throw std::invalid_argument(std::string(what) + ": not ascending from 0 to the end");
}

// Cells as ragged arrays: ring r has the points [ring_at[r], ring_at[r + 1]), cell c the rings [cell_at[c], ...).
std::vector<Ring> rings_of(const Array<double>& x, const Array<double>& y, std::span<const std::int64_t> ring_at,
                           std::span<const std::uint8_t> hole) {
  const auto points = points_of(lattice_around(x, y), span_of(x), span_of(y));
  std::vector<Ring> rings(hole.size());
  for (std::size_t r = 0; r < hole.size(); ++r) {
    rings[r].hole = hole[r] != 0;
    rings[r].points.assign(points.begin() + ring_at[r], points.begin() + ring_at[r + 1]);
  }
  return rings;
}

Weights polygon_contiguity(const Array<double>& x, const Array<double>& y, const Array<std::int64_t>& ring_at,
                           const Array<std::uint8_t>& hole, const Array<std::int64_t>& cell_at, bool queen,
                           unsigned threads, const py::object& progress) {
  require_offsets(span_of(ring_at), static_cast<std::size_t>(x.size()), "rings");
  require_offsets(span_of(cell_at), static_cast<std::size_t>(hole.size()), "cells");
  if (ring_at.size() != hole.size() + 1) throw std::invalid_argument("rings and holes must have one length");
  const auto rings = rings_of(x, y, span_of(ring_at), span_of(hole));
  StackLayer layer;
  for (py::ssize_t c = 0; c + 1 < cell_at.size(); ++c)
    layer.cells.push_back(std::span(rings).subspan(static_cast<std::size_t>(cell_at.at(c)),
                                                   static_cast<std::size_t>(cell_at.at(c + 1) - cell_at.at(c))));
  return call(progress, [&] {
    const Subdivision built = build({}, std::span(&layer, 1), threads);
    return share(contiguity(built.arrangement, built.labelings[0].of_face, layer.cells.size(),
                            queen ? Contiguity::queen : Contiguity::rook));
  });
}

Weights from_lists(const Array<std::int64_t>& first, const Array<std::int64_t>& neighbour) {
  require_offsets(span_of(first), static_cast<std::size_t>(neighbour.size()), "lists");
  std::vector<std::vector<std::uint32_t>> lists(static_cast<std::size_t>(first.size()) - 1);
  for (std::size_t i = 0; i < lists.size(); ++i)
    for (std::int64_t k = first.at(static_cast<py::ssize_t>(i)); k < first.at(static_cast<py::ssize_t>(i) + 1); ++k) {
      const std::int64_t j = neighbour.at(k);
      if (j < 0 || j > UINT32_MAX) throw DataError("cell " + std::to_string(i) + ": there is no neighbour " + std::to_string(j));
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
    return call(p, [&, at = centres(x, y)] { return share(kernel_weights(at, metres, kernel_named(kernel))); });
  });
}

}  // namespace gridloom::python
