// SPDX-License-Identifier: Apache-2.0
// Tables of events from what a test says of each.
#pragma once

#include <string>
#include <vector>

#include "engine/events/event_store.h"
#include "engine/events/local_time.h"
#include "engine/events/text_interner.h"

namespace gridloom {

// What is left out is unknown.
struct EventRow {
  std::string id;
  std::string occurred_at{};  // "2025-03-01T10:00", or a date
  std::string category{}, agency{};
  std::string closed_at{};
  Point at{};
  std::string subcategory{}, severity{}, status{};
};

inline LocalTime local_time(const std::string& text) { return text.empty() ? kUnknownTime : *parse_local_time(text); }

inline EventTable event_table(const std::vector<EventRow>& rows) {
  EventTable table;
  auto words = interners_of(table);
  for (const EventRow& row : rows) {
    table.id.push_back(row.id);
    table.occurred_at.push_back(local_time(row.occurred_at));
    table.at.push_back(row.at);
    table.closed_at.push_back(local_time(row.closed_at));
    const std::string* texts[] = {&row.category, &row.subcategory, &row.agency, &row.severity, &row.status};
    for (std::size_t field = 0; field < words.size(); ++field) words[field].add(*texts[field]);
  }
  return table;
}

// The store with the rows, all on one face.
inline EventStore with(const EventStore& store, const std::vector<EventRow>& rows, FaceId face = 1) {
  return store.appended(event_table(rows), std::vector<FaceId>(rows.size(), face));
}

}  // namespace gridloom
