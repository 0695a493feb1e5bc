// SPDX-License-Identifier: Apache-2.0
// Later records of events into a plain table, by the rule of event_store.h.
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/events/event.h"

namespace gridloom {

struct MergedEvents {
  std::size_t added = 0;
  std::size_t updated = 0;  // records of ids that were there already, in the table or further up in the batch
};

// Appends the batch to `events`, and its faces to `face_of_event` (parallel to them). A record of a known id replaces
// the earlier one in its row; where it is silent (an empty text, an unknown time) the earlier one stays.
// O(events + batch).
MergedEvents merge_events(EventTable& events, std::vector<FaceId>& face_of_event, const EventTable& batch,
                          std::span<const FaceId> face_of_batch);

}  // namespace gridloom
