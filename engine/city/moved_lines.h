// SPDX-License-Identifier: Apache-2.0
// What is said of how far the lines of a layer moved. Counted twice, by code that knows nothing of each other: in
// fusion and in proof.
#pragma once

#include <array>

namespace gridloom {

// Of the delivered borders of a layer's cells, inside the frame and off its rim: the distance in metres to the layer's
// nearest line after alignment, the rim counting as a line of every layer. A segment that a cell draws an even number
// of times is no border. Measured at 5000 places at most: the middles of stretches of equal length, not under a metre,
// of the distinct segments one after the other, each from its lower to its upper end (by x, then y), in that order.
struct Displacement {
  double mean_m = 0, p95_m = 0, max_m = 0;
  double recall = 1;  // share of their length with an aligned line within kRecallWithin_m
};
inline constexpr double kRecallWithin_m = 5;
inline constexpr double kOnRim_m = 0.0025;  // delivered lines so near the rim are on it, but for rounding

// Upper ends in metres of the classes of a displacement histogram; beyond the last one everything else.
inline constexpr std::array kDistanceClasses_m{0.01, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0};

}  // namespace gridloom
