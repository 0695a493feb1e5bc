// SPDX-License-Identifier: Apache-2.0
#include "engine/events/merge_events.h"

#include <stdexcept>
#include <string>
#include <unordered_map>

#include "engine/events/local_time.h"
#include "engine/events/text_interner.h"

namespace gridloom {
namespace {

// Words of one column of the batch, as numbers of the table's column.
class WordTranslator {
 public:
  WordTranslator(StringColumn& to, const StringColumn& from) : to_(to), from_(from) {
    TextInterner interner(to);
    for (const std::string& word : from.values) number_.push_back(interner.number_of(word));
  }
  void append(std::size_t row) { to_.of_row.push_back(number_[from_.of_row[row]]); }
  void update(std::size_t to_row, std::size_t row) {
    if (!from_[row].empty()) to_.of_row[to_row] = number_[from_.of_row[row]];
  }

 private:
  StringColumn& to_;
  const StringColumn& from_;
  std::vector<std::uint32_t> number_;
};

bool known(LocalTime time) { return time.seconds != kUnknownTime.seconds; }

}  // namespace

MergedEvents merge_events(EventTable& events, std::vector<FaceId>& face_of_event, const EventTable& batch,
                          std::span<const FaceId> face_of_batch) {
  if (face_of_event.size() != events.size() || face_of_batch.size() != batch.size())
    throw std::invalid_argument("a face for each event is needed");
  std::vector<WordTranslator> words;
  for (const auto& [word, field] : kWords<EventField>) words.emplace_back(events[field], batch[field]);
  // Strings, not views: the table's ids move when it grows.
  std::unordered_map<std::string, std::size_t> row_of;
  row_of.reserve(events.size() + batch.size());
  for (std::size_t row = 0; row < events.size(); ++row) row_of.emplace(events.id[row], row);
  MergedEvents done;
  for (std::size_t b = 0; b < batch.size(); ++b) {
    const auto [at, fresh] = row_of.try_emplace(batch.id[b], events.size());
    if (fresh) {
      events.id.push_back(batch.id[b]);
      events.occurred_at.push_back(batch.occurred_at[b]);
      events.at.push_back(batch.at[b]);
      events.closed_at.push_back(batch.closed_at[b]);
      for (WordTranslator& column : words) column.append(b);
      face_of_event.push_back(face_of_batch[b]);
      ++done.added;
      continue;
    }
    const std::size_t row = at->second;
    if (known(batch.occurred_at[b])) events.occurred_at[row] = batch.occurred_at[b];
    if (known(batch.closed_at[b])) events.closed_at[row] = batch.closed_at[b];
    events.at[row] = batch.at[b];
    face_of_event[row] = face_of_batch[b];
    for (WordTranslator& column : words) column.update(row, b);
    ++done.updated;
  }
  return done;
}

}  // namespace gridloom
