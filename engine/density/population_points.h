// SPDX-License-Identifier: Apache-2.0
// People as weighted points: what densities and regular cells take for the population of a city's faces.
#pragma once

#include <vector>

#include "engine/city/city.h"
#include "engine/geometry/raster_grid.h"

namespace gridloom {

struct WeightedPoints {
  std::vector<Point> at;
  std::vector<double> weight;  // empty: 1 each

  double sum() const;
};

// The people of each face, spread evenly over the pixel centres in it; of a face that holds none, at its lowest corner.
// Pixels without people are left out. The sum is City::population's within rounding. With cells well below the faces'
// size this is the areal weighting of the census, and the finer the nearer. O(pixels + arcs' vertices).
WeightedPoints population_points(const City&, const RasterGrid&);

// Over the whole city, for a density of its people with this bandwidth: the cell asked for or a quarter of the
// bandwidth, whichever is less, coarser where the city would have more than 25 million pixels.
RasterGrid population_raster(const City&, double cell_m, double bandwidth_m);

}  // namespace gridloom
