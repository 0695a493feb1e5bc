// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/kept_plan.h"

#include <algorithm>
#include <cmath>

#include "engine/fusion/first_plan.h"
#include "engine/fusion/unit_plan.h"

namespace gridloom {
namespace {

constexpr std::int64_t kPerMilli = 1000;  // cost of a thousandth of a household that moves

// Cutting everything costs as much as one household that moves.
void scale_cuts(DistrictGraph& g) {
  double all = 1;
  for (const DistrictEdge& e : g.edges) all += static_cast<double>(e.cost);
  const double scale = kMilli * kPerMilli / all;
  for (DistrictEdge& e : g.edges) e.cost = static_cast<std::int64_t>(scale * static_cast<double>(e.cost));
}

// Of a grid's atoms, the least households whose leaving brings it down to `most`: a knapsack in whole households,
// rounded so that it is never too much. Large grids get the excess itself.
double least_shed(const std::vector<double>& atoms, double households, double most) {
  constexpr double kLargest = 1e5;
  const double excess = households - most;
  if (excess <= 0) return 0;
  if (households > kLargest) return excess;
  const auto capacity = static_cast<std::size_t>(most);  // of what stays
  std::vector<char> reachable(capacity + 1, 0);
  reachable[0] = 1;
  for (double h : atoms) {
    const auto w = static_cast<std::size_t>(h);
    for (std::size_t c = capacity + 1; c-- > w;) reachable[c] |= reachable[c - w];
  }
  std::size_t stays = capacity;
  while (!reachable[stays]) --stays;
  // Each atom was rounded down by less than one.
  const auto rounding = std::count_if(atoms.begin(), atoms.end(), [](double h) { return h != std::floor(h); });
  return std::max(excess, households - static_cast<double>(stays) - static_cast<double>(rounding));
}

// Households that must leave their grid of today in every plan within the band.
double least_moved(const AtomGraph& g, const std::vector<std::uint32_t>& today, HouseholdBand band) {
  std::vector<std::vector<double>> atoms(count_parts(today));
  for (std::size_t v = 0; v < today.size(); ++v) atoms[today[v]].push_back(g.households[v]);
  const std::vector<double> households = households_of(g, today);
  double shed = 0, got = 0, most_got = 0;
  for (std::size_t p = 0; p < atoms.size(); ++p) {
    shed += least_shed(atoms[p], households[p], band.max);
    // A grid that is too small gets what it lacks, or is given up: all its own households move then.
    const double gets = households[p] < band.min ? std::min(households[p], band.min - households[p]) : 0;
    got += gets;
    most_got = std::max(most_got, gets);
  }
  return std::max({shed, got / 2, most_got});  // one that leaves a grid given up may be what another gets
}

}  // namespace

Regionalised kept_plan(const AtomGraph& graph, HouseholdBand band, const RegionaliseOptions& o) {
  const std::vector<std::uint32_t> today = todays_plan(graph, o.home);
  Regionalised out{today, measured_plan(graph, today, band)};
  if (out.plan.relaxed_by > 0) {
    DistrictGraph g = district_graph(graph);
    scale_cuts(g);
    DistrictingOptions options = search_options(graph, o);
    options.start = today;
    for (std::int64_t w : g.weight) options.moved.push_back(kPerMilli * w);
    const Districting d = district(g, limits_of(band, graph), options);
    if (total_off_band(graph, d.part_of, band) < total_off_band(graph, today, band)) {
      out = {d.part_of, measured_plan(graph, d.part_of, band)};
      out.plan.moved = static_cast<double>(d.moved) / (kMilli * kPerMilli);
    }
    out.plan.moved_bound = out.plan.relaxed_by > 0 ? 0
                           : d.proven              ? out.plan.moved
                                                   : std::min(out.plan.moved, least_moved(graph, today, band));
  }
  out.plan.status = PlanStatus::kept;
  return out;
}

}  // namespace gridloom
