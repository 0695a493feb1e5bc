// SPDX-License-Identifier: Apache-2.0
// Does the hot spot stand when the cells are cut otherwise? (The modifiable areal unit problem: Openshaw 1984.) And the
// dense place when the bandwidth is another?
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/density/bandwidth_agreement.h"
#include "engine/density/kernel_density.h"
#include "engine/geometry/lattice.h"
#include "engine/statistics/hotspots.h"

namespace gridloom {

struct SensitivityOptions {
  std::vector<double> cell_sizes_m{250, 500, 1000};  // taken to the millimetre
  std::uint32_t origins_per_axis = 2;                // 2: cells begin at 0 and at half a cell, so 4 origins a size
  std::vector<double> neighbours_within_m{};         // neighbours: all cells with their centre within it; empty: queen
  HotspotOptions hotspot{};                          // of each run; method gi_star or gi
  std::vector<double> bandwidths_m{250, 500, 1000};  // of the densities that are compared; may be empty
  Kernel kernel = Kernel::quartic;                   // of the densities
  // Where events can happen, e.g. inside the city: cells with their centre elsewhere are left out, because zeros that
  // cannot be otherwise make everything else hot. Empty: the whole area.
  std::function<bool(Point)> inside{};
};

struct SensitivityRun {
  RasterGrid grid;
  double bandwidth_m = 0;  // 0: queen neighbours
  std::size_t cells = 0;   // with their centre inside
  std::size_t events = 0;
  std::size_t hot = 0;
  std::size_t cold = 0;
  Provenance provenance;
};

// Index of the shares: pixel of `places`, the cells of the smallest size at the first origin. NaN: inside no run's
// cells.
struct Sensitivity {
  RasterGrid places;
  std::vector<double> hot_share;  // of the runs that have a cell at the place's centre, those that call it hot
  std::vector<double> cold_share;
  std::vector<SensitivityRun> runs;  // by size as given, then by origin, row by row, then by band of neighbours
  BandwidthAgreement bandwidths;     // of the densities of the events in the area, over those of the places inside
};

// Events counted on squares over `area` for each size, origin and band of neighbours, hotspots() of the counts. Events
// outside the area are left out. Cell edges lie on whole multiples of the cell in the working CRS, as those of
// regular_cells, plus the origin's share.
// Throws DataError for an empty area, no or not positive sizes, no origins, a band smaller than a size (cells would
// have no neighbours), more than 4 million cells a run, a run with fewer than 3 cells, another method, and bandwidths
// outside 0.001 to 500 000 m. O(runs (events + cells)) plus the hotspots and the densities. Independent of
// hotspot.threads.
Sensitivity sensitivity(const Lattice&, std::span<const Point> events, const Box& area, const SensitivityOptions&);

}  // namespace gridloom
