// SPDX-License-Identifier: Apache-2.0
// The step from format 1 to 2. Private to migrations.
#pragma once

#include <string_view>

#include "engine/io/project/project_words.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {

// Conflicts had one text of ids, "12,13>12", and one note, "English / 中文": they become lists and two notes, which are
// all that is known of their causes. Measures had their parameters in their names, "contradiction:police": these become
// columns. `layers` and `columns` are made.
void facts_instead_of_texts(Database&, std::string_view schema, const ProjectWords&);

}  // namespace gridloom
