// SPDX-License-Identifier: Apache-2.0
// The events that a running server answers from: a state that is replaced as a whole when events arrive, here or by
// another process in the project file.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/text.h"
#include "engine/city/city.h"
#include "engine/events/event_store.h"
#include "engine/io/project/event_log.h"
#include "engine/zoning/counts.h"
#include "tiles/heat/heat_scale.h"
#include "tiles/heat/heat_surface.h"
#include "tiles/maps/map_request.h"

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
  using OnError = std::function<void(const Text&)>;

  // `opened`: the city's events; what others append to the log behind `read`, and a scale that is chosen, are in every
  // answer about a second later. Without `read`, or with `read_only`, nothing can be appended. What is appended, here
  // or by others, is folded into the project (event_fold.h) whenever that is free, and when this ends, unless
  // `read_only`. `on_error` is told of a log that cannot be followed, or not folded, once; may be empty. O(events).
  LiveEvents(std::shared_ptr<const City>, EventStore opened, std::optional<LogPosition> read, bool read_only,
             OnError on_error);
  ~LiveEvents();

  std::shared_ptr<const EventState> now() const;
  bool can_append() const { return read_.has_value() && !read_only_; }
  // Why incidents cannot be taken, as far as the last look at the files told: replaced, damaged, not to be written.
  enum class Trouble { none, replaced, damaged, not_writable };
  Trouble trouble() const { return trouble_; }

  struct Appended {
    std::size_t added = 0;
    std::size_t updated = 0;
    std::uint64_t epoch = 0;
    std::optional<Reason> refusal{};  // why this batch, and it alone, was not taken
  };
  // Batches one after the other, written together: on the disk when this returns, and in every answer from then on.
  // Throws ProjectReplaced where the project file is no longer the one that was opened, Unsettled, DataError where the
  // log cannot take them; then nothing has changed.
  std::vector<Appended> append(std::span<const EventBatch> batches);

 private:
  static EventStore after(EventStore, std::span<const EventBatch> batches, std::vector<Appended>&,
                          std::vector<EventBatch>* taken);
  void write(std::span<const EventBatch> taken, EventStore);
  void show(EventStore);
  void show(HeatScale);
  void replace(EventState);
  void read_others(Database& project, std::int64_t before);
  Trouble look();
  std::optional<Text> follow();
  void turn();
  void tell(std::optional<Text> fault);
  void undo_half() const;
  void watch(const std::stop_token&);

  std::shared_ptr<const City> city_;
  bool read_only_;
  OnError on_error_;
  std::atomic<Trouble> trouble_{Trouble::none};
  std::mutex changing_;              // of all below but state_
  std::optional<LogPosition> read_;  // in the state
  std::unique_ptr<EventLog> log_;    // opened when first needed
  mutable std::mutex guard_;         // of state_ alone
  std::shared_ptr<const EventState> state_;
  // Of the watcher alone:
  std::unique_ptr<Database> reading_;  // opened when first needed
  std::optional<Text> fault_;          // why the last turn could not follow, and ...
  bool told_ = false;                  // ... whether on_error_ knows
  FileStamp seen_;                     // the project as it was last found sound
  std::jthread watcher_;               // the last: it ends before the rest goes
};

}  // namespace gridloom
