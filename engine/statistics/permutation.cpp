// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/permutation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <type_traits>

#include "engine/base/errors.h"
#include "engine/base/parallel.h"
#include "engine/statistics/cell_values.h"
#include "engine/statistics/sample_others.h"

namespace gridloom {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kBatch = OtherSampler::kBatch;

// A cell's value in whole steps above the smallest, below its black bit, in one word of 32 bits: the sum of a row's
// words in 64 bits holds the sum of values in its low kValueBits and the number of black cells above.
constexpr int kValueBits = 31;
using Word = std::uint32_t;

std::size_t longest_row(const SpatialWeights& w) {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < w.size(); ++i) longest = std::max(longest, w.neighbours_of(i).size());
  return longest;
}

// Values as whole numbers from 0 to 2^bits - 1: counts as they are, others in steps of a power of two.
std::vector<Word> whole_steps(std::span<const double> values, int bits) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double range = *high - *low;
  if (!std::isfinite(range)) throw DataError("values_span_too_much");
  const bool whole = std::all_of(values.begin(), values.end(), [](double x) { return x == std::floor(x); });
  const double scale =
      (whole && range < std::ldexp(1.0, bits)) || range == 0 ? 1 : std::ldexp(1.0, bits - 1 - std::ilogb(range));
  const double most = std::ldexp(1.0, bits) - 1;
  std::vector<Word> steps;
  steps.reserve(values.size());
  for (double x : values) steps.push_back(static_cast<Word>(std::min(most, std::round((x - *low) * scale))));
  return steps;
}

bool equal_weights(std::span<const double> weights) {
  return std::all_of(weights.begin(), weights.end(), [&](double w) { return w == weights[0]; });
}

// The three sums that decide all five statistics, of N samples. Geary's sum of squares may lack a part that is the same
// for all samples of a cell.
template <class Lag, class Squares, std::size_t N>
struct SumsOf {
  Lag lag[N];
  Squares geary[N];
  Lag black[N];
};

struct CellCounts {
  TailCounts lag, geary, black;
};

// Whether a draw is beyond the observed sum, or ties with it; rounding may differ by `slack`.
template <class Number>
int is_greater(Number drawn, Number observed, [[maybe_unused]] Number slack) {
  if constexpr (std::is_integral_v<Number>)
    return drawn > observed;
  else
    return drawn > observed + slack;
}
template <class Number>
int is_equal(Number drawn, Number observed, [[maybe_unused]] Number slack) {
  if constexpr (std::is_integral_v<Number>)
    return drawn == observed;
  else
    return std::abs(drawn - observed) <= slack;
}

template <class Number>
void count_all(TailCounts& c, const Number* drawn, std::size_t n, Number observed, Number slack) {
  int greater = 0, equal = 0;
  for (std::size_t s = 0; s < n; ++s) {
    greater += is_greater(drawn[s], observed, slack);
    equal += is_equal(drawn[s], observed, slack);
  }
  c.greater += static_cast<std::uint32_t>(greater);
  c.equal += static_cast<std::uint32_t>(equal);
  c.draws += static_cast<std::uint32_t>(n);
}

// Only until both tails hold `stop_at` draws.
template <class Number>
void count_some(TailCounts& c, const Number* drawn, std::size_t n, Number observed, Number slack,
                std::uint32_t stop_at) {
  for (std::size_t s = 0; s < n && !c.stopped; ++s) {
    ++c.draws;
    c.greater += static_cast<std::uint32_t>(is_greater(drawn[s], observed, slack));
    c.equal += static_cast<std::uint32_t>(is_equal(drawn[s], observed, slack));
    c.stopped = c.equal + std::min(c.greater, c.less()) >= stop_at;
  }
}

template <class Number>
void count_tails(TailCounts& c, const Number* drawn, std::size_t n, Number observed, Number slack,
                 std::uint32_t stop_at) {
  if (stop_at > 0)
    count_some(c, drawn, n, observed, slack, stop_at);
  else
    count_all(c, drawn, n, observed, slack);
}

// Rows of equal weights: sums of words, exact.
class WholeSums {
 public:
  template <std::size_t N>
  using Sums = SumsOf<std::int32_t, std::int64_t, N>;

  WholeSums(std::span<const double> values, std::span<const std::uint8_t> black, const SpatialWeights& w)
      : words_(whole_steps(values, kValueBits - static_cast<int>(std::bit_width(longest_row(w))))) {
    for (std::size_t i = 0; i < black.size(); ++i) words_[i] |= Word{black[i]} << kValueBits;
  }

  Sums<1> of(std::uint32_t cell, std::span<const std::uint32_t> others, std::span<const double>) const {
    Sums<1> out;
    sums<0, 1>(cell, others.data(), others.size(), out);
    return out;
  }
  Sums<1> slack(std::span<const double>) const { return {}; }

  void of_batch(std::uint32_t cell, const std::uint32_t* drawn, std::size_t k, std::span<const double>,
                Sums<kBatch>& out) const {
    switch (k) {
      case 3:
        return sums<3, kBatch>(cell, drawn, k, out);
      case 4:
        return sums<4, kBatch>(cell, drawn, k, out);
      case 5:
        return sums<5, kBatch>(cell, drawn, k, out);
      case 6:
        return sums<6, kBatch>(cell, drawn, k, out);
      case 7:
        return sums<7, kBatch>(cell, drawn, k, out);
      case 8:
        return sums<8, kBatch>(cell, drawn, k, out);
      default:
        return sums<0, kBatch>(cell, drawn, k, out);
    }
  }

 private:
  static constexpr std::int64_t kValueMask = (std::int64_t{1} << kValueBits) - 1;

  // K: the number of draws where the compiler may know it, else 0.
  template <std::size_t K, std::size_t N>
  void sums(std::uint32_t cell, const std::uint32_t* at, std::size_t k, Sums<N>& out) const {
    const Word* const words = words_.data();
    const std::int64_t twice_own = 2 * (words[cell] & kValueMask);
    for (std::size_t s = 0; s < N; ++s) {
      std::int64_t sum = 0, squares = 0;
      for (std::size_t d = 0; d < (K > 0 ? K : k); ++d) {
        const std::int64_t word = words[at[d * N + s]];
        const std::int64_t value = word & kValueMask;
        sum += word;
        squares += value * value;
      }
      const std::int64_t lag = sum & kValueMask;
      out.lag[s] = static_cast<std::int32_t>(lag);
      out.geary[s] = squares - twice_own * lag;
      out.black[s] = static_cast<std::int32_t>(sum >> kValueBits);
    }
  }

  std::vector<Word> words_;
};

// Rows of unequal weights: weighted sums, in the order of the row.
class WeightedSums {
 public:
  template <std::size_t N>
  using Sums = SumsOf<double, double, N>;

  WeightedSums(std::span<const double> values, std::span<const std::uint8_t> black)
      : values_(values.begin(), values.end()), black_(black.begin(), black.end()) {
    black_.resize(values.size());
    const double mean = moments_of(values).mean;
    for (double& x : values_) {
      x -= mean;
      reach_ = std::max(reach_, std::abs(x));
    }
  }

  Sums<1> of(std::uint32_t cell, std::span<const std::uint32_t> others, std::span<const double> weights) const {
    Sums<1> out;
    sums(cell, others.data(), weights, out);
    return out;
  }
  Sums<1> slack(std::span<const double> weights) const {
    constexpr double kRounding = 1e-11;
    const double total = kRounding * std::accumulate(weights.begin(), weights.end(), 0.0);
    return {{total * reach_}, {4 * total * reach_ * reach_}, {total}};
  }
  void of_batch(std::uint32_t cell, const std::uint32_t* drawn, std::size_t, std::span<const double> weights,
                Sums<kBatch>& out) const {
    sums(cell, drawn, weights, out);
  }

 private:
  template <std::size_t N>
  void sums(std::uint32_t cell, const std::uint32_t* at, std::span<const double> weights, Sums<N>& out) const {
    for (std::size_t s = 0; s < N; ++s) {
      double lag = 0, squares = 0, black = 0;
      for (std::size_t d = 0; d < weights.size(); ++d) {
        const std::uint32_t j = at[d * N + s];
        const double difference = values_[j] - values_[cell];
        lag += weights[d] * values_[j];
        squares += weights[d] * difference * difference;
        black += weights[d] * black_[j];
      }
      out.lag[s] = lag;
      out.geary[s] = squares;
      out.black[s] = black;
    }
  }

  std::vector<double> values_, black_;
  double reach_ = 0;
};

template <class Summing>
CellCounts permute_cell(const Summing& summing, std::uint32_t cell, const SpatialWeights& w, OtherSampler& sampler,
                        const PermutationOptions& options) {
  const auto row = w.neighbours_of(cell);
  const auto weights = w.weights_of(cell);
  const auto observed = summing.of(cell, row, weights);
  const auto slack = summing.slack(weights);
  typename Summing::template Sums<kBatch> drawn;
  CellCounts c;
  sampler.start(cell, row.size());
  for (std::uint32_t left = options.permutations; left > 0;) {
    const std::size_t n = std::min<std::size_t>(kBatch, left);
    summing.of_batch(cell, sampler.next().data(), row.size(), weights, drawn);
    count_tails(c.lag, drawn.lag, n, observed.lag[0], slack.lag[0], options.stop_at);
    count_tails(c.geary, drawn.geary, n, observed.geary[0], slack.geary[0], options.stop_at);
    count_tails(c.black, drawn.black, n, observed.black[0], slack.black[0], options.stop_at);
    if (c.lag.stopped && c.geary.stopped && c.black.stopped) break;
    left -= static_cast<std::uint32_t>(n);
  }
  return c;
}

TailCounts mirrored(const TailCounts& c) { return {c.less(), c.equal, c.draws, c.stopped}; }

// Moran is the lag times the cell's own deviation.
TailCounts moran_counts(const TailCounts& lag, double deviation) {
  if (deviation > 0) return lag;
  return deviation < 0 ? mirrored(lag) : TailCounts{0, lag.draws, lag.draws, lag.stopped};
}

void require_options(const PermutationOptions& o) {
  if (o.permutations == 0) throw std::invalid_argument("permutations: at least 1 is needed");
  if (o.stop_at > 0 && (o.tail != Tail::two_sided || o.ties != Ties::full))
    throw std::invalid_argument("permutations: sequential stopping goes with two-sided p and full ties only");
}

void require_black(std::span<const std::uint8_t> black, const SpatialWeights& w) {
  if (black.empty()) return;
  if (black.size() != w.size())
    throw DataError("values_for_other_cells",
                    {{"statistic", "local join count"}, {"values", black.size()}, {"cells", w.size()}});
  if (std::any_of(black.begin(), black.end(), [](std::uint8_t b) { return b > 1; }))
    throw DataError("values_not_black_or_white", {{"statistic", "local join count"}});
}

}  // namespace

double p_value(const TailCounts& c, Tail tail, Ties ties) {
  if (c.draws == 0) return kNaN;
  const auto share = [&](std::uint32_t beyond) {
    if (c.stopped) return static_cast<double>(beyond + c.equal) / c.draws;
    const double tied = ties == Ties::full ? c.equal + 1.0 : 0.5 * (c.equal + 1.0);
    return (beyond + tied) / (c.draws + 1.0);
  };
  if (tail == Tail::greater) return share(c.greater);
  if (tail == Tail::less) return share(c.less());
  return std::min(1.0, 2 * share(std::min(c.greater, c.less())));
}

LocalPermutations permute_local(std::span<const double> values, std::span<const std::uint8_t> black,
                                const SpatialWeights& w, const PermutationOptions& options) {
  require_options(options);
  require_values(values, w, "permutations");
  if (values.size() < 3) throw DataError("too_few_cells", {{"statistic", "permutations"}, {"least", 3}});
  require_black(black, w);
  const std::size_t n = values.size();
  const double mean = moments_of(values).mean;
  const WholeSums whole(values, black, w);
  const WeightedSums weighted(values, black);
  LocalPermutations result;
  for (auto* p : {&result.moran, &result.g, &result.g_star, &result.geary, &result.join_count}) p->assign(n, kNaN);
  result.draws.assign(n, 0);
  constexpr std::size_t kBlock = 256;
  parallel_blocks(n, kBlock, options.threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    OtherSampler sampler(options.seed, n);
    for (std::size_t i = begin; i < end; ++i) {
      if (w.neighbours_of(i).empty()) continue;
      const auto cell = static_cast<std::uint32_t>(i);
      const CellCounts c = equal_weights(w.weights_of(i)) ? permute_cell(whole, cell, w, sampler, options)
                                                          : permute_cell(weighted, cell, w, sampler, options);
      const auto p = [&](const TailCounts& counts) { return p_value(counts, options.tail, options.ties); };
      result.moran[i] = p(moran_counts(c.lag, values[i] - mean));
      result.g[i] = result.g_star[i] = p(c.lag);
      result.geary[i] = p(c.geary);
      if (!black.empty() && black[i] == 1) result.join_count[i] = p(c.black);
      result.draws[i] = std::max({c.lag.draws, c.geary.draws, c.black.draws});
    }
  });
  return result;
}

}  // namespace gridloom
