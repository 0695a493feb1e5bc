// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/unit_plan.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace gridloom {
namespace {

constexpr std::uint64_t kLeastMoves = 20'000;
constexpr double kDust = 1e-9;  // thousandths of a household

}  // namespace

DistrictGraph district_graph(const AtomGraph& graph) {
  DistrictGraph g;
  for (double h : graph.households) g.weight.push_back(std::llround(kMilli * h));
  for (const AtomEdge& e : graph.edges)
    g.edges.push_back({e.a, e.b, std::llround(kCentimetres * e.length_m * softness(e.support))});
  return g;
}

WeightLimits limits_of(HouseholdBand band, const AtomGraph& g) {
  const auto rounded = std::count_if(g.households.begin(), g.households.end(),
                                     [](double h) { return std::abs(kMilli * h - std::round(kMilli * h)) > kDust; });
  const double slack = static_cast<double>(rounded) / 2;
  return {static_cast<std::int64_t>(std::ceil(kMilli * band.min + slack - kDust)),
          static_cast<std::int64_t>(std::floor(kMilli * band.max - slack + kDust))};
}

DistrictingOptions search_options(const AtomGraph& graph, const RegionaliseOptions& o) {
  DistrictingOptions options;
  options.seed = o.seed;
  options.seconds = o.seconds;
  options.cancelled = o.cancelled;
  options.effort = std::max<std::uint64_t>(kLeastMoves, o.moves_per_vertex * graph.households.size());
  return options;
}

std::size_t count_parts(const std::vector<std::uint32_t>& part_of) {
  return part_of.empty() ? 0 : 1 + *std::max_element(part_of.begin(), part_of.end());
}

std::vector<double> households_of(const AtomGraph& g, const std::vector<std::uint32_t>& part_of) {
  std::vector<double> sum(count_parts(part_of), 0);
  for (std::size_t v = 0; v < part_of.size(); ++v) sum[part_of[v]] += g.households[v];
  return sum;
}

double off_band(double households, HouseholdBand band) {
  return std::max({0.0, band.min - households, households - band.max});
}

double worst_off_band(const AtomGraph& g, const std::vector<std::uint32_t>& part_of, HouseholdBand band) {
  double worst = 0;
  for (double h : households_of(g, part_of)) worst = std::max(worst, off_band(h, band));
  return worst;
}

double total_off_band(const AtomGraph& g, const std::vector<std::uint32_t>& part_of, HouseholdBand band) {
  double sum = 0;
  for (double h : households_of(g, part_of)) sum += off_band(h, band);
  return sum;
}

UnitPlan measured_plan(const AtomGraph& g, const std::vector<std::uint32_t>& part_of, HouseholdBand band) {
  UnitPlan plan;
  plan.atoms = static_cast<std::uint32_t>(g.households.size());
  plan.grids = static_cast<std::uint32_t>(count_parts(part_of));
  plan.households = std::accumulate(g.households.begin(), g.households.end(), 0.0);
  for (const AtomEdge& e : g.edges)
    if (part_of[e.a] != part_of[e.b]) plan.soft_cut_m += e.length_m * softness(e.support);
  plan.relaxed_by = worst_off_band(g, part_of, band);
  return plan;
}

}  // namespace gridloom
