// SPDX-License-Identifier: Apache-2.0
// From the values of a surface to colours, and back to a legend.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tiles/picture/drawing.h"

namespace gridloom {

// What the values are: amounts fade out towards 0, rates do not; ratios differ from 1, or their logarithms from 0.
enum class ScaleKind { amount, rate, ratio };

// Amounts and rates by their square root, ratios by their logarithm; logarithms as they are.
class ToneScale {
 public:
  // `highest` of the values; `top`: the value with the strongest colour, unless told otherwise the highest.
  ToneScale(ScaleKind, double highest, std::optional<double> top = {}, bool logarithm = false);

  double share(double value) const;        // where it lies on the legend, 0 to 1
  Tone tone_of_share(double share) const;  // there
  Tone tone(double value) const;           // clear where the value is not a number
  std::vector<double> ticks() const;       // round values for the legend
  double top() const { return top_; }
  bool more() const { return more_; }  // whether there are values above the top

 private:
  ScaleKind kind_;
  bool log_;
  double top_;
  bool more_;
};

// A raster of values in colours, its place still to be given. Every block of so many pixels a side becomes one with the
// mean of its values.
Image image_of(std::span<const double> values, std::uint32_t nx, std::uint32_t ny, const ToneScale&,
               std::uint32_t block);

}  // namespace gridloom
