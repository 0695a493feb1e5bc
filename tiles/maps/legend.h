// SPDX-License-Identifier: Apache-2.0
// What the colours of a map mean.
#pragma once

#include <string>

#include "engine/base/text.h"

namespace gridloom {

struct LegendEntry {
  std::string colour;  // "#rrggbb"
  Text label;
};

// "20,000", "0.5"
std::string legend_number(double);

}  // namespace gridloom
