// SPDX-License-Identifier: Apache-2.0
// Whether a project file's pages fit together, as SQLite sees it: a disk or a copy that went wrong shows here. What the
// content says is for verify() to judge.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gridloom {

// Sentences that name the file, at most some twenty; none for a sound file, and for what is no database at all (that is
// read_project's to tell). Reads the whole file: 0.2 s for the 132 MB of New York.
std::vector<std::string> damage_of(const std::filesystem::path& project);

// Throws DataError with the first of them and what to do.
void require_sound(const std::filesystem::path& project);

}  // namespace gridloom
