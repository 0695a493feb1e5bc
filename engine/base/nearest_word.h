// SPDX-License-Identifier: Apache-2.0
// What was probably meant by a word that nobody knows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gridloom {

// The known word with the smallest edit distance, if it is near enough to be what was meant.
std::optional<std::string> nearest_word(std::string_view word, const std::vector<std::string>& known);

}  // namespace gridloom
