// SPDX-License-Identifier: Apache-2.0
// The heatmap of a study area: the density of its events by any of the methods, blank where nothing was counted. The
// command, the server and the Python package make theirs here.
#pragma once

#include <span>
#include <vector>

#include "engine/city/city.h"
#include "engine/density/edge_correction.h"
#include "engine/density/kernel_density.h"
#include "engine/density/study_area.h"

namespace gridloom {

struct DensityOptions {
  Kernel kernel = Kernel::quartic;
  double bandwidth_m = 500;
  EdgeCorrection edge = EdgeCorrection::none;  // at the study area's limit
  bool adaptive = false;  // Abramson's bandwidths around bandwidth_m (adaptive_density.h); without edge correction
  bool exact = false;     // KernelOptions::exact
  unsigned threads = 1;   // the result does not depend on it
};

struct Heatmap {
  std::vector<double> values;        // events per km²; row 0 is the northernmost; NaN outside the study area
  double bandwidth_m = 0;            // to the millimetre
  std::vector<double> bandwidths_m;  // adaptive: of each event
};

// Events outside the study area count where they are, unless the edge is corrected. Null: everything is known, and
// nothing is blank. `weights`: as kernel_density. Throws DataError for options that have no meaning: a bandwidth
// outside 0.001 to 500 000 m, a corrected edge with adaptive bandwidths; std::invalid_argument for one without a study
// area.
Heatmap heatmap(std::span<const Point> events, std::span<const double> weights, const RasterGrid&, const StudyArea*,
                const DensityOptions&);

// The pixels that ground of a box lies in: their edges lie on whole multiples of the cell (taken to the millimetre) in
// the working CRS, so that rasters of different boxes, and of neighbouring cities, share their pixels. At least one.
// Throws DataError for a cell outside 0.001 to 500 000 m and a raster of more than 400 million pixels (the message says
// which cell size would do).
RasterGrid raster_over(const Box&, const Lattice&, double cell_m);

// Over a city, or over the window of it. Throws DataError for a city without ground, a window beside it, and as
// raster_over.
RasterGrid city_raster(const City&, double cell_m, const Box& window = {});

}  // namespace gridloom
