// SPDX-License-Identifier: Apache-2.0
#include "tiles/picture/tone_scale.h"

#include <algorithm>
#include <cmath>

#include "engine/base/round_numbers.h"

namespace gridloom {
namespace {

constexpr double kFaded = 0.12;  // of the legend: below it amounts fade out
constexpr std::size_t kSteps = 6;

double mean_of(std::span<const double> values, std::uint32_t nx, std::uint32_t ny, std::uint32_t i0, std::uint32_t j0,
               std::uint32_t block) {
  double sum = 0;
  std::size_t n = 0;
  for (std::uint32_t j = j0; j < std::min(j0 + block, ny); ++j)
    for (std::uint32_t i = i0; i < std::min(i0 + block, nx); ++i)
      if (const double v = values[std::size_t{j} * nx + i]; !std::isnan(v)) sum += v, ++n;
  return n ? sum / static_cast<double>(n) : std::nan("");
}

// Factors 1, 2, 5, ... and 1.5, each with its inverse.
std::vector<double> factors(double top) {
  constexpr double kFactors[] = {1, 1.5, 2, 3, 5};
  std::vector<double> out{1};
  for (const double factor : round_series(1, top, kFactors)) {
    out.push_back(factor);
    out.push_back(1 / factor);
  }
  return out;
}

}  // namespace

ToneScale::ToneScale(ScaleKind kind, double highest, std::optional<double> top, bool logarithm)
    : kind_(kind), log_(logarithm), top_(top.value_or(std::isfinite(highest) ? highest : 0)) {
  more_ = highest > top_ * (1 + 1e-9);
  if (kind_ == ScaleKind::ratio)
    top_ = log_ ? std::max(std::abs(top_), 0.1) : std::max(top_, 1.25);
  else if (!(top_ > 0))
    top_ = 1;
}

double ToneScale::share(double value) const {
  if (kind_ == ScaleKind::ratio) {
    const double most = log_ ? top_ : std::log(top_), v = log_ ? value : std::log(std::max(value, 1e-12));
    return std::clamp((v / most + 1) / 2, 0.0, 1.0);
  }
  const double part = std::clamp(value / top_, 0.0, 1.0);
  return log_ ? part : std::sqrt(part);
}

Tone ToneScale::tone_of_share(double share) const {
  if (kind_ == ScaleKind::ratio) return {colour_at(colours_of(Ramp::diverging), share)};
  const double alpha = kind_ == ScaleKind::rate ? 1 : std::clamp(share / kFaded, 0.0, 1.0);
  return {colour_at(colours_of(Ramp::day), share), alpha};
}

Tone ToneScale::tone(double value) const {
  if (std::isnan(value)) return {{}, 0};
  return tone_of_share(share(value));
}

std::vector<double> ToneScale::ticks() const {
  const bool ratio = kind_ == ScaleKind::ratio;
  if (ratio && !log_) return factors(top_);
  return round_multiples(ratio ? -top_ : 0, top_, kSteps);
}

Image image_of(std::span<const double> values, std::uint32_t nx, std::uint32_t ny, const ToneScale& scale,
               std::uint32_t block) {
  Image image;
  image.nx = (nx + block - 1) / block;
  image.ny = (ny + block - 1) / block;
  image.pixels.reserve(std::size_t{image.nx} * image.ny);
  for (std::uint32_t j = 0; j < image.ny; ++j)
    for (std::uint32_t i = 0; i < image.nx; ++i)
      image.pixels.push_back(scale.tone(mean_of(values, nx, ny, i * block, j * block, block)));
  return image;
}

}  // namespace gridloom
