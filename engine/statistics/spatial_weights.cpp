// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/spatial_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

#include "engine/base/errors.h"
#include "engine/density/kernel_profile.h"
#include "engine/geometry/box_index.h"

namespace gridloom {
namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;  // cell, neighbour

constexpr double kGaussianWeightReach = 3;

// Longer than the lattice's diagonal, and its square still fits 63 bits.
constexpr std::int64_t kWholeLattice = 3'037'000'499;

SpatialWeights empty_rows(std::size_t cells) {
  SpatialWeights w;
  w.first.reserve(cells + 1);
  w.first.push_back(0);
  w.self.assign(cells, 1.0);
  return w;
}

// The pairs in any order, repeated or not.
SpatialWeights binary_from_pairs(std::size_t cells, std::vector<Pair> pairs) {
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  SpatialWeights w = empty_rows(cells);
  std::size_t next = 0;
  for (std::size_t i = 0; i < cells; ++i) {
    for (; next < pairs.size() && pairs[next].first == i; ++next) w.neighbour.push_back(pairs[next].second);
    w.first.push_back(w.neighbour.size());
  }
  w.weight.assign(w.links(), 1.0);
  return w;
}

bool is_cell(Label label, std::size_t cells) { return label >= 0 && static_cast<std::size_t>(label) < cells; }

void join(std::vector<Pair>& pairs, Label a, Label b) {
  if (a == b) return;
  pairs.emplace_back(static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b));
  pairs.emplace_back(static_cast<std::uint32_t>(b), static_cast<std::uint32_t>(a));
}

// The cells around each node, joined pairwise.
void join_at_nodes(std::vector<Pair>& pairs, const Arrangement& m, std::span<const Label> of_face, std::size_t cells) {
  std::vector<std::pair<NodeId, Label>> around;
  for (const Arc& a : m.arcs)
    for (FaceId f : {a.left, a.right})
      if (is_cell(of_face[f], cells)) {
        around.emplace_back(a.from, of_face[f]);
        around.emplace_back(a.to, of_face[f]);
      }
  std::sort(around.begin(), around.end());
  around.erase(std::unique(around.begin(), around.end()), around.end());
  for (std::size_t begin = 0, end; begin < around.size(); begin = end) {
    for (end = begin; end < around.size() && around[end].first == around[begin].first;) ++end;
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t j = i + 1; j < end; ++j) join(pairs, around[i].second, around[j].second);
  }
}

std::int64_t squared_distance(Point a, Point b) {
  const std::int64_t dx = std::int64_t{a.x} - b.x;
  const std::int64_t dy = std::int64_t{a.y} - b.y;
  return dx * dx + dy * dy;
}

std::int32_t clamped(std::int64_t c) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(c, -kCoordinateLimit, kCoordinateLimit));
}

BoxIndex index_of(std::span<const Point> points) {
  std::vector<Box> boxes;
  boxes.reserve(points.size());
  for (Point p : points) boxes.push_back({p, p});
  return BoxIndex(boxes);
}

// Calls visit(j, d²) for the others within `reach` mm of point i, in a fixed order.
template <class Visit>
void visit_within(std::span<const Point> points, const BoxIndex& index, std::size_t i, std::int64_t reach,
                  Visit&& visit) {
  const Point p = points[i];
  const Box box{{clamped(p.x - reach), clamped(p.y - reach)}, {clamped(p.x + reach), clamped(p.y + reach)}};
  index.query(box, [&](std::uint32_t j) {
    if (j == i) return;
    const std::int64_t d2 = squared_distance(p, points[j]);
    if (d2 <= reach * reach) visit(j, d2);
  });
}

std::int64_t reach_mm(double metres, double most, const char* what) {
  if (!(metres >= 0.001 && metres < most))
    throw DataError("weights_reach_out_of_range", {{"what", what}, {"most", most}});
  return std::llround(metres * 1000);
}

// A first guess of how far the k nearest reach: twice the radius that holds k points of the mean density.
std::int64_t first_reach(std::span<const Point> points, std::uint32_t k) {
  const Box box = box_of(points);
  const double width = std::max<double>(1, double{1} * box.max.x - box.min.x);
  const double height = std::max<double>(1, double{1} * box.max.y - box.min.y);
  return 1 +
         static_cast<std::int64_t>(2 * std::sqrt(width * height * (k + 1) / (3 * static_cast<double>(points.size()))));
}

}  // namespace

SpatialWeights weights_from_lists(std::span<const std::vector<std::uint32_t>> lists) {
  SpatialWeights w = empty_rows(lists.size());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    std::vector<std::uint32_t> row = lists[i];
    std::sort(row.begin(), row.end());
    for (std::size_t n = 0; n < row.size(); ++n) {
      if (row[n] >= lists.size()) throw DataError("neighbour_does_not_exist", {{"cell", i}, {"neighbour", row[n]}});
      if (row[n] == i) throw DataError("neighbour_is_itself", {{"cell", i}});
      if (n > 0 && row[n] == row[n - 1]) throw DataError("neighbour_twice", {{"cell", i}, {"neighbour", row[n]}});
    }
    w.neighbour.insert(w.neighbour.end(), row.begin(), row.end());
    w.first.push_back(w.links());
  }
  w.weight.assign(w.links(), 1.0);
  return w;
}

SpatialWeights weights_from_rows(std::span<const std::uint64_t> first, std::span<const std::uint32_t> neighbour,
                                 std::span<const double> weight, bool row_standardised) {
  const std::size_t cells = first.size() - 1;
  SpatialWeights w = empty_rows(cells);
  w.row_standardised = row_standardised;
  for (std::size_t i = 0; i < cells; ++i) {
    std::vector<std::pair<std::uint32_t, double>> row;
    for (std::size_t k = first[i]; k < first[i + 1]; ++k) {
      if (neighbour[k] >= cells)
        throw DataError("neighbour_does_not_exist", {{"cell", i}, {"neighbour", neighbour[k]}});
      if (!(weight[k] > 0) || !std::isfinite(weight[k]))
        throw DataError("weight_not_positive", {{"cell", i}, {"neighbour", neighbour[k]}, {"weight", weight[k]}});
      if (neighbour[k] == i)
        w.self[i] = weight[k];
      else
        row.emplace_back(neighbour[k], weight[k]);
    }
    std::sort(row.begin(), row.end());
    for (std::size_t n = 0; n < row.size(); ++n) {
      if (n > 0 && row[n].first == row[n - 1].first)
        throw DataError("neighbour_twice", {{"cell", i}, {"neighbour", row[n].first}});
      w.neighbour.push_back(row[n].first);
      w.weight.push_back(row[n].second);
    }
    w.first.push_back(w.links());
  }
  return w;
}

SpatialWeights contiguity(const Arrangement& m, std::span<const Label> of_face, std::size_t cells, Contiguity kind) {
  std::vector<Pair> pairs;
  for (const Arc& a : m.arcs)
    if (is_cell(of_face[a.left], cells) && is_cell(of_face[a.right], cells))
      join(pairs, of_face[a.left], of_face[a.right]);
  if (kind == Contiguity::queen) join_at_nodes(pairs, m, of_face, cells);
  return binary_from_pairs(cells, std::move(pairs));
}

SpatialWeights lattice_contiguity(std::uint32_t columns, std::uint32_t rows, Contiguity kind) {
  SpatialWeights w = empty_rows(std::size_t{columns} * rows);
  for (std::uint32_t r = 0; r < rows; ++r)
    for (std::uint32_t c = 0; c < columns; ++c) {
      for (std::uint32_t nr = r > 0 ? r - 1 : r; nr <= r + 1 && nr < rows; ++nr)
        for (std::uint32_t nc = c > 0 ? c - 1 : c; nc <= c + 1 && nc < columns; ++nc) {
          const bool same_row = nr == r;
          const bool same_column = nc == c;
          if (same_row && same_column) continue;
          if (kind == Contiguity::rook && !same_row && !same_column) continue;
          w.neighbour.push_back(nr * columns + nc);
        }
      w.first.push_back(w.links());
    }
  w.weight.assign(w.links(), 1.0);
  return w;
}

SpatialWeights distance_band(std::span<const Point> points, double metres) {
  const std::int64_t reach = reach_mm(metres, 1'000'000, "distance");
  const BoxIndex index = index_of(points);
  SpatialWeights w = empty_rows(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    visit_within(points, index, i, reach, [&](std::uint32_t j, std::int64_t) { w.neighbour.push_back(j); });
    std::sort(w.neighbour.begin() + static_cast<std::ptrdiff_t>(w.first.back()), w.neighbour.end());
    w.first.push_back(w.links());
  }
  w.weight.assign(w.links(), 1.0);
  return w;
}

SpatialWeights k_nearest(std::span<const Point> points, std::uint32_t k) {
  if (k < 1 || k >= points.size()) throw DataError("nearest_of_too_few_points", {{"k", k}, {"points", points.size()}});
  const BoxIndex index = index_of(points);
  SpatialWeights w = empty_rows(points.size());
  std::vector<std::pair<std::int64_t, std::uint32_t>> found;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::int64_t reach = first_reach(points, k);; reach = std::min(2 * reach, kWholeLattice)) {
      found.clear();
      visit_within(points, index, i, reach, [&](std::uint32_t j, std::int64_t d2) { found.emplace_back(d2, j); });
      if (found.size() >= k) break;
    }
    std::partial_sort(found.begin(), found.begin() + k, found.end());
    for (std::uint32_t n = 0; n < k; ++n) w.neighbour.push_back(found[n].second);
    std::sort(w.neighbour.end() - k, w.neighbour.end());
    w.first.push_back(w.links());
  }
  w.weight.assign(w.links(), 1.0);
  w.nearest_of.assign(points.begin(), points.end());
  return w;
}

SpatialWeights kernel_weights(std::span<const Point> points, double bandwidth_m, Kernel kernel) {
  const std::int64_t bandwidth = reach_mm(bandwidth_m, 300'000, "bandwidth");
  const double reach_factor = kernel == Kernel::gaussian ? kGaussianWeightReach : 1;
  const auto reach = static_cast<std::int64_t>(reach_factor * static_cast<double>(bandwidth));
  const double b2 = static_cast<double>(bandwidth) * static_cast<double>(bandwidth);
  const BoxIndex index = index_of(points);
  SpatialWeights w = empty_rows(points.size());
  std::vector<std::pair<std::uint32_t, double>> row;
  for (std::size_t i = 0; i < points.size(); ++i) {
    row.clear();
    visit_within(points, index, i, reach, [&](std::uint32_t j, std::int64_t d2) {
      const double value = kernel_profile(kernel, static_cast<double>(d2) / b2);
      if (value > 0) row.emplace_back(j, value);
    });
    std::sort(row.begin(), row.end());
    for (const auto& [j, value] : row) {
      w.neighbour.push_back(j);
      w.weight.push_back(value);
    }
    w.first.push_back(w.links());
  }
  return w;
}

SpatialWeights row_standardised(SpatialWeights w) {
  for (std::size_t i = 0; i < w.size(); ++i) {
    const std::span<double> row(w.weight.data() + w.first[i], w.first[i + 1] - w.first[i]);
    if (row.empty()) continue;
    const double sum = std::accumulate(row.begin(), row.end(), 0.0);
    for (double& value : row) value /= sum;
    w.self[i] /= sum;
  }
  w.row_standardised = true;
  return w;
}

SpatialWeights spatial_weights(const WeightOptions& options, std::span<const Point> centres,
                               const std::function<SpatialWeights(Contiguity)>& contiguous) {
  SpatialWeights w;
  switch (options.rule) {
    case NeighbourRule::queen:
      w = contiguous(Contiguity::queen);
      break;
    case NeighbourRule::rook:
      w = contiguous(Contiguity::rook);
      break;
    case NeighbourRule::distance:
      w = distance_band(centres, options.metres);
      break;
    case NeighbourRule::knn:
      w = k_nearest(centres, options.k);
      break;
    case NeighbourRule::kernel:
      w = kernel_weights(centres, options.metres, options.kernel);
      break;
  }
  return options.row_standardised ? row_standardised(std::move(w)) : w;
}

namespace {

SpatialWeights nearest_among(const SpatialWeights& all, std::span<const std::uint32_t> cells) {
  std::vector<Point> points;
  for (const std::uint32_t cell : cells) points.push_back(all.nearest_of[cell]);
  return k_nearest(points, static_cast<std::uint32_t>(all.links() / all.size()));
}

SpatialWeights links_among(const SpatialWeights& all, std::span<const std::uint32_t> cells) {
  std::vector<std::uint32_t> now(all.size(), UINT32_MAX);
  for (std::size_t i = 0; i < cells.size(); ++i) now[cells[i]] = static_cast<std::uint32_t>(i);
  SpatialWeights w = empty_rows(cells.size());
  std::vector<std::pair<std::uint32_t, double>> row;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto neighbours = all.neighbours_of(cells[i]);
    const auto weights = all.weights_of(cells[i]);
    row.clear();
    for (std::size_t k = 0; k < neighbours.size(); ++k)
      if (now[neighbours[k]] != UINT32_MAX) row.emplace_back(now[neighbours[k]], weights[k]);
    std::sort(row.begin(), row.end());
    for (const auto& [neighbour, weight] : row) {
      w.neighbour.push_back(neighbour);
      w.weight.push_back(weight);
    }
    w.first.push_back(w.links());
    w.self[i] = all.self[cells[i]];
  }
  return w;
}

}  // namespace

SpatialWeights weights_among(const SpatialWeights& all, std::span<const std::uint32_t> cells) {
  SpatialWeights w = all.nearest_of.empty() ? links_among(all, cells) : nearest_among(all, cells);
  return all.row_standardised ? row_standardised(std::move(w)) : w;
}

std::vector<std::uint32_t> islands(const SpatialWeights& w) {
  std::vector<std::uint32_t> found;
  for (std::size_t i = 0; i < w.size(); ++i)
    if (w.neighbours_of(i).empty()) found.push_back(static_cast<std::uint32_t>(i));
  return found;
}

WeightSums sums_of(const SpatialWeights& w) {
  WeightSums sums;
  std::vector<double> row_and_column(w.size(), 0.0);
  const auto weight_between = [&w](std::uint32_t i, std::uint32_t j) {
    const auto row = w.neighbours_of(i);
    const auto at = std::lower_bound(row.begin(), row.end(), j);
    return at != row.end() && *at == j ? w.weights_of(i)[static_cast<std::size_t>(at - row.begin())] : 0.0;
  };
  for (std::uint32_t i = 0; i < w.size(); ++i) {
    const auto row = w.neighbours_of(i);
    const auto weights = w.weights_of(i);
    for (std::size_t n = 0; n < row.size(); ++n) {
      const double there = weights[n];
      const double back = weight_between(row[n], i);
      sums.s0 += there;
      // A pair linked both ways is met twice; one linked one way only once.
      sums.s1 += (back > 0 ? 0.5 : 1.0) * (there + back) * (there + back);
      row_and_column[i] += there;
      row_and_column[row[n]] += there;
    }
  }
  for (double sum : row_and_column) sums.s2 += sum * sum;
  return sums;
}

}  // namespace gridloom
