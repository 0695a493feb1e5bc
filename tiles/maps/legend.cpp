// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/legend.h"

#include <algorithm>
#include <sstream>

namespace gridloom {

std::string legend_number(double v) {
  std::ostringstream plain;
  plain.precision(12);
  plain << v;
  std::string text = plain.str();
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t i = point; i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

}  // namespace gridloom
