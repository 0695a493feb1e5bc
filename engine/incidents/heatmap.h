// SPDX-License-Identifier: Apache-2.0
// The heatmap of a city: the kernel density of the incidents that pass a filter, over the city's box.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/fusion/city.h"
#include "engine/incidents/edge_correction.h"
#include "engine/incidents/event_filter.h"
#include "engine/incidents/kernel_density.h"

namespace gridloom {

struct DensityOptions {
  Kernel kernel = Kernel::quartic;
  double bandwidth_m = 500;
  double cell_m = 100;       // taken to the millimetre
  bool mask_outside = true;  // pixels with their centre outside the city become NaN: nothing is counted there
  unsigned threads = 1;      // the result does not depend on it
  EdgeCorrection edge = EdgeCorrection::none;  // at the city's outer boundary and its holes
};

// Events per km² with all that is needed to read them.
struct DensityRaster {
  Lattice lattice;  // CRS and origin of the grid
  RasterGrid grid;
  std::vector<double> values;  // events per km²; row 0 is the northernmost; NaN outside the city
  DensityOptions options;
  EventFilter filter;
  std::size_t events = 0;  // that passed the filter
};

// The raster covers the box of the bounded faces; its pixel edges lie on whole multiples of the cell in the working
// CRS, so that rasters of different filters, and of neighbouring cities, share their pixels. Events outside the city
// count where they are, unless the edge is corrected. Throws DataError for an unknown category, a city without ground,
// options that are not positive, and a raster of more than 400 million pixels (the message says which cell size would
// do).
DensityRaster heatmap(const City&, const EventFilter&, const DensityOptions&);

}  // namespace gridloom
