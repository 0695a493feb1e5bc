// SPDX-License-Identifier: Apache-2.0
// All events of a city in memory, compact and indexed by time: what a server keeps resident.
//
// A store is an immutable value. Appending gives another that shares what did not change, so that readers go on with
// the one they hold. Inside it is a short list of chunks, each sorted by time; a chunk is merged into its neighbour
// when it has grown to half of it, so that there are O(log n) of them.
//
// Memory: 39 bytes an event (47 where any event of its chunk has closed), plus the bytes of its id.
//
// Duplicates: events of one id are one event. The later record wins, and where it is silent (an empty text, a closing
// time it does not know) the earlier one completes it. Later means: further down in a batch, or in a later batch.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/events/event.h"
#include "engine/events/event_filter.h"

namespace gridloom {

// Columns of equal length, rows by time (kUnknownTime first), then as they came. Ids are unique among the living rows
// of a store.
struct EventChunk {
  static constexpr std::uint8_t kNoClock = 31;
  std::vector<std::int64_t> seconds;  // LocalTime::seconds
  std::vector<std::uint8_t> moment;   // low 5 bits: hour of the day or kNoClock; above: ISO weekday - 1, 7 when unknown
  std::vector<Point> at;
  std::array<std::vector<std::uint16_t>, kEventFields> code;  // index in the store's dictionary
  std::vector<FaceId> face;                                   // kOutside: outside the city
  std::vector<std::int64_t> closed_at;                        // 2 seconds + has_clock; kUnknownTime; empty: all unknown
  std::vector<std::uint32_t> id_end;                          // id of row r: id_bytes[id_end[r - 1] .. id_end[r])
  std::string id_bytes;
  std::vector<std::uint32_t> by_hash;  // rows in the order of their ids' hashes

  std::size_t size() const { return seconds.size(); }
  std::string_view id(std::size_t row) const;
  LocalTime occurred_at(std::size_t row) const { return {seconds[row], (moment[row] & 31) != kNoClock}; }
  LocalTime closed(std::size_t row) const;
  std::optional<std::uint32_t> find(std::string_view id) const;  // O(log size)
  std::size_t bytes() const;
};

struct EventRef {
  std::uint32_t part = 0;
  std::uint32_t row = 0;
  friend auto operator<=>(const EventRef&, const EventRef&) = default;
};

class EventStore {
 public:
  struct Part {
    std::shared_ptr<const EventChunk> chunk;
    std::shared_ptr<const std::vector<bool>> replaced;  // rows that a later record replaced; null: none
    bool living(std::size_t row) const { return !replaced || !(*replaced)[row]; }
  };

  EventStore();

  // This store and a batch; `face_of_event` is parallel to the batch. Amortised O(batch log n); independent of how the
  // events were cut into batches, except that the order of the batches tells which record is later. Throws DataError
  // for more than 65 536 different texts in a column, and more than 4 GiB of ids in a chunk.
  EventStore appended(const EventTable& batch, std::span<const FaceId> face_of_event) const;

  std::size_t size() const { return size_; }
  std::span<const Part> parts() const { return parts_; }
  std::size_t bytes() const;  // of everything, capacity unused included

  const std::vector<std::string>& dictionary(EventField f) const { return *dictionaries_[static_cast<std::size_t>(f)]; }
  const std::string& text(EventRef, EventField) const;
  std::optional<EventRef> find(std::string_view id) const;

 private:
  void replace(EventRef);
  void merge_tail();

  std::vector<Part> parts_;
  std::array<std::shared_ptr<const std::vector<std::string>>, kEventFields> dictionaries_;
  std::size_t size_ = 0;
};

// Rows that pass, by part and row: inside a part by time. A range of time is found by bisection, so that a slice costs
// what is in it: O(chunks log n + slice). Unknown words throw as in select_events(EventTable).
std::vector<EventRef> select_events(const EventStore&, const EventFilter&);

// First and last known time in seconds; first > last where none is known. O(chunks log n).
std::pair<std::int64_t, std::int64_t> time_span(const EventStore&);

// The same filter, prepared for one store: for scans that look at something else first.
class EventMatcher {
 public:
  EventMatcher(const EventStore&, const EventFilter&);
  std::pair<std::size_t, std::size_t> rows(const EventStore::Part&) const;  // [begin, end): no other row passes
  bool passes(const EventStore::Part& part, std::size_t row) const {        // of a row in rows()
    return part.living(row) && (all_ || matches(*part.chunk, row));
  }

 private:
  bool matches(const EventChunk&, std::size_t row) const;

  EventFilter filter_;
  AreaIndex area_;
  bool all_ = false;  // the time apart, every row matches
  std::uint32_t hours_ = 0;
  std::uint8_t weekdays_ = 0;
  std::array<std::vector<bool>, kEventFields> wanted_;  // empty: all
};

}  // namespace gridloom
