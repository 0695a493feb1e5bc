// SPDX-License-Identifier: Apache-2.0
#include "engine/density/bandwidth_choice.h"

#include <algorithm>
#include <cmath>

#include "engine/base/random.h"

namespace gridloom {
namespace {

constexpr std::uint32_t kSamplePurpose = 7;  // of the random stream
constexpr double kNarrowestOfScott = 1.0 / 50, kWidestOfScott = 4;

BandwidthSearch range_of(const BandwidthOptions& options, std::span<const Point> sample) {
  BandwidthSearch range = options.search;
  if (range.from_m != 0 || !range.at_m.empty()) return range;
  const double scott = scott_bandwidth(sample).both_m;
  range.from_m = kNarrowestOfScott * scott;
  range.to_m = kWidestOfScott * scott;
  return range;
}

BandwidthChoice searched(BandwidthRule rule, std::span<const Point> points, double area_km2,
                         const BandwidthSearch& range) {
  if (rule == BandwidthRule::ppl) return likelihood_bandwidth(points, range);
  return rule == BandwidthRule::lscv ? lscv_bandwidth(points, range) : diggle_bandwidth(points, area_km2, range);
}

}  // namespace

bool searches(BandwidthRule rule) { return rule != BandwidthRule::scott && rule != BandwidthRule::silverman; }

std::vector<Point> sample_of(std::span<const Point> points, std::size_t size, std::uint64_t seed) {
  std::vector<Point> all(points.begin(), points.end());
  std::sort(all.begin(), all.end());
  if (all.size() <= size) return all;
  RandomStream random(seed, 0, kSamplePurpose);
  std::vector<Point> sample;
  for (std::size_t i = 0; sample.size() < size; ++i)  // Knuth, TAOCP 2, 3.4.2, algorithm S
    if (random.below(all.size() - i) < size - sample.size()) sample.push_back(all[i]);
  return sample;
}

ChosenBandwidth choose_bandwidth(std::span<const Point> points, double area_km2, const BandwidthOptions& options) {
  if (options.rule == BandwidthRule::scott) return {scott_bandwidth(points).both_m, points.size(), {}};
  if (options.rule == BandwidthRule::silverman) return {silverman_bandwidth(points), points.size(), {}};
  const std::vector<Point> sample = sample_of(points, options.sample, options.seed);
  ChosenBandwidth chosen;
  chosen.search = searched(options.rule, sample, area_km2, range_of(options, sample));
  chosen.sample = sample.size();
  const double share = static_cast<double>(sample.size()) / static_cast<double>(points.size());
  chosen.sd_m = chosen.search.best_m * std::pow(share, 1.0 / 6);
  return chosen;
}

}  // namespace gridloom
