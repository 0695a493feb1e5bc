// SPDX-License-Identifier: Apache-2.0
// Hot spots of a city's incidents, asked in words: what `gridloom hotspots` and /api/hotspots share, so that both give
// the same answer.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/progress.h"
#include "engine/base/words.h"
#include "engine/io/results/feature_file.h"
#include "engine/statistics/global_statistics.h"
#include "engine/statistics/hotspots.h"
#include "engine/statistics/sensitivity.h"
#include "server/analysis/analysis_cells.h"

namespace gridloom {

enum class GlobalMethod { moran, geary, getis_g, join_counts };
template <>
inline constexpr auto kWords<GlobalMethod> = words<GlobalMethod>({{"moran", GlobalMethod::moran},
                                                                  {"geary", GlobalMethod::geary},
                                                                  {"getis_g", GlobalMethod::getis_g},
                                                                  {"join_counts", GlobalMethod::join_counts}});

struct HotspotRequest {
  EventChoice events;
  CellQuestion cells;
  WeightOptions weights;
  bool population = false;             // rates over the people who live there, empirical-Bayes standardised
  std::optional<GlobalMethod> global;  // one number for all cells, in place of `local.method`
  HotspotOptions local;                // method and how it is tested; permutations, seed and tail serve global ones too
  std::uint64_t suppress_under = 0;    // counts from 1 to below this stay blank; 0: none
  bool sensitivity = false;            // in place of one map: how often each place is hot as cells are cut otherwise
  SensitivityOptions runs;             // sizes, origins, bandwidths of it
};

// method = gi_star (default) | gi | local_moran | local_geary | local_join_count | rate (local Moran of rates) | moran
// | geary | getis_g | join_counts; population = yes | no, with least_population; inference = automatic | analytic |
// permutation | exact; permutations; seed; alternative = two-sided | greater | less; ties = full | mid-p; correction =
// fdr | bonferroni | none; alpha; black_above; suppress_under; sensitivity = yes | no with sizes, origins, bandwidths;
// and what read_cell_question and read_weight_options read. Throws DataError; also for a name that means nothing
// beside the others, so call it when all other names have been asked for.
HotspotRequest read_hotspot_request(const EventQuestion&, const Parameters&, const City&);

struct GlobalResult {
  std::string statistic;  // "moran", "black_black", ...
  GlobalTest test;
  double p = 0;              // analytic, of the tail asked for
  double p_permutation = 0;  // NaN without permutations
};

struct HotspotAnswer {
  FeatureTable table;  // a row for each cell, place, or global statistic
  std::string method;
  std::string cells;    // their kind
  std::string weights;  // in words
  std::string window;
  std::string summary;      // one line
  std::size_t events = 0;   // chosen
  std::size_t counted = 0;  // of them in the cells
  std::size_t tested = 0;
  std::vector<std::pair<std::string, std::size_t>> classes;  // cells by class, those there are
  std::vector<GlobalResult> globals;
  std::size_t suppressed = 0;
  double coincident_share = 0;
  LeftOut left_out;  // cells with too few people for a rate
  std::vector<Text> cautions;
};

// A chosen area chooses cells, as in AnalysisCells; their events are counted in whole, on both sides of the area's
// line. The same for any number of threads. Throws DataError; Cancelled when the progress, or a LoopWatch around, says
// so.
HotspotAnswer analyse_hotspots(const AnalysisSource&, const HotspotRequest&, Progress&);

}  // namespace gridloom
