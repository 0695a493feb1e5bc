// SPDX-License-Identifier: Apache-2.0
// Many cells, many tests: at .05 ten thousand cells give five hundred false alarms.
//
// p are in [0, 1]; NaN means not tested: it stays NaN, does not count as a test and is never found. O(n log n).
// Order does not matter; equal p get equal results.
#pragma once

#include <span>
#include <vector>

namespace gridloom {

// Benjamini & Hochberg (1995): q_i = min over ranks k >= rank(i) of m p_(k)/k, at most 1. Cells with q <= alpha hold,
// in expectation, at most the share alpha of false discoveries, for independent or positively dependent tests, such
// as those of neighbouring cells.
std::vector<double> false_discovery_rate(std::span<const double> p);

// min(1, m p): the chance of a single false alarm among all cells.
std::vector<double> bonferroni(std::span<const double> p);

}  // namespace gridloom
