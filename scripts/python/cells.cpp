// SPDX-License-Identifier: Apache-2.0
#include "cells.h"

#include <algorithm>
#include <string>

#include "bindings.h"
#include "call.h"
#include "engine/arrangement/locate.h"
#include "engine/base/parallel.h"

namespace gridloom::python {
namespace py = pybind11;

void require_offsets(std::span<const std::int64_t> offsets, std::size_t total, const char* what) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != static_cast<std::int64_t>(total) ||
      !std::is_sorted(offsets.begin(), offsets.end()))
    throw std::invalid_argument(std::string(what) + ": the offsets do not ascend from 0 to the end");
}

Cells::Cells(const Lattice& lattice, const Array<double>& x, const Array<double>& y, const Array<std::int64_t>& ring_at,
             const Array<std::uint8_t>& hole, const Array<std::int64_t>& cell_at)
    : rings(static_cast<std::size_t>(hole.size())) {
  const auto starts = span_of(ring_at), firsts = span_of(cell_at);
  require_offsets(starts, static_cast<std::size_t>(x.size()), "rings");
  require_offsets(firsts, rings.size(), "cells");
  if (starts.size() != rings.size() + 1) throw std::invalid_argument("rings and holes must have one length");
  const auto points = points_of(lattice, span_of(x), span_of(y));
  for (std::size_t r = 0; r < rings.size(); ++r) {
    rings[r].hole = hole.data()[r] != 0;
    rings[r].points.assign(points.begin() + starts[r], points.begin() + starts[r + 1]);
  }
  for (std::size_t c = 0; c + 1 < firsts.size(); ++c)
    layer.cells.push_back(std::span<const Ring>(rings).subspan(static_cast<std::size_t>(firsts[c]),
                                                               static_cast<std::size_t>(firsts[c + 1] - firsts[c])));
}

Cells::Cells(const Lattice& lattice, const Polygons& p)
    : Cells(lattice, std::get<0>(p), std::get<1>(p), std::get<2>(p), std::get<3>(p), std::get<4>(p)) {}

Mask::Mask(const Lattice& lattice, const Polygons& polygons, unsigned threads)
    : cells(lattice, polygons),
      built(build(lattice, std::span(&cells.layer, 1), threads)),
      area{built.arrangement, std::vector<bool>(built.arrangement.face_count)} {
  for (FaceId face = 0; face < area.inside.size(); ++face) area.inside[face] = built.labelings[0].of_face[face] != kGap;
}

namespace {

// The lowest cell at a point, its border included; kGap outside of all.
Label lowest_cell(const PointLocator& locator, std::span<const Label> of_face, Point at) {
  const Location found = locator.locate(at);
  Label lowest = of_face[found.face];
  for (FaceId face : found.touching)
    if (const Label cell = of_face[face]; cell != kGap && (lowest == kGap || cell < lowest)) lowest = cell;
  return lowest;
}

Array<std::int32_t> place(const Array<double>& x, const Array<double>& y, const Array<std::int64_t>& ring_at,
                          const Array<std::uint8_t>& hole, const Array<std::int64_t>& cell_at,
                          const Array<double>& at_x, const Array<double>& at_y, unsigned threads,
                          const py::object& progress) {
  const Lattice lattice = lattice_around(x, y);
  const Cells cells(lattice, x, y, ring_at, hole, cell_at);
  const auto points = points_of(lattice, span_of(at_x), span_of(at_y));
  return array_of(call(progress, [&] {
    const Subdivision built = build(lattice, std::span(&cells.layer, 1), threads);
    const PointLocator locator(built.arrangement);
    std::vector<std::int32_t> found(points.size());
    parallel_blocks(points.size(), 4096, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) found[i] = lowest_cell(locator, built.labelings[0].of_face, points[i]);
    });
    return found;
  }));
}

}  // namespace

void bind_cells(py::module_& module) { module.def("place", &place); }

}  // namespace gridloom::python
