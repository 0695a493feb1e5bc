// SPDX-License-Identifier: Apache-2.0
// Whether a project file's pages fit together, as SQLite sees it: a disk or a copy that went wrong shows here. What the
// content says is for verify() to judge.
#pragma once

#include <filesystem>
#include <vector>

#include "engine/base/errors.h"

namespace gridloom {

// At most some twenty reasons that name the file, in SQLite's words; none for a sound file, and for what is no database
// at all (that is read_project's to tell). Reads the whole file: 0.2 s for the 132 MB of New York.
std::vector<Reason> damage_of(const std::filesystem::path& project);

// Throws DataError with the first of them and what to do.
void require_sound(const std::filesystem::path& project);

}  // namespace gridloom
