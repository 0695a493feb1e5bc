// SPDX-License-Identifier: Apache-2.0
#include "server/live_events.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <stop_token>
#include <utility>

#include "server/pinned_scale.h"

namespace gridloom {
namespace {

constexpr std::chrono::milliseconds kWatch{500};

std::vector<std::uint64_t> count_by_grid(const City& city, const EventStore& store) {
  std::vector<std::uint64_t> counts(city.grids.size(), 0);
  for (const EventStore::Part& part : store.parts())
    for (std::size_t row = 0; row < part.chunk->size(); ++row) {
      if (!part.living(row)) continue;
      const FaceId face = part.chunk->face[row];
      const Label grid = face == kOutside ? kGap : city.grid_of_face[face];
      if (grid != kGap) ++counts[static_cast<std::size_t>(grid)];
    }
  return counts;
}

ProjectSettings settings_of(const std::optional<LogPosition>& project) {
  return project ? read_settings(project->project) : ProjectSettings{};
}

}  // namespace

LiveEvents::LiveEvents(std::shared_ptr<const City> city, EventStore opened, std::optional<LogPosition> read,
                       OnError on_error)
    : city_(std::move(city)), on_error_(std::move(on_error)), read_(std::move(read)) {
  GridIncidents grids{1, count_by_grid(*city_, opened)};
  const HeatScale scale = pinned_scale(settings_of(read_), *city_, grids.of_grid);
  state_ = std::make_shared<const EventState>(
      EventState{std::move(grids), HeatSurface(std::move(opened), city_->arrangement.lattice), scale});
  if (read_) watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

LiveEvents::~LiveEvents() = default;

std::shared_ptr<const EventState> LiveEvents::now() const {
  const std::lock_guard lock(guard_);
  return state_;
}

LiveEvents::Appended LiveEvents::append(const EventTable& batch, std::span<const FaceId> face_of_event) {
  const std::lock_guard one_at_a_time(changing_);
  EventStore store = after(batch, face_of_event);  // throws before anything is written
  if (!log_) log_ = std::make_unique<EventLog>(read_->project, read_->file);
  const std::int64_t first = log_->append(batch, face_of_event);
  if (first > read_->seq + 1) {
    read_others(first);
    store = after(batch, face_of_event);
  }
  read_->seq = first + static_cast<std::int64_t>(batch.size()) - 1;
  const std::size_t added = store.size() - now()->store().size();
  show(std::move(store));
  return {added, batch.size() - added, now()->epoch()};
}

EventStore LiveEvents::after(const EventTable& batch, std::span<const FaceId> face_of_event) const {
  return now()->store().appended(batch, face_of_event);
}

void LiveEvents::show(EventStore store) {
  const auto before = now();
  GridIncidents grids{before->epoch() + 1, count_by_grid(*city_, store)};
  replace({std::move(grids), HeatSurface(std::move(store), city_->arrangement.lattice, &before->heat), before->scale});
}

void LiveEvents::show(HeatScale scale) {
  EventState next = *now();
  ++next.grids.epoch;
  next.scale = scale;
  replace(std::move(next));
}

void LiveEvents::replace(EventState state) {
  auto next = std::make_shared<const EventState>(std::move(state));
  const std::lock_guard lock(guard_);
  state_ = std::move(next);
}

Database& LiveEvents::reading() {
  if (!reading_) {
    reading_ = std::make_unique<Database>(read_->project, Database::Mode::read);
    reading_->exec("PRAGMA busy_timeout = 1000");
  }
  return *reading_;
}

// Records of other processes that the state does not have.
void LiveEvents::read_others(std::int64_t before) {
  if (last_event_seq(reading()) <= read_->seq) return;
  EventTable batch;
  std::vector<FaceId> faces;
  const std::int64_t last = read_event_log(reading(), city_->arrangement.face_count, batch, faces, read_->seq, before);
  if (batch.size() > 0) show(after(batch, faces));
  read_->seq = last;
}

void LiveEvents::read_scale() {
  const auto chosen = chosen_scale(read_settings(reading()));
  if (chosen && *chosen != now()->scale) show(*chosen);
}

void LiveEvents::follow() {
  const std::lock_guard one_at_a_time(changing_);
  std::string fault;
  try {
    if (identity_of(read_->project) != read_->file)
      fault =
          read_->project.string() +
          ": another file stands there now; this server goes on with the one that it opened and takes no incidents. "
          "Start it again";
    else {
      read_others(INT64_MAX);
      read_scale();
    }
  } catch (const std::exception& error) {
    fault = error.what();
    reading_.reset();
    undo_half();
  }
  // What is gone at the next turn, a busy moment, is nobody's concern.
  if (!fault.empty() && fault == fault_ && !std::exchange(told_, true) && on_error_) on_error_(fault);
  if (fault != fault_) told_ = false;
  fault_ = std::move(fault);
}

// A reader cannot go past what a writer left when it was killed in the middle.
void LiveEvents::undo_half() const {
  try {
    recover_project(read_->project);
  } catch (const DataError&) {
    // follow() has an error to tell.
  }
}

void LiveEvents::watch(const std::stop_token& stop) {
  std::mutex sleeping;
  std::condition_variable_any alarm;
  std::unique_lock lock(sleeping);
  while (!alarm.wait_for(lock, stop, kWatch, [&] { return stop.stop_requested(); })) follow();
}

}  // namespace gridloom
