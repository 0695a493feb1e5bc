// SPDX-License-Identifier: Apache-2.0
// Density of events along the streets, in events per km of street: the kernel runs along edges and is shared out at
// junctions (Okabe, Satoh & Sugihara, International Journal of GIS 23, 2009, 7-32; Okabe & Sugihara, Spatial Analysis
// along Networks, 2012, §9.2-9.3).
//
//   discontinuous  arriving at a junction of d edges, each of the d - 1 others gets 1/(d - 1)
//   continuous     each of the others gets 2/d, and (2 - d)/d runs back: the density has no jumps at junctions
// At a dead end (d = 1) all runs back, under both: an event's mass is its weight, whatever the network. In one
// dimension the kernels are K(u) = c (1 - u²)^k, |u| <= 1, c = 1/2, 3/4, 15/16, 35/32.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/base/words.h"
#include "engine/density/kernel_density.h"

namespace gridloom {

struct Street {
  std::uint32_t from = 0, to = 0;  // nodes; equal for a loop
  double length_m = 0;             // positive
};

struct StreetEvent {
  std::uint32_t street = 0;
  double offset_m = 0;  // from the street's `from`, 0 .. length
  double weight = 1;    // finite, not negative
};

enum class EqualSplit { discontinuous, continuous };
template <>
inline constexpr auto kWords<EqualSplit> = words<EqualSplit>({{"continuous", EqualSplit::continuous},
                                                              {"discontinuous", EqualSplit::discontinuous}});

inline constexpr double kLeastShare = 1e-3;

struct NetworkOptions {
  Kernel kernel = Kernel::quartic;  // not the Gaussian, which has no end
  EqualSplit split = EqualSplit::continuous;
  double bandwidth_m = 500;
  double piece_m = 50;  // streets are cut in equal pieces no longer than this
  // A walk whose share of the kernel has become smaller than this ends, and what is left of its mass stays on the
  // piece it was to enter. 0: none ends early. Streets much shorter than the bandwidth need it: without it the walks
  // are as many as the paths.
  double least_share = kLeastShare;
};

struct NetworkDensity {
  std::vector<std::size_t> start;  // of each street's pieces in `values`, and the end
  std::vector<double> values;      // the mean over the piece, events per km; pieces run from the street's `from`
};

// Mean density of every piece, exact but for rounding; the sum of values times piece lengths is the sum of the weights.
// O(events * walks within the bandwidth); independent of the events' order to the last bit. Throws
// std::invalid_argument for options, streets or events that have no meaning.
NetworkDensity network_density(std::span<const Street>, std::span<const StreetEvent>, const NetworkOptions&);

}  // namespace gridloom
