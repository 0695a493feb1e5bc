// SPDX-License-Identifier: Apache-2.0
// Hot and cold spots in one call: statistic, p and q of each cell, its class, and all that is needed to defend it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/words.h"
#include "engine/statistics/permutation.h"
#include "engine/statistics/rates.h"
#include "engine/statistics/spatial_weights.h"

namespace gridloom {

enum class HotspotMethod { gi_star, gi, local_moran, local_geary, local_join_count };
template <>
inline constexpr auto kWords<HotspotMethod> = words<HotspotMethod>({{"gi_star", HotspotMethod::gi_star},
                                                                    {"gi", HotspotMethod::gi},
                                                                    {"local_moran", HotspotMethod::local_moran},
                                                                    {"local_geary", HotspotMethod::local_geary},
                                                                    {"local_join_count",
                                                                     HotspotMethod::local_join_count}});

enum class Inference {
  automatic,    // exact for counts and join counts where it can be told within seconds (exact_cost), else permutations
  analytic,     // the normal distribution; wrong for sparse counts
  permutation,  // conditional permutations
  exact         // of counts, and of join counts of any values; DataError where exact_applies is false, and for Geary
};
template <>
inline constexpr auto kWords<Inference> = words<Inference>({{"automatic", Inference::automatic},
                                                            {"analytic", Inference::analytic},
                                                            {"permutation", Inference::permutation},
                                                            {"exact", Inference::exact}});

enum class Correction { fdr, bonferroni, none };
template <>
inline constexpr auto kWords<Correction> =
    words<Correction>({{"fdr", Correction::fdr}, {"bonferroni", Correction::bonferroni}, {"none", Correction::none}});

struct HotspotOptions {
  HotspotMethod method = HotspotMethod::gi_star;
  Inference inference = Inference::automatic;
  Correction correction = Correction::fdr;
  double alpha = 0.05;  // a cell has a class where its corrected p is at most this; 0 < alpha < 1
  Tail tail = Tail::two_sided;
  std::optional<Ties> ties{};  // empty: mid-p for counts (but of Geary), full for other values
  // 0: as many as a corrected p needs to reach alpha, cells/alpha, for two-sided p twice as many, but at least 999 and
  // at most 10 million, drawn one after the other until the answer is clear (PermutationOptions::stop_at = 20). Another
  // number: exactly that many.
  std::uint32_t permutations = 0;
  std::uint64_t seed = 1;
  double black_above = 0;  // join counts: cells with a value above this are black
  // Of rates: cells with fewer at risk are left out.
  double least_population = kLeastPopulation;
  unsigned threads = 1;  // the result does not depend on it
  std::string window{};  // what the values are of, for the record: period, categories, hours
};

enum class CellClass : std::uint8_t {
  untested,  // an island, a white cell of join counts, too few at risk, nothing varies
  not_significant,
  hot,        // G, G*: high values around; join counts: more black neighbours than by chance
  cold,       // low values around; fewer black neighbours
  high_high,  // Moran: a high cell among high ones
  low_low,
  high_low,  // a high cell among low ones
  low_high,
  similar,  // Geary: the cell is like its neighbours
  different
};
template <>
inline constexpr auto kWords<CellClass> = words<CellClass>({{"untested", CellClass::untested},
                                                            {"not_significant", CellClass::not_significant},
                                                            {"hot", CellClass::hot},
                                                            {"cold", CellClass::cold},
                                                            {"high_high", CellClass::high_high},
                                                            {"low_low", CellClass::low_low},
                                                            {"high_low", CellClass::high_low},
                                                            {"low_high", CellClass::low_high},
                                                            {"similar", CellClass::similar},
                                                            {"different", CellClass::different}});

// What the reader of a result must know.
enum class Caution {
  people_unknown,          // no population at risk was given: high values may only show where people are
  normal_for_counts,       // the normal distribution does not hold for sparse counts
  too_few_permutations,    // no single cell can be significant after the correction
  islands_untested,        // cells without neighbours
  no_correction,           // alpha of all cells are called by chance alone
  shares_without_meaning,  // G and G* of negative values
  cells_left_out           // Provenance::left_out
};
template <>
inline constexpr auto kWords<Caution> = words<Caution>({{"people_unknown", Caution::people_unknown},
                                                        {"normal_for_counts", Caution::normal_for_counts},
                                                        {"too_few_permutations", Caution::too_few_permutations},
                                                        {"islands_untested", Caution::islands_untested},
                                                        {"no_correction", Caution::no_correction},
                                                        {"shares_without_meaning", Caution::shares_without_meaning},
                                                        {"cells_left_out", Caution::cells_left_out}});

// How a result came about; every output carries it.
struct Provenance {
  HotspotMethod method{};
  Inference inference{};  // never automatic: what was done
  Correction correction{};
  double alpha = 0;
  Tail tail{};
  Ties ties{};
  bool counts = false;              // the values are whole numbers from 0
  bool population_at_risk = false;  // values are empirical-Bayes standardised rates
  double least_population = 0;      // of their cells
  LeftOut left_out;                 // with fewer at risk
  std::size_t cells = 0;            // that took part
  std::size_t tested = 0;
  std::size_t islands = 0;
  std::size_t links = 0;
  bool row_standardised = false;
  std::uint32_t permutations = 0;  // most per cell; 0 without
  std::uint32_t stop_at = 0;
  std::uint64_t seed = 0;
  std::string window;
  std::vector<Caution> cautions;
};
// Index: cell.
struct Hotspots {
  // NaN where it is not defined: G and G* where a value is negative, as standardised rates are.
  std::vector<double> statistic;
  std::vector<double> z;  // analytic, whatever p is
  std::vector<double> p;  // NaN: untested
  std::vector<double> q;  // corrected p
  std::vector<CellClass> of_cell;
  Provenance provenance;
};

// `values`: counts, or any measure, one a cell. `population`: people (addresses, vehicles, ...) at risk in each cell,
// and values are counts of events then: the statistics are taken of standardised rates (rates.h). Cells with fewer at
// risk than options.least_population take no part: they are untested and nobody's neighbours. Empty: of the values
// themselves, and the provenance says that such maps follow the population.
//
// The null hypothesis depends on the method alone, not on the inference. G*: the cell and its neighbours have k + 1 of
// all n values, drawn without replacement. G, Moran, Geary and join counts: the cell keeps its own value, its
// neighbours have k of the n - 1 others. z has the moments of that.
//
// Throws DataError as the statistics do, std::invalid_argument for an alpha outside (0, 1).
Hotspots hotspots(std::span<const double> values, std::span<const double> population, const SpatialWeights&,
                  const HotspotOptions&);

}  // namespace gridloom
