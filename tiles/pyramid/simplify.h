// SPDX-License-Identifier: Apache-2.0
// Douglas-Peucker for all tolerances at once.
#pragma once

#include <span>
#include <vector>

#include "tiles/pyramid/mercator.h"

namespace gridloom {

// For each point of a polyline the tolerance (metres) up to which Douglas-Peucker keeps it: a point stays exactly when
// its value is greater than the tolerance (Douglas & Peucker 1973). Ends stay always (infinity). Values never grow from
// a split to the splits below it, so what a coarse tolerance keeps, every finer one keeps. A closed line is treated
// like an open one whose ends coincide. O(n log n) for map lines, O(n²) at worst.
std::vector<float> significance(std::span<const Mercator> line);

}  // namespace gridloom
