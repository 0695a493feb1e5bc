// SPDX-License-Identifier: Apache-2.0
#include "server/api/publication.h"

#include <utility>

#include "engine/events/local_time.h"
#include "server/live/pinned_scale.h"

namespace gridloom {
namespace {

// A scale that was chosen is a word of the operator's; the other follows from the data, here from what is told of it.
HeatScale scale_of(const HeatScale& exact, const City& city, const std::vector<std::uint64_t>& told) {
  return exact.version > kScaleOfData ? exact : pinned_scale({}, city, told);
}

}  // namespace

Publication::Publication(std::shared_ptr<const City> city, const LiveEvents& live, Clock clock)
    : city_(std::move(city)), live_(live), clock_(std::move(clock)), zone_(city_->time_zone) {}

std::int64_t Publication::today() const {
  const std::int64_t local = zone_.local(clock_());
  return local / kSecondsPerDay - (local % kSecondsPerDay < 0 ? 1 : 0);
}

std::shared_ptr<const EventState> Publication::made_of(std::int64_t day) const {
  const std::lock_guard lock(guard_);
  return state_ && state_->epoch() == static_cast<std::uint64_t>(day) ? state_ : nullptr;
}

std::shared_ptr<const EventState> Publication::now() const {
  const std::int64_t day = today();
  if (auto made = made_of(day)) return made;
  const std::lock_guard one_at_a_time(making_);
  if (auto made = made_of(day)) return made;
  auto made = make(day);
  const std::lock_guard lock(guard_);
  return state_ = std::move(made);
}

std::shared_ptr<const EventState> Publication::make(std::int64_t day) const {
  if (!places_) places_ = places_in_grids(*city_);
  const auto exact = live_.now();
  const PublishedEvents told = published_events(*city_, exact->store(), *places_, k(), day * kSecondsPerDay);
  GridIncidents grids{.epoch = static_cast<std::uint64_t>(day),
                      .of_grid = std::vector<std::uint64_t>(city_->grids.size(), 0),
                      .published = true};
  for (const FaceId face : told.face) ++grids.of_grid[static_cast<std::size_t>(city_->grid_of_face[face])];
  const HeatScale scale = scale_of(exact->scale, *city_, grids.of_grid);
  return std::make_shared<const EventState>(EventState{
      std::move(grids), HeatSurface(EventStore().appended(told.events, told.face), city_->arrangement.lattice), scale});
}

}  // namespace gridloom
