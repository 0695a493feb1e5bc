// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace gridloom::cli {

// Where files that belong to the program are, the first folder that exists of: `in_source` above the running binary's
// folder (a build tree inside the sources), `installed` under its ../share/gridloom, `in_source` in the current folder.
// Empty: none.
std::filesystem::path resource_folder(const std::filesystem::path& in_source, const std::filesystem::path& installed);

}  // namespace gridloom::cli
