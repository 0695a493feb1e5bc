// SPDX-License-Identifier: Apache-2.0
// The heatmap of a city: the kernel density of the incidents that pass a filter, over the city's box.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/city/city.h"
#include "engine/density/edge_correction.h"
#include "engine/density/kernel_density.h"
#include "engine/events/event_filter.h"

namespace gridloom {

struct DensityOptions {
  Kernel kernel = Kernel::quartic;
  double bandwidth_m = 500;
  double cell_m = 100;       // taken to the millimetre
  bool mask_outside = true;  // pixels with their centre outside the city become NaN: nothing is counted there
  unsigned threads = 1;      // the result does not depend on it
  EdgeCorrection edge = EdgeCorrection::none;  // at the city's outer boundary and its holes
  bool adaptive = false;  // Abramson's bandwidths around bandwidth_m (adaptive_density.h); without edge correction
  bool exact = false;     // KernelOptions::exact
  Box window{};           // only the pixels that touch it; empty: the whole city
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

// Pixels over a city, or over the window of it: their edges lie on whole multiples of the cell in the working CRS, so
// that rasters of different filters, windows, and of neighbouring cities share their pixels. Throws DataError for a
// city without ground, a window beside it, a cell outside 0.001 to 500 000 m and a raster of more than 400 million
// pixels (the message says which cell size would do).
RasterGrid city_raster(const City&, double cell_m, const Box& window = {});

// The outer boundary of the bounded faces and that of their holes.
std::vector<LimitEdge> limit_of_city(const Arrangement&);

// Density of the points on city_raster. Points outside the city count where they are, unless the edge is corrected.
// `weights`: as kernel_density. Throws DataError for options that have no meaning, adaptive bandwidths with a corrected
// edge among them, and as city_raster.
DensityRaster heatmap(const City&, std::span<const Point> points, std::span<const double> weights,
                      const DensityOptions&);

// The same of the city's own events that pass the filter. Throws DataError for an unknown category too.
DensityRaster heatmap(const City&, const EventFilter&, const DensityOptions&);

}  // namespace gridloom
