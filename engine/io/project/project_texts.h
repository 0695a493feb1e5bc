// SPDX-License-Identifier: Apache-2.0
// The texts of a project file, all of which are UTF-8.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/arrangement/verify.h"

namespace gridloom {

// One fault of the kind "text" for every column with texts that are not UTF-8: table, column, how many, and the first.
// Throws DataError where the file cannot be read. O(texts).
std::vector<Fault> verify_texts(const std::filesystem::path& project);

}  // namespace gridloom
