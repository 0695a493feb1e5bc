// SPDX-License-Identifier: Apache-2.0
// Which events an analysis is of, and where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/arrangement/locate.h"
#include "engine/base/progress.h"
#include "engine/city/city.h"
#include "engine/events/event_store.h"
#include "server/words/event_query.h"

namespace gridloom {

// What analyses are made of: a snapshot of a city and of its events.
struct AnalysisSource {
  const City& city;
  const PointLocator& locator;
  const EventStore& events;
  unsigned threads = 1;
  const std::vector<std::vector<Point>>* streets = nullptr;  // lines; null: not known
  std::size_t most_pixels = 400'000'000;                     // of a raster
  std::uint64_t batch = 0;  // the events are those that everybody may be told, in full batches of so many; 0: all
};

// Tells the progress an analysis's step. Throws Cancelled when it says so.
void step(Progress&, std::string_view name, double share);

struct EventChoice {
  EventFilter filter;
  std::string area;  // as given

  bool everywhere() const { return filter.faces.empty() && filter.area.empty(); }
};

// Throws DataError for what has no meaning; words that no event has are refused by select().
EventChoice chosen_by(const EventQuestion&, const City&);

struct ChosenEvents {
  std::vector<Point> at;
  std::vector<FaceId> face;
  std::vector<EventRef> ref;
};
// By time, then as they came. Throws DataError for words that no event has.
ChosenEvents select(const AnalysisSource&, const EventChoice&);

// One line: "from 2015-01-01 until open; hours 22,23; category 311 Rodent"; "all incidents" when nothing is asked.
std::string window_text(const EventChoice&);
Text window_in_words(const EventChoice&);  // the same for people

}  // namespace gridloom
