// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/rates.h"

#include <algorithm>
#include <cmath>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

void require_counts(std::span<const double> counts, std::span<const double> population) {
  if (counts.size() != population.size())
    throw DataError("rates_of_other_populations", {{"counts", counts.size()}, {"populations", population.size()}});
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!(counts[i] >= 0 && std::isfinite(counts[i]))) throw DataError("count_is_no_number", {{"cell", i}});
    if (!(population[i] >= 0 && std::isfinite(population[i])))
      throw DataError("population_is_no_number", {{"cell", i}});
  }
}

void require_rates(std::span<const double> counts, std::span<const double> population) {
  require_counts(counts, population);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (!(population[i] > 0)) throw DataError("cell_without_population", {{"cell", i}});
  }
}

// Overall rate and the variance of the prior by moments (may be negative), over some of the cells.
struct Prior {
  double rate = 0;
  double variance = 0;
};

template <class Cells>
Prior prior_of(std::span<const double> counts, std::span<const double> population, const Cells& cells) {
  double events = 0, people = 0, n = 0;
  for (std::size_t i : cells) {
    events += counts[i];
    people += population[i];
    ++n;
  }
  const double rate = events / people;
  double spread = 0;
  for (std::size_t i : cells) {
    const double d = counts[i] / population[i] - rate;
    spread += population[i] * d * d;
  }
  return {rate, spread / people - rate / (people / n)};
}

std::vector<std::size_t> all_of(std::size_t n) {
  std::vector<std::size_t> cells(n);
  for (std::size_t i = 0; i < n; ++i) cells[i] = i;
  return cells;
}

double drawn_to(const Prior& prior, double count, double population) {
  const double a = std::max(0.0, prior.variance);
  const double total = a + prior.rate / population;
  return total > 0 ? prior.rate + (count / population - prior.rate) * a / total : 0;
}

}  // namespace

AtRisk at_risk(std::span<const double> counts, std::span<const double> population, double least) {
  require_counts(counts, population);
  AtRisk risk;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (population[i] > 0 && population[i] >= least) {
      risk.cells.push_back(static_cast<std::uint32_t>(i));
      continue;
    }
    ++risk.left_out.cells;
    risk.left_out.events += counts[i];
    risk.left_out.people += population[i];
  }
  return risk;
}

std::vector<double> standardised_rates(std::span<const double> counts, std::span<const double> population) {
  require_rates(counts, population);
  const Prior prior = prior_of(counts, population, all_of(counts.size()));
  if (!(prior.rate > 0)) throw DataError("rates_without_events");
  std::vector<double> z(counts.size());
  for (std::size_t i = 0; i < z.size(); ++i) {
    const double sampling = prior.rate / population[i];
    const double variance = prior.variance + sampling;
    z[i] = (counts[i] / population[i] - prior.rate) / std::sqrt(variance > 0 ? variance : sampling);
  }
  return z;
}

std::vector<double> smoothed_rates(std::span<const double> counts, std::span<const double> population) {
  require_rates(counts, population);
  std::vector<double> rates(counts.size());
  if (counts.empty()) return rates;
  const Prior prior = prior_of(counts, population, all_of(counts.size()));
  for (std::size_t i = 0; i < rates.size(); ++i) rates[i] = drawn_to(prior, counts[i], population[i]);
  return rates;
}

std::vector<double> locally_smoothed_rates(std::span<const double> counts, std::span<const double> population,
                                           const SpatialWeights& w) {
  require_rates(counts, population);
  if (counts.size() != w.size())
    throw DataError("values_for_other_cells", {{"statistic", "rates"}, {"values", counts.size()}, {"cells", w.size()}});
  std::vector<double> rates(counts.size());
  std::vector<std::size_t> around;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const auto row = w.neighbours_of(i);
    around.assign(row.begin(), row.end());
    around.push_back(i);
    rates[i] = drawn_to(prior_of(counts, population, around), counts[i], population[i]);
  }
  return rates;
}

}  // namespace gridloom
