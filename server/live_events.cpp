// SPDX-License-Identifier: Apache-2.0
#include "server/live_events.h"

#include <algorithm>
#include <utility>

namespace gridloom {
namespace {

EventCounts counts_of(const City& city, const EventStore& store) {
  EventCounts counts{std::vector<std::uint64_t>(city.grids.size(), 0), 0};
  for (const EventStore::Part& part : store.parts())
    for (std::size_t row = 0; row < part.chunk->size(); ++row) {
      if (!part.living(row)) continue;
      const FaceId face = part.chunk->face[row];
      const Label grid = face == kOutside ? kGap : city.grid_of_face[face];
      ++(grid == kGap ? counts.outside : counts.of_grid[static_cast<std::size_t>(grid)]);
    }
  return counts;
}

double densest(const City& city, const EventCounts& counts) {
  double highest = 0;
  for (std::size_t g = 0; g < city.grids.size(); ++g)
    if (city.grids[g].area_m2 > 0)
      highest = std::max(highest, static_cast<double>(counts.of_grid[g]) / city.grids[g].area_m2 * 1e6);
  return highest;
}

}  // namespace

LiveEvents::LiveEvents(std::shared_ptr<const City> city, std::filesystem::path project)
    : city_(std::move(city)), project_(std::move(project)) {
  EventStore store = EventStore().appended(city_->events, city_->face_of_event);
  EventCounts counts = counts_of(*city_, store);
  scale_ = scale_for(densest(*city_, counts), 1);
  state_ = std::make_shared<const EventState>(
      EventState{1, HeatSurface(std::move(store), city_->arrangement.lattice), std::move(counts)});
}

std::shared_ptr<const EventState> LiveEvents::now() const {
  const std::lock_guard lock(guard_);
  return state_;
}

LiveEvents::Appended LiveEvents::append(const EventTable& batch, std::span<const FaceId> face_of_event) {
  const std::lock_guard one_at_a_time(appending_);
  const auto before = now();
  EventStore store = before->store().appended(batch, face_of_event);
  if (!log_) log_ = std::make_unique<EventLog>(project_);
  log_->append(batch, face_of_event);
  const std::size_t added = store.size() - before->store().size();
  EventCounts counts = counts_of(*city_, store);
  auto after = std::make_shared<const EventState>(EventState{
      before->epoch + 1, HeatSurface(std::move(store), city_->arrangement.lattice, &before->heat), std::move(counts)});
  const std::lock_guard lock(guard_);
  state_ = std::move(after);
  return {added, batch.size() - added, state_->epoch};
}

}  // namespace gridloom
