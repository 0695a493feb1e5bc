// SPDX-License-Identifier: Apache-2.0
// The step from format 2 to 3. Private to migrations.
#pragma once

#include <string_view>

#include "engine/io/project/project_words.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {

// In the file itself other software finds times as DATE and DATETIME beside their texts, decisions get the ground of
// their grid, and clients what they look for: indexes, the columns `colour` (empty until the city is fused again),
// `gpkg_data_columns`. Readers of the earlier format miss none of it.
void times_as_dates(Database&, std::string_view schema, const ProjectWords&);

}  // namespace gridloom
