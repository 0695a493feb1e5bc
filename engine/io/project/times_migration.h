// SPDX-License-Identifier: Apache-2.0
// The step from format 2 to 3. Private to migrations.
#pragma once

#include <string_view>

#include "engine/io/project/project_words.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {

// Times were texts, of days or of moments: they become a DATE and, where the clock is known, a DATETIME
// (stored_time.h). In the file itself decisions also get the ground of their grid, and clients what they look for:
// indexes, the columns `colour` (empty until the city is fused again), `gpkg_data_columns`.
void times_as_dates(Database&, std::string_view schema, const ProjectWords&);

}  // namespace gridloom
