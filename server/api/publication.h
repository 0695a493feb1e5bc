// SPDX-License-Identifier: Apache-2.0
// The public form of a running server's incidents: what everybody is told where the city has a privacy.k. A state of
// its own, made of published_events alone, so that a question to it cannot reach the exact events.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "engine/io/time_zone.h"
#include "engine/statistics/published_events.h"
#include "server/live/live_events.h"

namespace gridloom {

// Safe to use from any number of threads.
class Publication {
 public:
  using Clock = std::function<std::int64_t()>;  // seconds since 1970, UTC

  // `live` outlives it. Throws DataError for a time zone that the system does not know: a day must have its beginning.
  Publication(std::shared_ptr<const City>, const LiveEvents& live, Clock);

  std::uint64_t k() const { return static_cast<std::uint64_t>(city_->privacy_k); }

  // The incidents of the days that are over in the city, as they were known when this was first asked for on this day:
  // one publication a day, whose epoch is the day. The first call of a day makes it, O(events); others wait.
  std::shared_ptr<const EventState> now() const;
  bool ready() const { return made_of(today()) != nullptr; }  // whether now() answers at once

 private:
  std::int64_t today() const;  // days since 1970 in the city
  std::shared_ptr<const EventState> made_of(std::int64_t day) const;
  std::shared_ptr<const EventState> make(std::int64_t day) const;

  std::shared_ptr<const City> city_;
  const LiveEvents& live_;
  Clock clock_;
  TimeZone zone_;
  mutable std::mutex making_;  // guards places_
  mutable std::optional<GridPlaces> places_;
  mutable std::mutex guard_;  // guards state_
  mutable std::shared_ptr<const EventState> state_;
};

}  // namespace gridloom
