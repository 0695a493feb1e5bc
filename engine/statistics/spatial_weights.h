// SPDX-License-Identifier: Apache-2.0
// Who neighbours whom, and how much that counts: the weights of spatial statistics, as rows of a sparse matrix.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/arrangement/labeling.h"
#include "engine/base/words.h"
#include "engine/density/kernel_density.h"

namespace gridloom {

// Row i holds the neighbours of cell i, ascending, never i itself, each once. A cell without neighbours is an island:
// its row is empty. Rows need not be symmetric (k nearest are not).
struct SpatialWeights {
  std::vector<std::uint64_t> first;      // row i is [first[i], first[i + 1]); size() + 1 entries
  std::vector<std::uint32_t> neighbour;  // of all rows
  std::vector<double> weight;            // beside `neighbour`; positive and finite
  std::vector<double> self;              // what the cell itself weighs in Gi*: 1, or 1/k in a standardised row of k
  bool row_standardised = false;         // every row that is not empty sums to 1 (without `self`)
  std::vector<Point> nearest_of;         // of k nearest: the cells' points, so that others can take the place of some

  std::size_t size() const { return self.size(); }
  std::size_t links() const { return neighbour.size(); }
  std::span<const std::uint32_t> neighbours_of(std::size_t i) const {
    return std::span(neighbour).subspan(first[i], first[i + 1] - first[i]);
  }
  std::span<const double> weights_of(std::size_t i) const {
    return std::span(weight).subspan(first[i], first[i + 1] - first[i]);
  }
  friend bool operator==(const SpatialWeights&, const SpatialWeights&) = default;
};

// Binary weights from lists of neighbours, index 0 .. lists.size() - 1, as read from a GAL file; the order within a
// list does not matter. Throws DataError naming the cell for a neighbour that does not exist, is the cell itself or
// stands twice. O(links log k).
SpatialWeights weights_from_lists(std::span<const std::vector<std::uint32_t>> lists);

// Of a sparse matrix by rows, first.size() - 1 of them; the order within a row does not matter, what stands on the
// diagonal is what the cell itself weighs in Gi* (1 where nothing does). `row_standardised`: as the field. Throws
// DataError naming the cell for a neighbour that does not exist or stands twice and for weights that are not positive
// and finite. O(links log k).
SpatialWeights weights_from_rows(std::span<const std::uint64_t> first, std::span<const std::uint32_t> neighbour,
                                 std::span<const double> weight, bool row_standardised);

// Rook: cells that share a boundary of positive length. Queen: also those that meet in a point.
enum class Contiguity { rook, queen };
template <>
inline constexpr auto kWords<Contiguity> = words<Contiguity>({{"queen", Contiguity::queen},
                                                              {"rook", Contiguity::rook}});

// Binary contiguity of the cells of a labeling, 0 .. cells - 1, by leading labels: two cells are rook neighbours where
// an arc has one on either side, queen neighbours where both touch a node. Ground without a cell joins nobody. Exact,
// for arcs meet only at nodes. O(arcs log arcs).
SpatialWeights contiguity(const Arrangement&, std::span<const Label> of_face, std::size_t cells, Contiguity);

// Binary contiguity of columns x rows squares, cell = row * columns + column.
SpatialWeights lattice_contiguity(std::uint32_t columns, std::uint32_t rows, Contiguity);

// Points are lattice millimetres of a projected CRS (degrees never get here: a Point has none). Distances are compared
// exactly, in integers. Coinciding points are neighbours at distance 0.

// Binary: all others within `metres`, the bound included (taken to the millimetre). O(links log n). Throws DataError
// unless 0 < metres < 1 000 000.
SpatialWeights distance_band(std::span<const Point>, double metres);

// Binary: the k nearest others; of those equally far the lower index comes first. Throws DataError unless
// 1 <= k < points.size(). O(n k log n) for city-like data.
SpatialWeights k_nearest(std::span<const Point>, std::uint32_t k);

// K(d/b) / K(0) for all others within the kernel's reach, `self` = 1: uniform 1, epanechnikov 1 - u², quartic its
// square, triweight its cube, for u = d/b < 1 (uniform: <= 1); gaussian exp(-u²/2) for u <= 3. Throws DataError unless
// 0 < bandwidth_m < 300 000.
SpatialWeights kernel_weights(std::span<const Point>, double bandwidth_m, Kernel);

enum class NeighbourRule { queen, rook, distance, knn, kernel };
template <>
inline constexpr auto kWords<NeighbourRule> = words<NeighbourRule>({{"queen", NeighbourRule::queen},
                                                                    {"rook", NeighbourRule::rook},
                                                                    {"distance", NeighbourRule::distance},
                                                                    {"knn", NeighbourRule::knn},
                                                                    {"kernel", NeighbourRule::kernel}});

struct WeightOptions {
  NeighbourRule rule = NeighbourRule::queen;
  double metres = 0;                // of distance, and the kernel's bandwidth
  std::uint32_t k = 8;              // of knn
  Kernel kernel = Kernel::quartic;  // of kernel
  bool row_standardised = false;
};

// The weights that the options ask for: by the cells' centres, or as `contiguous` tells of cells with ground.
SpatialWeights spatial_weights(const WeightOptions&, std::span<const Point> centres,
                               const std::function<SpatialWeights(Contiguity)>& contiguous);

// Each row divided by its sum, `self` too.
SpatialWeights row_standardised(SpatialWeights);

// The weights that some of the cells have without the others, in their order; the rows of row-standardised weights sum
// to 1 again, and of k nearest there are still k. Precondition: each of `cells` is one of the weights' and stands once.
// O(size + links); of k nearest as k_nearest, and as that throws.
SpatialWeights weights_among(const SpatialWeights&, std::span<const std::uint32_t> cells);

// Cells without neighbours, ascending.
std::vector<std::uint32_t> islands(const SpatialWeights&);

// sum of w_ij;  1/2 sum (w_ij + w_ji)²;  sum over i of (row sum + column sum)²  (Cliff & Ord, Spatial Processes, 1981,
// equations 1.11-1.13). O(links log k).
struct WeightSums {
  double s0 = 0;
  double s1 = 0;
  double s2 = 0;
};
WeightSums sums_of(const SpatialWeights&);

}  // namespace gridloom
