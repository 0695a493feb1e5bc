// SPDX-License-Identifier: Apache-2.0
#include "engine/density/kernel_mass.h"

#include <algorithm>
#include <boost/math/special_functions/owens_t.hpp>
#include <cmath>
#include <numbers>

namespace gridloom {
namespace {

// An edge on its line: h to the left of it lies the place, t runs along it from the foot of the perpendicular; in
// bandwidths.
struct Stretch {
  double h, from, to;
};

double angle(double h, double from, double to) { return std::atan2(h * (to - from), h * h + from * to); }

// Integral of (a - t²)^power dt from 0 to t.
double power_integral(double a, int power, double t) {
  const double t3 = t * t * t, t5 = t3 * t * t;
  switch (power) {
    case 0:
      return t;
    case 1:
      return a * t - t3 / 3;
    case 2:
      return a * a * t - 2 * a * t3 / 3 + t5 / 5;
    default:
      return a * a * a * t - a * a * t3 + 3 * a * t5 / 5 - t5 * t * t / 7;
  }
}

// (1 - (1 - s)^m)/s with s = h² + t² is the sum of the powers 0 .. m - 1 of 1 - s: no singularity on the edge itself.
double polynomial_sweep(const Stretch& e, int degree) {
  const double a = 1 - e.h * e.h;
  if (a <= 0) return angle(e.h, e.from, e.to);
  const double half = std::sqrt(a);
  const double from = std::clamp(e.from, -half, half), to = std::clamp(e.to, -half, half);
  double inside = 0;
  for (int power = 0; power <= degree; ++power) inside += power_integral(a, power, to) - power_integral(a, power, from);
  return e.h * inside + angle(e.h, e.from, from) + angle(e.h, to, e.to);
}

double gaussian_sweep(const Stretch& e) {
  if (e.h == 0) return 0;
  const auto owen = [&](double t) { return boost::math::owens_t(e.h, t / e.h); };
  return angle(e.h, e.from, e.to) - 2 * std::numbers::pi * (owen(e.to) - owen(e.from));
}

}  // namespace

double exact_kernel_mass(std::span<const LimitEdge> limit, double x_mm, double y_mm, Kernel kernel,
                         double bandwidth_m) {
  const double b = bandwidth_m * 1000;
  double sum = 0;
  for (const auto& [from, to] : limit) {
    const double ax = (from.x - x_mm) / b, ay = (from.y - y_mm) / b, bx = (to.x - x_mm) / b, by = (to.y - y_mm) / b;
    const double length = std::hypot(bx - ax, by - ay);
    if (length == 0) continue;
    const double ux = (bx - ax) / length, uy = (by - ay) / length;
    const Stretch e{ax * uy - ay * ux, ax * ux + ay * uy, bx * ux + by * uy};
    sum += kernel == Kernel::gaussian ? gaussian_sweep(e) : polynomial_sweep(e, static_cast<int>(kernel));
  }
  return std::clamp(sum / (2 * std::numbers::pi), 0.0, 1.0);
}

}  // namespace gridloom
