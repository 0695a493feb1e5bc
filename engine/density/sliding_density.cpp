// SPDX-License-Identifier: Apache-2.0
#include "engine/density/sliding_density.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "engine/density/density_frame.h"

namespace gridloom {
namespace {

using std::int64_t;

constexpr double kOne = 4503599627370496.0;  // 2^52

double power(double v, int degree) {
  double value = 1;
  for (int k = 0; k < degree; ++k) value *= v;
  return value;
}

}  // namespace

SlidingDensity::SlidingDensity(const RasterGrid& grid, const KernelOptions& options)
    : grid_(grid), kernel_(options.kernel), radius_(density::frame_of(grid, options).radius), sums_(grid.size()) {
  const double km = static_cast<double>(radius_) / 2e6;
  const double factor = kernel_ == Kernel::gaussian ? 0.5 : 1.0 + static_cast<int>(kernel_);
  unit_ = factor / (std::numbers::pi * km * km) / kOne;
}

void SlidingDensity::add(Point p, double weight) {
  if (!(weight >= 0 && weight <= kMostWeight)) throw std::invalid_argument("weights must be between 0 and 1024");
  stamp(p, weight, 1);
  ++events_;
}

void SlidingDensity::remove(Point p, double weight) {
  if (events_ == 0) throw std::invalid_argument("there is no event to remove");
  stamp(p, weight, -1);
  --events_;
}

void SlidingDensity::stamp(Point p, double weight, int sign) {
  const density::Frame frame{2 * grid_.x0_mm, 2 * grid_.y0_mm, grid_.cell_mm, radius_, grid_.nx, grid_.ny};
  const bool gaussian = kernel_ == Kernel::gaussian;
  const auto reach = gaussian ? static_cast<int64_t>(kExactReach * static_cast<double>(radius_)) : radius_;
  const int64_t x = 2 * int64_t{p.x}, southward = frame.north - frame.cell - 2 * int64_t{p.y};
  const int64_t first_row = std::max<int64_t>(0, density::ceil_div(southward - reach, 2 * frame.cell));
  const int64_t last_row = std::min(frame.ny - 1, density::floor_div(southward + reach, 2 * frame.cell));
  const double square = static_cast<double>(radius_) * static_cast<double>(radius_);
  for (int64_t j = first_row; j <= last_row; ++j) {
    const int64_t dy = 2 * frame.cell * j - southward;
    const int64_t half = gaussian ? reach : density::floor_sqrt(radius_ * radius_ - dy * dy);
    for (int64_t i = frame.first_column(x - half); i <= frame.last_column(x + half); ++i) {
      const double dx = static_cast<double>(frame.x_of(i) - x),
                   u2 = (dx * dx + static_cast<double>(dy) * static_cast<double>(dy)) / square;
      const double share = gaussian ? std::exp(-0.5 * u2) : power(std::max(0.0, 1 - u2), static_cast<int>(kernel_));
      sums_[static_cast<std::size_t>(j * frame.nx + i)] += sign * static_cast<int64_t>(share * weight * kOne + 0.5);
    }
  }
}

double SlidingDensity::at(std::uint32_t column, std::uint32_t row) const {
  return static_cast<double>(sums_[std::size_t{row} * grid_.nx + column]) * unit_;
}

std::vector<double> SlidingDensity::surface() const {
  std::vector<double> out;
  out.reserve(sums_.size());
  for (Int128 sum : sums_) out.push_back(static_cast<double>(sum) * unit_);
  return out;
}

DensityWindow::DensityWindow(const RasterGrid& grid, const KernelOptions& options, int64_t length)
    : density_(grid, options), length_(length), now_(std::numeric_limits<int64_t>::min() / 2) {
  if (length <= 0) throw std::invalid_argument("the window's length must be positive");
}

void DensityWindow::add(int64_t time, Point p, double weight) {
  if (time <= now_ - length_) return;
  density_.add(p, weight);
  oldest_.push({time, p, weight});
}

void DensityWindow::advance(int64_t now) {
  now_ = std::max(now_, now);
  while (!oldest_.empty() && oldest_.top().time <= now_ - length_) {
    density_.remove(oldest_.top().at, oldest_.top().weight);
    oldest_.pop();
  }
}

}  // namespace gridloom
