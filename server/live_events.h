// SPDX-License-Identifier: Apache-2.0
// The events that a running server answers from: a state that is replaced as a whole when events arrive, here or by
// another process in the project file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "engine/fusion/city.h"
#include "engine/incidents/counts.h"
#include "engine/incidents/event_store.h"
#include "engine/io/event_log.h"
#include "tiles/heat_scale.h"
#include "tiles/heat_surface.h"
#include "tiles/tile_service.h"

namespace gridloom {

struct EventState {
  GridIncidents grids;  // its epoch is of events alone: what does not show events keeps its own
  HeatSurface heat;     // with the store
  HeatScale scale;      // the same until another is chosen for the project
  std::uint64_t epoch() const { return grids.epoch; }
  const EventStore& store() const { return heat.store(); }
};

// Safe to use from any number of threads.
class LiveEvents {
 public:
  using OnError = std::function<void(std::string_view)>;

  // `opened`: the city's events; what others append to the log behind `read`, and a scale that is chosen, are in every
  // answer about a second later. Without `read` nothing can be appended. `on_error` is told of a log that cannot be
  // followed, once; may be empty. O(events).
  LiveEvents(std::shared_ptr<const City>, EventStore opened, std::optional<LogPosition> read, OnError on_error);
  ~LiveEvents();

  std::shared_ptr<const EventState> now() const;
  bool can_append() const { return read_.has_value(); }

  struct Appended {
    std::size_t added = 0;
    std::size_t updated = 0;
    std::uint64_t epoch = 0;
  };
  // On the disk when this returns, and in every answer from then on. One batch after the other. Throws ProjectReplaced
  // where the project file is no longer the one that was opened, DataError where it cannot take the batch; then nothing
  // has changed.
  Appended append(const EventTable& batch, std::span<const FaceId> face_of_event);

 private:
  EventStore after(const EventTable& batch, std::span<const FaceId> face_of_event) const;
  void show(EventStore);
  void show(HeatScale);
  void replace(EventState);
  Database& reading();
  void read_others(std::int64_t before);
  void read_scale();
  void follow();
  void undo_half() const;
  void watch(const std::stop_token&);

  std::shared_ptr<const City> city_;
  OnError on_error_;
  std::mutex changing_;                // of all below but state_
  std::optional<LogPosition> read_;    // in the state
  std::unique_ptr<Database> reading_;  // opened when first needed, as is ...
  std::unique_ptr<EventLog> log_;
  std::string fault_;         // why the last turn could not follow, and ...
  bool told_ = false;         // ... whether on_error_ knows
  mutable std::mutex guard_;  // of state_ alone
  std::shared_ptr<const EventState> state_;
  std::jthread watcher_;  // the last: it ends before the rest goes
};

}  // namespace gridloom
