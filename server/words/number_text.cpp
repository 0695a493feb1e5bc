// SPDX-License-Identifier: Apache-2.0
#include "server/words/number_text.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace gridloom {

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

std::string whole_text(double value) { return std::to_string(std::llround(value)); }

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

}  // namespace gridloom
