// SPDX-License-Identifier: Apache-2.0
// The bandwidth that a density of events is made with where none is stated: a rule, and for the rules that compare
// candidates a range of them and a sample of the events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/base/words.h"
#include "engine/density/bandwidth.h"

namespace gridloom {

enum class BandwidthRule { scott, silverman, diggle, ppl, lscv };
template <>
inline constexpr auto kWords<BandwidthRule> = words<BandwidthRule>({{"scott", BandwidthRule::scott},
                                                                    {"silverman", BandwidthRule::silverman},
                                                                    {"diggle", BandwidthRule::diggle},
                                                                    {"ppl", BandwidthRule::ppl},
                                                                    {"lscv", BandwidthRule::lscv}});

// Whether it compares candidates, O(candidates sample²); the others are formulas, and the options below mean nothing.
bool searches(BandwidthRule);

struct BandwidthOptions {
  BandwidthRule rule = BandwidthRule::diggle;
  BandwidthSearch search{};   // from_m 0: from a fiftieth of the sample's Scott bandwidth to four times it
  std::size_t sample = 5000;  // where there are more events, so many of them are looked at
  std::uint64_t seed = 1;     // of the sample
};

struct ChosenBandwidth {
  double sd_m = 0;           // of a Gaussian, for all events; radius_for has that of other kernels
  std::size_t sample = 0;    // events that were looked at; fewer than all: best_m is the best for these
  BandwidthChoice search{};  // empty for formulas
};

// What is best for n of N events is brought to all of them by (n/N)^(1/6), for the bandwidth that is best falls with
// n^(-1/6) (Hall & Robinson, Reducing variability of crossvalidation for smoothing-parameter choice, Biometrika 96,
// 2009). `area_km2` is that of the study area, for diggle. Throws as the rules do.
ChosenBandwidth choose_bandwidth(std::span<const Point>, double area_km2, const BandwidthOptions&);

// Without replacement, by x, then y; all of them where there are no more. Depends on the points and the seed alone, not
// on the order given: the same incidents have the same sample however they were stored. O(n log n).
std::vector<Point> sample_of(std::span<const Point>, std::size_t size, std::uint64_t seed);

}  // namespace gridloom
