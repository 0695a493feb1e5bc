// SPDX-License-Identifier: Apache-2.0
#include "engine/base/round_numbers.h"

#include <cmath>

namespace gridloom {
namespace {

constexpr double kRound[] = {1, 2, 5};
constexpr double kForgiven = 1e-9;

int exponent_of(double value) { return static_cast<int>(std::floor(std::log10(value))); }

// The double nearest to m * 10^k, as both operands are exact.
double scaled(double m, int k) { return k < 0 ? m / std::pow(10.0, -k) : m * std::pow(10.0, k); }

struct RoundNumber {
  double mantissa;
  int exponent;
};

RoundNumber above(double value) {
  const int k = exponent_of(value);
  for (const double m : kRound)
    if (scaled(m, k) >= value * (1 - kForgiven)) return {m, k};
  return {1, k + 1};
}

}  // namespace

double round_below(double value) {
  const int k = exponent_of(value * (1 + kForgiven));
  double best = scaled(1, k);
  for (const double m : kRound)
    if (scaled(m, k) <= value * (1 + kForgiven)) best = scaled(m, k);
  return best;
}

double round_above(double value) {
  const RoundNumber round = above(value);
  return scaled(round.mantissa, round.exponent);
}

std::vector<double> round_series(double low, double high) { return round_series(low, high, kRound); }

std::vector<double> round_series(double low, double high, std::span<const double> mantissas) {
  std::vector<double> out;
  for (int k = exponent_of(low); scaled(1, k) <= high; ++k)
    for (const double m : mantissas)
      if (const double v = scaled(m, k); v > low && v <= high) out.push_back(v);
  return out;
}

std::vector<double> round_multiples(double low, double high, std::size_t steps) {
  const RoundNumber step = above((high - low) / static_cast<double>(steps));
  const double width = scaled(step.mantissa, step.exponent);
  std::vector<double> out;
  const double first = std::ceil(low / width - kForgiven) + 0.0;  // a nought without a sign
  for (double i = first; i <= high / width + kForgiven; ++i) out.push_back(scaled(i * step.mantissa, step.exponent));
  return out;
}

}  // namespace gridloom
