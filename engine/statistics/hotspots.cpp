// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/hotspots.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/base/errors.h"
#include "engine/statistics/cell_values.h"
#include "engine/statistics/exact_counts.h"
#include "engine/statistics/local_statistics.h"
#include "engine/statistics/multiple_testing.h"
#include "engine/statistics/rates.h"

namespace gridloom {
namespace {

constexpr std::size_t kFewestCells = 3;  // as local_statistics.h
constexpr std::uint32_t kFewestPermutations = 999;
constexpr double kMostPermutations = 1e7;
constexpr double kMostExactCost = 1e10;  // of Inference::automatic: a few seconds
constexpr std::uint32_t kStopAt = 20;    // relative error of a stopped p: 1/sqrt(20)

bool are_counts(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return x >= 0 && x == std::floor(x); });
}

std::vector<std::uint8_t> black_cells(std::span<const double> values, const HotspotOptions& o) {
  std::vector<std::uint8_t> black;
  for (double x : values) black.push_back(x > o.black_above);
  return black;
}

std::vector<double> black_values(std::span<const double> values, const HotspotOptions& o) {
  const std::vector<std::uint8_t> black = black_cells(values, o);
  return {black.begin(), black.end()};
}

// Which distributions the method's exact test needs; join counts take G of the colours.
ExactOptions exact_options(HotspotMethod method, Tail tail, Ties ties) {
  const bool star = method == HotspotMethod::gi_star;
  return {.tail = tail, .ties = ties, .given_cell = !star, .with_cell = star};
}

bool exact_at_once(std::span<const double> values, const SpatialWeights& w, HotspotMethod method) {
  return exact_applies(values, w) && exact_cost(values, w, exact_options(method, {}, {})) <= kMostExactCost;
}

Inference inference_for(std::span<const double> values, const SpatialWeights& w, const HotspotOptions& o) {
  const bool geary = o.method == HotspotMethod::local_geary;
  if (o.inference == Inference::exact && geary) throw DataError("no_exact_test_of_geary");
  if (o.inference != Inference::automatic) return o.inference;
  const bool joins = o.method == HotspotMethod::local_join_count;
  const bool applies = joins ? exact_at_once(black_values(values, o), w, o.method) : exact_at_once(values, w, o.method);
  return applies && !geary ? Inference::exact : Inference::permutation;
}

double sides_of(Tail tail) { return tail == Tail::two_sided ? 2 : 1; }

Provenance provenance_for(std::span<const double> values, bool rates, const SpatialWeights& w,
                          const HotspotOptions& o) {
  Provenance v;
  v.method = o.method;
  v.inference = inference_for(values, w, o);
  v.correction = o.correction;
  v.alpha = o.alpha;
  v.tail = o.tail;
  v.counts = are_counts(values) && !rates;
  const bool mid = v.inference == Inference::exact || (v.counts && o.method != HotspotMethod::local_geary);
  v.ties = o.ties.value_or(mid ? Ties::mid_p : Ties::full);
  v.population_at_risk = rates;
  v.least_population = rates ? o.least_population : 0;
  v.cells = values.size();
  v.islands = islands(w).size();
  v.links = w.links();
  v.row_standardised = w.row_standardised;
  v.window = o.window;
  if (v.inference != Inference::permutation) return v;
  v.seed = o.seed;
  v.permutations = std::max(o.permutations, o.permutations == 0 ? kFewestPermutations : 0);
  if (o.permutations == 0) {
    const double needed = sides_of(o.tail) * static_cast<double>(v.cells) / o.alpha;
    v.permutations =
        static_cast<std::uint32_t>(std::clamp(std::ceil(needed), double{kFewestPermutations}, kMostPermutations));
    v.stop_at = kStopAt;
  }
  return v;
}

LocalStatistic statistic_of(std::span<const double> values, const SpatialWeights& w, const HotspotOptions& o) {
  switch (o.method) {
    case HotspotMethod::gi_star:
      return local_g_star(values, w);
    case HotspotMethod::gi:
      return local_g(values, w);
    case HotspotMethod::local_moran:
      return local_moran(values, w);
    case HotspotMethod::local_geary:
      return local_geary(values, w);
    case HotspotMethod::local_join_count:
      break;
  }
  return local_join_count(black_cells(values, o), w);
}

std::vector<double> analytic_p(const LocalStatistic& s, Tail tail) {
  std::vector<double> p;
  for (double z : s.z) p.push_back(normal_p(z, tail));
  return p;
}

std::vector<double> permutation_p(std::span<const double> values, const SpatialWeights& w, const HotspotOptions& o,
                                  const Provenance& v) {
  const bool joins = o.method == HotspotMethod::local_join_count;
  const std::vector<std::uint8_t> black = joins ? black_cells(values, o) : std::vector<std::uint8_t>{};
  LocalPermutations p = permute_local(values, black, w,
                                      {.permutations = v.permutations,
                                       .seed = v.seed,
                                       .tail = v.tail,
                                       .ties = v.ties,
                                       .stop_at = v.stop_at,
                                       .given_cell = o.method != HotspotMethod::gi_star,
                                       .with_cell = o.method == HotspotMethod::gi_star,
                                       .threads = o.threads});
  switch (o.method) {
    case HotspotMethod::gi_star:
      return std::move(p.g_star);
    case HotspotMethod::gi:
      return std::move(p.g);
    case HotspotMethod::local_moran:
      return std::move(p.moran);
    case HotspotMethod::local_geary:
      return std::move(p.geary);
    case HotspotMethod::local_join_count:
      break;
  }
  return std::move(p.join_count);
}

// Join counts are hypergeometric: G of the colours, where the cell is black.
std::vector<double> exact_p_of_joins(std::span<const double> values, const SpatialWeights& w, const HotspotOptions& o,
                                     const Provenance& v) {
  const std::vector<double> black = black_values(values, o);
  std::vector<double> p = exact_local(black, w, exact_options(v.method, v.tail, v.ties)).g;
  for (std::size_t i = 0; i < p.size(); ++i)
    if (black[i] == 0) p[i] = std::numeric_limits<double>::quiet_NaN();
  return p;
}

std::vector<double> exact_p(std::span<const double> values, const SpatialWeights& w, const HotspotOptions& o,
                            const Provenance& v) {
  if (v.method == HotspotMethod::local_join_count) return exact_p_of_joins(values, w, o, v);
  ExactLocal p = exact_local(values, w, exact_options(v.method, v.tail, v.ties));
  if (v.method == HotspotMethod::local_moran) return std::move(p.moran);
  return v.method == HotspotMethod::gi ? std::move(p.g) : std::move(p.g_star);
}

std::vector<double> p_of(const LocalStatistic& s, std::span<const double> values, const SpatialWeights& w,
                         const HotspotOptions& o, const Provenance& v) {
  if (v.inference == Inference::analytic) return analytic_p(s, v.tail);
  if (v.inference == Inference::exact) return exact_p(values, w, o, v);
  return permutation_p(values, w, o, v);
}

std::vector<double> corrected(const std::vector<double>& p, Correction correction) {
  if (correction == Correction::fdr) return false_discovery_rate(p);
  return correction == Correction::bonferroni ? bonferroni(p) : p;
}

CellClass class_of_quadrant(Quadrant q) {
  switch (q) {
    case Quadrant::high_high:
      return CellClass::high_high;
    case Quadrant::low_low:
      return CellClass::low_low;
    case Quadrant::high_low:
      return CellClass::high_low;
    case Quadrant::low_high:
      return CellClass::low_high;
    case Quadrant::none:
      break;
  }
  return CellClass::untested;
}

// The class of each cell if it is significant.
std::vector<CellClass> sides(const LocalStatistic& s, std::span<const double> values, const SpatialWeights& w,
                             const Provenance& v) {
  std::vector<CellClass> side;
  if (v.method == HotspotMethod::local_moran) {
    for (Quadrant q : moran_quadrants(values, w)) side.push_back(class_of_quadrant(q));
    return side;
  }
  const bool geary = v.method == HotspotMethod::local_geary;
  for (double x : s.z)
    side.push_back(x > 0 ? (geary ? CellClass::different : CellClass::hot)
                         : (geary ? CellClass::similar : CellClass::cold));
  return side;
}

bool shares_mean_nothing(std::span<const double> values, HotspotMethod method) {
  return (method == HotspotMethod::gi || method == HotspotMethod::gi_star) &&
         std::any_of(values.begin(), values.end(), [](double x) { return x < 0; });
}

void add_cautions(Provenance& v) {
  if (!v.population_at_risk) v.cautions.push_back(Caution::people_unknown);
  if (v.counts && v.inference == Inference::analytic) v.cautions.push_back(Caution::normal_for_counts);
  if (v.tested > 0 && v.permutations > 0 && v.correction != Correction::none) {
    const double smallest = sides_of(v.tail) * (v.ties == Ties::mid_p ? 0.5 : 1) / (v.permutations + 1.0);
    if (smallest * static_cast<double>(v.tested) > v.alpha) v.cautions.push_back(Caution::too_few_permutations);
  }
  if (v.islands > 0) v.cautions.push_back(Caution::islands_untested);
  if (v.correction == Correction::none) v.cautions.push_back(Caution::no_correction);
}

// `tested` are the values, or the rates that stand for them.
Hotspots hotspots_of(std::span<const double> tested, bool rates, const SpatialWeights& w,
                     const HotspotOptions& options) {
  LocalStatistic s = statistic_of(tested, w, options);
  Hotspots h;
  h.provenance = provenance_for(tested, rates, w, options);
  h.p = p_of(s, tested, w, options, h.provenance);
  if (std::ranges::adjacent_find(tested, std::not_equal_to<>{}) == tested.end())  // nothing varies
    h.p.assign(h.p.size(), std::numeric_limits<double>::quiet_NaN());
  h.q = corrected(h.p, options.correction);
  const std::vector<CellClass> side = sides(s, tested, w, h.provenance);
  for (std::size_t i = 0; i < h.p.size(); ++i) {
    const bool untested = std::isnan(h.p[i]);
    h.provenance.tested += !untested;
    h.of_cell.push_back(untested                  ? CellClass::untested
                        : h.q[i] <= options.alpha ? side[i]
                                                  : CellClass::not_significant);
  }
  h.statistic = std::move(s.value);
  h.z = std::move(s.z);
  add_cautions(h.provenance);
  if (shares_mean_nothing(tested, options.method)) h.provenance.cautions.push_back(Caution::shares_without_meaning);
  return h;
}

std::vector<double> taken(std::span<const double> values, std::span<const std::uint32_t> cells) {
  std::vector<double> some;
  for (std::uint32_t cell : cells) some.push_back(values[cell]);
  return some;
}

// From the cells that took part to all `n`.
Hotspots put_back(Hotspots some, std::span<const std::uint32_t> cells, std::size_t n) {
  Hotspots all;
  for (const auto column : {&Hotspots::statistic, &Hotspots::z, &Hotspots::p, &Hotspots::q}) {
    (all.*column).assign(n, std::numeric_limits<double>::quiet_NaN());
    for (std::size_t i = 0; i < cells.size(); ++i) (all.*column)[cells[i]] = (some.*column)[i];
  }
  all.of_cell.assign(n, CellClass::untested);
  for (std::size_t i = 0; i < cells.size(); ++i) all.of_cell[cells[i]] = some.of_cell[i];
  all.provenance = std::move(some.provenance);
  return all;
}

}  // namespace

Hotspots hotspots(std::span<const double> values, std::span<const double> population, const SpatialWeights& w,
                  const HotspotOptions& options) {
  if (!(options.alpha > 0 && options.alpha < 1)) throw std::invalid_argument("hotspots: alpha must lie in (0, 1)");
  require_values(values, w, "hotspots");
  if (population.empty()) return hotspots_of(values, false, w, options);
  const AtRisk risk = at_risk(values, population, options.least_population);
  if (risk.cells.size() < kFewestCells)
    throw DataError("too_few_cells_at_risk", {{"at_risk", risk.cells.size()}, {"cells", values.size()}});
  if (risk.left_out.cells == 0) return hotspots_of(standardised_rates(values, population), true, w, options);
  const auto rates = standardised_rates(taken(values, risk.cells), taken(population, risk.cells));
  Hotspots h = hotspots_of(rates, true, weights_among(w, risk.cells), options);
  h.provenance.left_out = risk.left_out;
  h.provenance.cautions.push_back(Caution::cells_left_out);
  return put_back(std::move(h), risk.cells, values.size());
}

}  // namespace gridloom
