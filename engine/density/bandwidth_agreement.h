// SPDX-License-Identifier: Apache-2.0
// Do the dense places stay where they are when the bandwidth is another? A heat map's bandwidth is a choice; what only
// one choice shows is not a finding.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/density/kernel_density.h"

namespace gridloom {

inline constexpr double kDensePart = 0.1;  // of the places: those that stand out on a map

// Two of the bandwidths, in the order given.
struct BandwidthPair {
  double first_m = 0;
  double second_m = 0;
  double rank_correlation = 0;  // Spearman's rho of the two densities over the places, ties sharing their mean rank
                                // (Kendall & Gibbons, Rank Correlation Methods, 1990, §3.8); NaN where one is constant
  double dense_in_both = 0;     // of the places dense under either, those dense under both; NaN: there are none
};

struct BandwidthAgreement {
  std::vector<BandwidthPair> pairs;  // first with second, first with third, ..., second with third, ...
  // Index: pixel. Of the bandwidths, the share under which the pixel is dense: its density is positive and not below
  // that of the place at the kDensePart-th of the ranks. NaN: no place.
  std::vector<double> dense_share;
};

// `place` tells for every pixel whether it counts (0: no); events count wherever they are. No edge correction: all
// bandwidths are compared on the same places. The bandwidth in the options is not looked at. Throws as kernel_density,
// and std::invalid_argument where `place` is not one a pixel. Independent of threads and of the events' order.
// O(bandwidths (density + pixels log pixels) + bandwidths² pixels).
BandwidthAgreement bandwidth_agreement(std::span<const Point> points, const RasterGrid&,
                                       std::span<const std::uint8_t> place, std::span<const double> bandwidths_m,
                                       KernelOptions);

}  // namespace gridloom
