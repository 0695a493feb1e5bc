// SPDX-License-Identifier: Apache-2.0
// Any request target as a question about events, asked of the toy city.
#pragma once

#include <numeric>
#include <optional>

#include "engine/base/errors.h"
#include "engine/events/event_store.h"
#include "engine/statistics/incident_counts.h"
#include "fuzz/bytes.h"
#include "server/words/event_query.h"
#include "server/words/url.h"
#include "support/toy_city.h"

namespace gridloom::fuzz {

struct AskedCity {
  AskedCity() : locator(city.arrangement), store(EventStore().appended(city.events, city.face_of_event)) {}
  City city = toy::city();
  PointLocator locator;
  EventStore store;
};

// The same question, its words the other way round and each twice.
inline EventQuestion turned(EventQuestion q) {
  for (auto* words : {&q.categories, &q.subcategories, &q.agencies, &q.severities}) {
    const std::vector<std::string> once = *words;
    words->insert(words->end(), once.rbegin(), once.rend());
  }
  return q;
}

inline std::string ask(const Target& target) {
  static const AskedCity asked;
  const Parameters parameters(target.query);
  const EventQuestion q = event_question(parameters);
  const EventFilter filter = parse_question(q, asked.city);
  if (canonical(turned(q), asked.city.time_zone) != canonical(q, asked.city.time_zone))
    return "the order of words makes another question";
  CountBy by = count_by(parameters.text("by"), asked.city);
  by.size_m = 500;
  const auto locator = [&]() -> const PointLocator& { return asked.locator; };
  const CountTable table = incident_counts(asked.city, locator, asked.store, filter, by, 1).table;
  const std::uint64_t counted = std::accumulate(table.count.begin(), table.count.end(), std::uint64_t{0});
  if (counted != select_events(asked.store, filter).size()) return "counts do not sum to the events";
  return {};
}

inline std::string check_question(Bytes data) try {
  const auto target = parse_target(chars_of(data));
  return target ? ask(*target) : std::string();
} catch (const DataError&) {
  return {};
}

}  // namespace gridloom::fuzz
