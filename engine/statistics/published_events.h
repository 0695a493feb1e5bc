// SPDX-License-Identifier: Apache-2.0
// What everybody may be told of a city's incidents: events that stand for the real ones, made once for all questions.
//
// Every event told is one of a full batch of k that share what is told of them. Batches are taken where they can say
// most: of a grid, month and category; what is left over of a grid and category, without the month; what is left over
// of a grid, without both. So every count of told events, whatever is asked, is a sum of multiples of k, and all sums
// agree with one another. What a grid has beyond its last full batch is not told.
//
// What can be inferred: a grid's incidents of a month and category are at least those told of all three, and at most
// k - 1 more; no combination of all that is told bounds them tighter, these rules and the months and categories of the
// city's incidents included. For that, what is told without a month is so little that the other months alone could
// hold it, and likewise without a category: at most (m - 1)(k - 1) events of m months, (c - 1)(k - 1) of c categories;
// only those count that have k incidents in the city. Categories with fewer are not even named.
//
// Of two publications at different times: a count grows by full batches too, so a difference tells that a batch became
// full in between, not which of its events came when. Not protected: that the last event of such a batch came in
// between, and what someone knows who could add events and look again.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/city/city.h"
#include "engine/events/event_store.h"

namespace gridloom {

// Places spread evenly over the ground of each grid, each with its face; at least one where the grid has ground.
struct GridPlaces {
  std::vector<std::vector<std::pair<Point, FaceId>>> of_grid;
};

// The centres of pixels of 100 m, in cities of more than 10,000 km² of larger ones. O(pixels + arcs).
GridPlaces places_in_grids(const City&);

struct PublishedEvents {
  // Of the real events: the category, and the month as the date of its first day, where they are told; the empty text
  // and kUnknownTime where not. Nothing else: `at` is a place of the grid, and ids are numbers.
  EventTable events;
  std::vector<FaceId> face;
};

// Of the events that occurred before `before` (LocalTime::seconds, the beginning of a day). The same for the same
// events, however they came. k is at least 2. O(events + rows of count_events).
PublishedEvents published_events(const City&, const EventStore&, const GridPlaces&, std::uint64_t k,
                                 std::int64_t before);

}  // namespace gridloom
