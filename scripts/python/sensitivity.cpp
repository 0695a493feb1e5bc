// SPDX-License-Identifier: Apache-2.0
// One question asked on many cuts of the ground, and regular cells to count in.
#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "bindings.h"
#include "call.h"
#include "cells.h"
#include "engine/arrangement/locate.h"
#include "engine/statistics/regular_cells.h"
#include "engine/statistics/sensitivity.h"
#include "hotspot_options.h"
#include "rasters.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

py::dict run_record(const SensitivityRun& run, const Lattice& lattice) {
  py::dict out;
  out["cell_m"] = static_cast<double>(run.grid.cell_mm) / Lattice::kPerMetre;
  out["west"] = lattice.origin_x + static_cast<double>(run.grid.x0_mm) / Lattice::kPerMetre;
  out["north"] = lattice.origin_y + static_cast<double>(run.grid.y0_mm) / Lattice::kPerMetre;
  out["neighbours_within_m"] = run.bandwidth_m;
  out["cells"] = run.cells;
  out["events"] = run.events;
  out["hot"] = run.hot;
  out["cold"] = run.cold;
  out["record"] = record_of(run.provenance);
  return out;
}

py::list records_of(const std::vector<BandwidthPair>& pairs) {
  py::list out;
  for (const BandwidthPair& pair : pairs)
    out.append(py::make_tuple(pair.first_m, pair.second_m, pair.rank_correlation, pair.dense_in_both));
  return out;
}

// A mask, to ask whether a point lies in it.
struct Ground : Mask {
  PointLocator locator;
  Ground(const Lattice& lattice, const Polygons& polygons, unsigned threads)
      : Mask(lattice, polygons, threads), locator(built.arrangement) {}
  bool holds(Point p) const {
    const Location at = locator.locate(p);
    if (area.inside[at.face]) return true;
    return std::any_of(at.touching.begin(), at.touching.end(), [&](FaceId face) { return area.inside[face]; });
  }
};

py::dict sensitivity_of(const Array<double>& x, const Array<double>& y, const std::array<double, 4>& area,
                        const std::optional<Polygons>& mask, const py::dict& o, const py::object& progress) {
  const Lattice lattice{"", std::floor(area[0]), std::floor(area[1])};
  const auto events = points_of(lattice, span_of(x), span_of(y));
  Box box;
  box.extend(lattice.round({area[0], area[1]}));
  box.extend(lattice.round({area[2], area[3]}));
  SensitivityOptions options;
  options.hotspot = hotspot_options(o);
  options.cell_sizes_m = o["cell_sizes"].cast<std::vector<double>>();
  options.origins_per_axis = o["origins_per_axis"].cast<std::uint32_t>();
  options.neighbours_within_m = o["neighbours_within"].cast<std::vector<double>>();
  options.bandwidths_m = o["bandwidths"].cast<std::vector<double>>();
  options.kernel = value_named<Kernel>(o["kernel"].cast<std::string>(), "kernel");
  std::optional<Ground> ground;
  const auto found = call(progress, [&] {
    if (mask) {
      ground.emplace(lattice, *mask, options.hotspot.threads);
      options.inside = [&](Point p) { return ground->holds(p); };
    }
    return sensitivity(lattice, events, box, options);
  });
  const RasterGrid& places = found.places;
  py::dict out;
  out["cell_m"] = static_cast<double>(places.cell_mm) / Lattice::kPerMetre;
  out["west"] = lattice.origin_x + static_cast<double>(places.x0_mm) / Lattice::kPerMetre;
  out["north"] = lattice.origin_y + static_cast<double>(places.y0_mm) / Lattice::kPerMetre;
  out["hot_share"] = raster_of(found.hot_share, places.nx, places.ny);
  out["cold_share"] = raster_of(found.cold_share, places.nx, places.ny);
  py::list runs;
  for (const SensitivityRun& run : found.runs) runs.append(run_record(run, lattice));
  out["runs"] = runs;
  out["pairs"] = records_of(found.bandwidths.pairs);
  out["dense_share"] = found.bandwidths.dense_share.size() == places.size()
                           ? py::object(raster_of(found.bandwidths.dense_share, places.nx, places.ny))
                           : py::object(py::none());
  return out;
}

// Names, and the rings as ragged arrays in metres.
py::tuple cells_over(const Polygons& mask, const std::string& shape, double size_m, unsigned threads,
                     const py::object& progress) {
  const Lattice lattice = lattice_around(std::get<0>(mask), std::get<1>(mask));
  const auto net = call(progress, [&] {
    const Ground ground(lattice, mask, threads);
    return regular_cells(ground.built.arrangement, ground.locator, value_named<CellShape>(shape, "shape"), size_m,
                         threads);
  });
  std::vector<std::string> names;
  std::vector<double> east, north;
  std::vector<std::int64_t> starts{0};
  for (std::size_t cell = 0; cell < net.size(); ++cell) {
    names.push_back(net.name(cell));
    for (const Point p : net.ring(cell)) {
      const Projected at = lattice.metres(p);
      east.push_back(at.x);
      north.push_back(at.y);
    }
    starts.push_back(static_cast<std::int64_t>(east.size()));
  }
  return py::make_tuple(names, array_of(east), array_of(north), array_of(starts));
}

}  // namespace

void bind_sensitivity(py::module_& module) {
  module.def("sensitivity", &sensitivity_of);
  module.def("regular_cells", &cells_over);
}

}  // namespace gridloom::python
