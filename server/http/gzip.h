// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace gridloom {

// The bytes in gzip format (RFC 1952), without a time stamp: equal bytes give equal files. Level 6. O(bytes).
// Throws std::runtime_error where zlib has no memory.
std::string gzip(std::string_view bytes);

}  // namespace gridloom
