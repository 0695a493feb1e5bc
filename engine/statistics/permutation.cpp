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

// When a statistic is done: `stop_at` draws in the tail, or in both; ties count in full or half. 0: never.
struct Stop {
  Tail tail = Tail::two_sided;
  Ties ties = Ties::full;
  std::uint32_t stop_at = 0;

  bool done(const TailCounts& c) const {
    const std::uint64_t beyond = tail == Tail::greater ? c.greater
                                 : tail == Tail::less  ? c.less()
                                                       : std::min(c.greater, c.less());
    return 2 * beyond + (ties == Ties::full ? 2 : 1) * std::uint64_t{c.equal} >= 2 * std::uint64_t{stop_at};
  }
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

// Only until it is done.
template <class Number>
void count_some(TailCounts& c, const Number* drawn, std::size_t n, Number observed, Number slack, const Stop& stop) {
  for (std::size_t s = 0; s < n && !c.stopped; ++s) {
    ++c.draws;
    c.greater += static_cast<std::uint32_t>(is_greater(drawn[s], observed, slack));
    c.equal += static_cast<std::uint32_t>(is_equal(drawn[s], observed, slack));
    c.stopped = stop.done(c);
  }
}

template <class Number>
void count_tails(TailCounts& c, const Number* drawn, std::size_t n, Number observed, Number slack, const Stop& stop) {
  if (stop.stop_at > 0)
    count_some(c, drawn, n, observed, slack, stop);
  else
    count_all(c, drawn, n, observed, slack);
}

// Rows of equal weights: sums of words, exact.
class WholeSums {
 public:
  template <std::size_t N>
  using Sums = SumsOf<std::int32_t, std::int64_t, N>;

  WholeSums(std::span<const double> values, std::span<const std::uint8_t> black, const SpatialWeights& w)
      : words_(whole_steps(values, kValueBits - static_cast<int>(std::bit_width(longest_row(w) + 1)))) {
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
      case 9:
        return sums<9, kBatch>(cell, drawn, k, out);
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

// `lag`: the tail that the neighbours' sum is wanted in.
template <class Summing>
CellCounts permute_cell(const Summing& summing, std::uint32_t cell, const SpatialWeights& w, OtherSampler& sampler,
                        const PermutationOptions& options, Tail lag) {
  const Stop stop{options.tail, options.ties, options.stop_at}, stop_lag{lag, options.ties, options.stop_at};
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
    count_tails(c.lag, drawn.lag, n, observed.lag[0], slack.lag[0], stop_lag);
    count_tails(c.geary, drawn.geary, n, observed.geary[0], slack.geary[0], stop);
    count_tails(c.black, drawn.black, n, observed.black[0], slack.black[0], stop);
    if (c.lag.stopped && c.geary.stopped && c.black.stopped) break;
    left -= static_cast<std::uint32_t>(n);
  }
  return c;
}

// The cell and its neighbours, and what they weigh.
struct Star {
  std::vector<std::uint32_t> cells;
  std::vector<double> weights;

  void set(const SpatialWeights& w, std::uint32_t cell) {
    const auto row = w.neighbours_of(cell);
    const auto weight = w.weights_of(cell);
    cells.assign(row.begin(), row.end());
    weights.assign(weight.begin(), weight.end());
    cells.push_back(cell);
    weights.push_back(w.self[cell]);
  }
};

template <class Summing>
TailCounts permute_star(const Summing& summing, std::uint32_t cell, const Star& star, OtherSampler& sampler,
                        const PermutationOptions& options) {
  const Stop stop{options.tail, options.ties, options.stop_at};
  const auto observed = summing.of(cell, star.cells, star.weights);
  const auto slack = summing.slack(star.weights);
  typename Summing::template Sums<kBatch> drawn;
  TailCounts c;
  sampler.start_among_all(cell, star.cells.size());
  for (std::uint32_t left = options.permutations; left > 0 && !c.stopped;) {
    const std::size_t n = std::min<std::size_t>(kBatch, left);
    summing.of_batch(cell, sampler.next().data(), star.cells.size(), star.weights, drawn);
    count_tails(c, drawn.lag, n, observed.lag[0], slack.lag[0], stop);
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
}

void require_black(std::span<const std::uint8_t> black, const SpatialWeights& w) {
  if (black.empty()) return;
  if (black.size() != w.size())
    throw DataError("values_for_other_cells",
                    {{"statistic", "local join count"}, {"values", black.size()}, {"cells", w.size()}});
  if (std::any_of(black.begin(), black.end(), [](std::uint8_t b) { return b > 1; }))
    throw DataError("values_not_black_or_white", {{"statistic", "local join count"}});
}

// One cell after the other; what is done is put into the result.
class Permuter {
 public:
  Permuter(std::span<const double> values, std::span<const std::uint8_t> black, const SpatialWeights& w,
           const PermutationOptions& options)
      : values_(values),
        black_(black),
        w_(w),
        options_(options),
        mean_(moments_of(values).mean),
        whole_(values, black, w),
        weighted_(values, black) {}

  void given_cell(std::uint32_t cell, OtherSampler& sampler, LocalPermutations& result) const {
    const double deviation = values_[cell] - mean_;
    // Where Moran's tail is the other one of the neighbours' sum, both are wanted.
    const Tail lag = deviation < 0 ? Tail::two_sided : options_.tail;
    const CellCounts c = equal_weights(w_.weights_of(cell)) ? permute_cell(whole_, cell, w_, sampler, options_, lag)
                                                            : permute_cell(weighted_, cell, w_, sampler, options_, lag);
    result.moran[cell] = p(moran_counts(c.lag, deviation));
    result.g[cell] = p(c.lag);
    result.geary[cell] = p(c.geary);
    if (!black_.empty() && black_[cell] == 1) result.join_count[cell] = p(c.black);
    result.draws[cell] = std::max({c.lag.draws, c.geary.draws, c.black.draws});
  }

  void with_cell(std::uint32_t cell, Star& star, OtherSampler& sampler, LocalPermutations& result) const {
    star.set(w_, cell);
    const TailCounts c = equal_weights(star.weights) ? permute_star(whole_, cell, star, sampler, options_)
                                                     : permute_star(weighted_, cell, star, sampler, options_);
    result.g_star[cell] = p(c);
    result.draws[cell] = std::max(result.draws[cell], c.draws);
  }

 private:
  double p(const TailCounts& counts) const { return p_value(counts, options_.tail, options_.ties); }

  std::span<const double> values_;
  std::span<const std::uint8_t> black_;
  const SpatialWeights& w_;
  const PermutationOptions& options_;
  double mean_;
  WholeSums whole_;
  WeightedSums weighted_;
};

}  // namespace

double p_value(const TailCounts& c, Tail tail, Ties ties) {
  if (c.draws == 0) return kNaN;
  const auto share = [&](std::uint32_t beyond) {
    if (c.stopped) return (beyond + (ties == Ties::full ? 1.0 : 0.5) * c.equal) / c.draws;
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
  const Permuter permuter(values, black, w, options);
  LocalPermutations result;
  if (options.given_cell)
    for (auto* p : {&result.moran, &result.g, &result.geary, &result.join_count}) p->assign(n, kNaN);
  if (options.with_cell) result.g_star.assign(n, kNaN);
  result.draws.assign(n, 0);
  constexpr std::size_t kBlock = 256;
  parallel_blocks(n, kBlock, options.threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    OtherSampler sampler(options.seed, n);
    Star star;
    for (std::size_t i = begin; i < end; ++i) {
      if (w.neighbours_of(i).empty()) continue;
      const auto cell = static_cast<std::uint32_t>(i);
      if (options.given_cell) permuter.given_cell(cell, sampler, result);
      if (options.with_cell) permuter.with_cell(cell, star, sampler, result);
    }
  });
  return result;
}

}  // namespace gridloom
