// SPDX-License-Identifier: Apache-2.0
// The tables `layers` and `columns` of a project file, which tell people what is in the others. Gridloom reads neither.
#pragma once

#include <string_view>

#include "engine/io/project/geopackage.h"
#include "engine/io/project/project_words.h"

namespace gridloom {

// Makes and fills both, and registers them. `schema`: "main", or "temp".
void make_dictionary(Database&, std::string_view schema, const City&, const ProjectWords&);

// What a table, or a column of it, means; empty where the words do not say.
Text meaning_of(const City&, const ProjectWords&, const Table&, const Column* = nullptr);

}  // namespace gridloom
