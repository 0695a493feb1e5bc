// SPDX-License-Identifier: Apache-2.0
// Moments as a project's tables store them: a DATE, and beside it a DATETIME where the clock is known, so that a day
// alone never looks like midnight. Both tell the city's wall clock. GeoPackage (OGC 12-128r17, table 1) wants a Z
// behind every DATETIME; it is the form that other software reads as it stands, and says nothing of a zone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/events/event.h"

namespace gridloom {

struct StoredTime {
  std::string on;  // 2025-03-01; empty: unknown
  std::string at;  // 2025-03-01T13:45:10.000Z; empty: no clock
};

StoredTime stored_time(LocalTime);

// What `stored_time` writes, and what other software leaves there: a DATETIME with or without its Z and fractions of a
// second (which are dropped), or one beside no or another DATE, which it overrules. Both empty: unknown. Nothing for
// other texts.
std::optional<LocalTime> time_stored(std::string_view on, std::string_view at);

}  // namespace gridloom
