// SPDX-License-Identifier: Apache-2.0
// What people chose for a project after it was fused: kept in gridloom_meta under keys that begin with "setting_", and
// kept when the city is fused again with --update.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/io/project/project_words.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {

using ProjectSettings = std::map<std::string, std::string>;  // by the key without its beginning

// Of an open project file; empty where it has none. Throws DataError.
ProjectSettings read_settings(Database&);
ProjectSettings read_settings(const std::filesystem::path& project);

// Writes these beside those that are there, at once or not at all, and makes an older file one of today, with these
// words. Throws DataError.
void write_settings(const std::filesystem::path& project, const ProjectSettings&, const ProjectWords& = {});

}  // namespace gridloom
