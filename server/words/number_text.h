// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace gridloom {

std::string with_commas(std::uint64_t);         // 8,175,133
std::string fixed(double value, int decimals);  // 12.30
std::string whole_text(double);                 // 8175133

}  // namespace gridloom
