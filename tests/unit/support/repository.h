// SPDX-License-Identifier: Apache-2.0
// Where the sources lie: styles, sample cities, data of tests.
#pragma once

#include <filesystem>

namespace gridloom {

std::filesystem::path repository();

}  // namespace gridloom
