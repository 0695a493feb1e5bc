// SPDX-License-Identifier: Apache-2.0
// From moments in UTC to a city's wall clock.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>

namespace gridloom {

// A zone of the IANA database as the system has it, with its rules for all time to come.
class TimeZone {
 public:
  // Throws DataError for a name the system's database does not have. "UTC" and the empty name need no database.
  explicit TimeZone(const std::string& name);

  // Seconds since 1970 UTC to LocalTime::seconds. An hour that the clock shows twice maps to one local hour: what the
  // people of the city saw.
  std::int64_t local(std::int64_t utc) const;

 private:
  absl::TimeZone zone_;
};

}  // namespace gridloom
