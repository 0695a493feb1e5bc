// SPDX-License-Identifier: Apache-2.0
#include "server/live/live_events.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <stop_token>
#include <utility>

#include "engine/io/project/event_fold.h"
#include "engine/io/project/soundness.h"
#include "server/live/pinned_scale.h"
#include "server/words/error_text.h"
#include "server/words/project_words.h"

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
                       bool read_only, OnError on_error)
    : city_(std::move(city)), read_only_(read_only), on_error_(std::move(on_error)), read_(std::move(read)) {
  GridIncidents grids{1, count_by_grid(*city_, opened)};
  const HeatScale scale = pinned_scale(settings_of(read_), *city_, grids.of_grid);
  state_ = std::make_shared<const EventState>(
      EventState{std::move(grids), HeatSurface(std::move(opened), city_->arrangement.lattice), scale});
  if (read_) watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

LiveEvents::~LiveEvents() {
  watcher_ = {};
  if (read_) turn();
}

std::shared_ptr<const EventState> LiveEvents::now() const {
  const std::lock_guard lock(guard_);
  return state_;
}

std::vector<LiveEvents::Appended> LiveEvents::append(std::span<const EventBatch> batches) {
  const std::lock_guard one_at_a_time(changing_);
  if (trouble_ == Trouble::replaced) throw ProjectReplaced(Reason{"project_replaced", {}, {read_->project.string()}});
  std::vector<Appended> done;
  std::vector<EventBatch> taken;
  EventStore store = after(now()->store(), batches, done, &taken);  // refuses before anything is written
  if (!taken.empty()) write(taken, std::move(store));
  for (Appended& answer : done) answer.epoch = now()->epoch();
  return done;
}

void LiveEvents::write(std::span<const EventBatch> taken, EventStore store) {
  EventLog::Appended written;
  try {
    if (!log_) log_ = std::make_unique<EventLog>(*read_);
    written = log_->append(taken, city_->arrangement.face_count, read_->seq);
  } catch (const DataError&) {
    log_.reset();  // what went wrong may be over when it is opened anew
    throw;
  }
  // It is on the disk: whatever goes wrong from here on is for the watcher to make good, who finds it there.
  try {
    if (!written.whole) return;
    if (!written.between.seq.empty()) {
      store = now()->store().appended(written.between.events, written.between.faces);
      std::vector<Appended> told;
      store = after(store, taken, told, nullptr);
    }
    show(std::move(store));
    read_->seq = written.first - 1;
    for (const EventBatch& batch : taken) read_->seq += static_cast<std::int64_t>(batch.events.size());
  } catch (const std::exception& error) {
    if (on_error_) on_error_(within(read_->project.string(), text_of(error)));
  }
}

// The store with the batches that it takes.
EventStore LiveEvents::after(EventStore store, std::span<const EventBatch> batches, std::vector<Appended>& done,
                             std::vector<EventBatch>* taken) {
  done.assign(batches.size(), {});
  for (std::size_t b = 0; b < batches.size(); ++b) {
    const std::size_t size = batches[b].events.size();
    if (size == 0) continue;
    try {
      EventStore next = store.appended(batches[b].events, batches[b].faces);
      done[b].added = next.size() - store.size();
      done[b].updated = size - done[b].added;
      store = std::move(next);
      if (taken) taken->push_back(batches[b]);
    } catch (const DataError& error) {
      done[b].refusal = error.reason();
    }
  }
  return store;
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

// Records of other processes that the state does not have.
void LiveEvents::read_others(Database& project, std::int64_t before) {
  const EventRecords records = read_event_log(project, city_->arrangement.face_count, read_->seq, before);
  if (records.seq.empty()) return;
  show(now()->store().appended(records.events, records.faces));
  read_->seq = records.seq.back();
}

// What is wrong with the project file, if anything. Looks into it only where others have written to it since.
LiveEvents::Trouble LiveEvents::look() {
  if (identity_of(read_->project) != read_->file) return Trouble::replaced;
  if (const auto stamp = stamp_of(read_->project); stamp && *stamp != seen_) {
    if (!damage_of(read_->project).empty()) return Trouble::damaged;
    Database project(read_->project, Database::Mode::read);
    if (project_id(project) != read_->id) return Trouble::replaced;
    seen_ = *stamp;
  }
  return read_only_ || (can_be_written(read_->project) && can_be_written(log_of(read_->project)))
             ? Trouble::none
             : Trouble::not_writable;
}

// Why it cannot, if so. Asks the log first without the lock: a project that another holds must not hold up those who
// append.
std::optional<Text> LiveEvents::follow() {
  trouble_ = look();
  const std::string name = read_->project.string();
  if (trouble_ == Trouble::replaced) return text_of(Reason{"project_replaced_while_served", {}, {name}});
  if (trouble_ == Trouble::damaged) return text_of(Reason{"project_damaged_while_served", {}, {name}});
  if (!reading_) {
    reading_ = std::make_unique<Database>(read_->project, Database::Mode::read);
    reading_->exec("PRAGMA busy_timeout = 1000");
  }
  const std::int64_t last = last_event_seq(*reading_);
  const auto scale = chosen_scale(read_settings(*reading_));
  {
    const std::lock_guard one_at_a_time(changing_);
    if (last > read_->seq) read_others(*reading_, INT64_MAX);
    if (scale && *scale != now()->scale) show(*scale);
  }
  if (trouble_ != Trouble::none || read_only_) return {};
  const Folded folded = fold_log(*read_, *city_, project_words());
  if (folded.records > 0) seen_ = stamp_of(read_->project).value_or(FileStamp{});
  if (folded.missing > 0) return text_of(older_than_log(*read_, folded));
  return {};
}

void LiveEvents::turn() {
  try {
    tell(follow());
  } catch (const std::exception& error) {
    reading_.reset();
    undo_half();
    tell(text_of(error));
  }
}

// What is gone at the next turn, a busy moment, is nobody's concern.
void LiveEvents::tell(std::optional<Text> fault) {
  if (fault && fault == fault_ && !std::exchange(told_, true) && on_error_) on_error_(*fault);
  if (fault != fault_) told_ = false;
  fault_ = std::move(fault);
}

// A reader cannot go past what a writer left when it was killed in the middle.
void LiveEvents::undo_half() const {
  try {
    recover_project(read_->project);
  } catch (const std::exception&) {
    // follow() has an error to tell.
  }
}

void LiveEvents::watch(const std::stop_token& stop) {
  std::mutex sleeping;
  std::condition_variable_any alarm;
  std::unique_lock lock(sleeping);
  while (!alarm.wait_for(lock, stop, kWatch, [&] { return stop.stop_requested(); })) turn();
}

}  // namespace gridloom
