// SPDX-License-Identifier: Apache-2.0
// The events that a running server answers from: a state that is replaced as a whole when events arrive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "engine/fusion/city.h"
#include "engine/incidents/counts.h"
#include "engine/incidents/event_store.h"
#include "engine/io/event_log.h"
#include "tiles/heat_scale.h"
#include "tiles/heat_surface.h"

namespace gridloom {

struct EventState {
  std::uint64_t epoch = 1;  // of events alone: what does not show events keeps its own
  HeatSurface heat;         // with the store
  EventCounts counts;       // per grid
  const EventStore& store() const { return heat.store(); }
};

// Safe to use from any number of threads.
class LiveEvents {
 public:
  // `project` is where appended events are kept; empty: nothing can be appended. O(events).
  LiveEvents(std::shared_ptr<const City>, std::filesystem::path project);

  std::shared_ptr<const EventState> now() const;
  // Pinned when the server starts, from the density of its densest grid over all time.
  const HeatScale& scale() const { return scale_; }
  bool can_append() const { return !project_.empty(); }

  struct Appended {
    std::size_t added = 0;
    std::size_t updated = 0;
    std::uint64_t epoch = 0;
  };
  // On the disk when this returns, and in every answer from then on. One batch after the other. Throws DataError where
  // the project file cannot take it; then nothing has changed.
  Appended append(const EventTable& batch, std::span<const FaceId> face_of_event);

 private:
  std::shared_ptr<const City> city_;
  std::filesystem::path project_;
  HeatScale scale_;
  std::mutex appending_;
  std::unique_ptr<EventLog> log_;  // opened by the first append
  mutable std::mutex guard_;       // of state_ alone
  std::shared_ptr<const EventState> state_;
};

}  // namespace gridloom
