// SPDX-License-Identifier: Apache-2.0
// Counts of incidents as tables to hand out.
#pragma once

#include <string>

#include "engine/statistics/incident_counts.h"

namespace gridloom {

// A header and a row for each combination: the columns asked for, then "count". Outside the city, and without a period
// where a clock or a time is missing, the cell is empty.
std::string counts_csv(const IncidentCounts&);
// The same as a JSON array of objects: texts, and `count` a number.
std::string counts_json(const IncidentCounts&);

}  // namespace gridloom
