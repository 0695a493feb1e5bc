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

}  // namespace gridloom
