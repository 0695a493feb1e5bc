// SPDX-License-Identifier: Apache-2.0
#include "engine/events/event_store.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <unordered_map>

#include "engine/base/errors.h"
#include "engine/events/local_time.h"
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace gridloom {
namespace {

constexpr std::uint8_t kUnknownWeekday = 7;

// A search hashes some twenty ids: of one that came in by no door of ours, and is longer, only the beginning.
std::uint64_t hash_of(std::string_view id) {
  return XXH3_64bits_withSeed(id.data(), std::min(id.size(), kMostEventTextBytes), id.size());
}

std::uint8_t moment_of(LocalTime time) {
  if (time.seconds == kUnknownTime.seconds) return kUnknownWeekday << 5 | EventChunk::kNoClock;
  const int hour = time.has_clock ? hour_of(time) : EventChunk::kNoClock;
  return static_cast<std::uint8_t>(weekday_of(time) << 5 | hour);
}

std::int64_t pack(LocalTime time) {
  return time.seconds == kUnknownTime.seconds ? kUnknownTime.seconds : 2 * time.seconds + time.has_clock;
}

// The dictionary with a column's words, and for each of these its number there.
std::vector<std::uint16_t> extend_dictionary(std::shared_ptr<const std::vector<std::string>>& dictionary,
                                             const StringColumn& column, EventField field) {
  auto words = std::make_shared<std::vector<std::string>>(*dictionary);
  std::unordered_map<std::string_view, std::size_t> known;
  for (std::size_t i = 0; i < dictionary->size(); ++i) known.emplace((*dictionary)[i], i);
  std::vector<std::uint16_t> number;
  number.reserve(column.values.size());
  for (const std::string& word : column.values) {
    const auto [at, fresh] = known.try_emplace(word, words->size());
    if (fresh) words->push_back(word);
    if (words->size() > 65536) throw DataError("too_many_texts_of_events", {{"field", word_of(field)}});
    number.push_back(static_cast<std::uint16_t>(at->second));
  }
  dictionary = std::move(words);
  return number;
}

// Appends rows in any order, then makes them a chunk.
class ChunkBuilder {
 public:
  explicit ChunkBuilder(std::array<std::uint16_t, kEventFields> silent) : silent_(silent) {}

  void reserve(std::size_t rows) {
    c_.seconds.reserve(rows);
    c_.moment.reserve(rows);
    c_.at.reserve(rows);
    for (auto& column : c_.code) column.reserve(rows);
    c_.face.reserve(rows);
    c_.closed_at.reserve(rows);
    c_.id_end.reserve(rows);
  }

  void add(std::string_view id, LocalTime when, Point at, std::array<std::uint16_t, kEventFields> code, FaceId face,
           std::int64_t closed) {
    if (c_.id_bytes.size() + id.size() > std::numeric_limits<std::uint32_t>::max())
      throw DataError("too_many_ids_of_events");
    c_.seconds.push_back(when.seconds);
    c_.moment.push_back(moment_of(when));
    c_.at.push_back(at);
    for (std::size_t f = 0; f < kEventFields; ++f) c_.code[f].push_back(code[f]);
    c_.face.push_back(face);
    c_.closed_at.push_back(closed);
    c_.id_bytes.append(id);
    c_.id_end.push_back(static_cast<std::uint32_t>(c_.id_bytes.size()));
  }

  void add(const EventChunk& from, std::size_t row) {
    std::array<std::uint16_t, kEventFields> code;
    for (std::size_t f = 0; f < kEventFields; ++f) code[f] = from.code[f][row];
    add(from.id(row), from.occurred_at(row), from.at[row], code, from.face[row],
        from.closed_at.empty() ? kUnknownTime.seconds : from.closed_at[row]);
  }

  // Where row `later` is silent, `earlier` speaks.
  void complete(std::size_t later, const EventChunk& from, std::size_t earlier) {
    for (std::size_t f = 0; f < kEventFields; ++f)
      if (c_.code[f][later] == silent_[f]) c_.code[f][later] = from.code[f][earlier];
    if (c_.closed_at[later] == kUnknownTime.seconds && !from.closed_at.empty())
      c_.closed_at[later] = from.closed_at[earlier];
    if (c_.seconds[later] == kUnknownTime.seconds) {
      c_.seconds[later] = from.seconds[earlier];
      c_.moment[later] = from.moment[earlier];
    }
  }

  const EventChunk& rows() const { return c_; }

  // Which rows no later row of the same id replaces; those are completed by the ones they replace.
  std::vector<std::uint32_t> settle_duplicates() {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order(c_.size());
    for (std::uint32_t r = 0; r < order.size(); ++r) order[r] = {hash_of(c_.id(r)), r};
    std::sort(order.begin(), order.end());
    std::vector<bool> gone(c_.size(), false);
    for (std::size_t begin = 0, end; begin < order.size(); begin = end) {
      for (end = begin + 1; end < order.size() && order[end].first == order[begin].first;) ++end;
      for (std::size_t i = end; i-- > begin + 1;) settle(order, begin, i, gone);
    }
    std::vector<std::uint32_t> stay;
    for (std::uint32_t r = 0; r < c_.size(); ++r)
      if (!gone[r]) stay.push_back(r);
    return stay;
  }

  std::shared_ptr<const EventChunk> chunk_of(std::vector<std::uint32_t> rows) const {
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return c_.seconds[a] < c_.seconds[b]; });
    auto out = std::make_shared<EventChunk>();
    gather(c_.seconds, rows, out->seconds);
    gather(c_.moment, rows, out->moment);
    gather(c_.at, rows, out->at);
    for (std::size_t f = 0; f < kEventFields; ++f) gather(c_.code[f], rows, out->code[f]);
    gather(c_.face, rows, out->face);
    if (std::any_of(rows.begin(), rows.end(), [&](auto r) { return c_.closed_at[r] != kUnknownTime.seconds; }))
      gather(c_.closed_at, rows, out->closed_at);
    std::size_t bytes = 0;
    for (std::uint32_t r : rows) bytes += c_.id(r).size();
    out->id_bytes.reserve(bytes);
    out->id_end.reserve(rows.size());
    for (std::uint32_t r : rows) {
      out->id_bytes.append(c_.id(r));
      out->id_end.push_back(static_cast<std::uint32_t>(out->id_bytes.size()));
    }
    index_ids(*out);
    return out;
  }

 private:
  // Row order[i] replaces the nearest earlier one of its id, if any.
  void settle(const std::vector<std::pair<std::uint64_t, std::uint32_t>>& order, std::size_t begin, std::size_t i,
              std::vector<bool>& gone) {
    const std::uint32_t later = order[i].second;
    if (gone[later]) return;
    for (std::size_t j = i; j-- > begin;) {
      const std::uint32_t earlier = order[j].second;
      if (gone[earlier] || c_.id(earlier) != c_.id(later)) continue;
      complete(later, c_, earlier);
      gone[earlier] = true;
    }
  }

  template <class T>
  static void gather(const std::vector<T>& from, const std::vector<std::uint32_t>& rows, std::vector<T>& to) {
    to.reserve(rows.size());
    for (std::uint32_t r : rows) to.push_back(from[r]);
  }

  static void index_ids(EventChunk& chunk) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order(chunk.size());
    for (std::uint32_t r = 0; r < order.size(); ++r) order[r] = {hash_of(chunk.id(r)), r};
    std::sort(order.begin(), order.end());
    chunk.by_hash.reserve(order.size());
    for (const auto& [hash, row] : order) chunk.by_hash.push_back(row);
  }

  EventChunk c_;
  std::array<std::uint16_t, kEventFields> silent_;  // the code of the empty text
};

std::uint16_t code_of_silence(const std::vector<std::string>& dictionary) {
  return static_cast<std::uint16_t>(std::find(dictionary.begin(), dictionary.end(), "") - dictionary.begin());
}

}  // namespace

std::string_view EventChunk::id(std::size_t row) const {
  const std::uint32_t begin = row == 0 ? 0 : id_end[row - 1];
  return std::string_view(id_bytes).substr(begin, id_end[row] - begin);
}

LocalTime EventChunk::closed(std::size_t row) const {
  if (closed_at.empty() || closed_at[row] == kUnknownTime.seconds) return kUnknownTime;
  return {closed_at[row] >> 1, (closed_at[row] & 1) != 0};
}

std::optional<std::uint32_t> EventChunk::find(std::string_view wanted) const {
  const std::uint64_t hash = hash_of(wanted);
  const auto first =
      std::partition_point(by_hash.begin(), by_hash.end(), [&](std::uint32_t row) { return hash_of(id(row)) < hash; });
  for (auto i = first; i != by_hash.end() && hash_of(id(*i)) == hash; ++i)
    if (id(*i) == wanted) return *i;
  return std::nullopt;
}

std::size_t EventChunk::bytes() const {
  std::size_t sum = sizeof *this + seconds.capacity() * 8 + moment.capacity() + at.capacity() * sizeof(Point) +
                    face.capacity() * sizeof(FaceId) + closed_at.capacity() * 8 + id_end.capacity() * 4 +
                    id_bytes.capacity() + by_hash.capacity() * 4;
  for (const auto& column : code) sum += column.capacity() * 2;
  return sum;
}

EventStore::EventStore() {
  // The empty text is the first word of every dictionary, so that a record's silence has one code.
  for (auto& d : dictionaries_) d = std::make_shared<const std::vector<std::string>>(1, "");
}

EventStore EventStore::appended(const EventTable& batch, std::span<const FaceId> face_of_event) const {
  if (face_of_event.size() != batch.size()) throw std::invalid_argument("a face for each event is needed");
  EventStore next = *this;
  if (batch.size() == 0) return next;
  std::array<std::vector<std::uint16_t>, kEventFields> number;
  std::array<std::uint16_t, kEventFields> silent;
  for (std::size_t f = 0; f < kEventFields; ++f) {
    const auto field = static_cast<EventField>(f);
    number[f] = extend_dictionary(next.dictionaries_[f], batch[field], field);
    silent[f] = code_of_silence(*next.dictionaries_[f]);
  }
  ChunkBuilder builder(silent);
  builder.reserve(batch.size());
  for (std::size_t row = 0; row < batch.size(); ++row) {
    std::array<std::uint16_t, kEventFields> code;
    for (std::size_t f = 0; f < kEventFields; ++f) {
      const std::vector<std::uint32_t>& of_row = batch[static_cast<EventField>(f)].of_row;
      code[f] = of_row.empty() ? silent[f] : number[f][of_row[row]];
    }
    builder.add(batch.id[row], batch.occurred_at[row], batch.at[row], code, face_of_event[row],
                pack(batch.closed_at[row]));
  }
  std::vector<std::uint32_t> rows = builder.settle_duplicates();
  for (std::uint32_t row : rows)
    if (const auto before = find(builder.rows().id(row))) {
      builder.complete(row, *parts_[before->part].chunk, before->row);
      next.replace(*before);
    }
  next.size_ += rows.size();
  next.parts_.push_back({builder.chunk_of(std::move(rows)), nullptr});
  next.merge_tail();
  return next;
}

void EventStore::replace(EventRef ref) {
  Part& part = parts_[ref.part];
  // Marks of this store alone are still its own to change; those of an earlier one are copied once.
  auto marks = part.replaced && part.replaced.use_count() == 1
                   ? std::const_pointer_cast<std::vector<bool>>(part.replaced)
                   : std::make_shared<std::vector<bool>>(part.replaced ? *part.replaced
                                                                       : std::vector<bool>(part.chunk->size(), false));
  (*marks)[ref.row] = true;
  part.replaced = std::move(marks);
  --size_;
}

void EventStore::merge_tail() {
  while (parts_.size() > 1 && 2 * parts_.back().chunk->size() >= parts_[parts_.size() - 2].chunk->size()) {
    ChunkBuilder builder({});
    const std::size_t first = parts_.size() - 2;
    builder.reserve(parts_[first].chunk->size() + parts_[first + 1].chunk->size());
    for (std::size_t p = first; p < parts_.size(); ++p)
      for (std::size_t row = 0; row < parts_[p].chunk->size(); ++row)
        if (parts_[p].living(row)) builder.add(*parts_[p].chunk, row);
    std::vector<std::uint32_t> rows(builder.rows().size());
    std::iota(rows.begin(), rows.end(), 0u);
    parts_.resize(first);
    parts_.push_back({builder.chunk_of(std::move(rows)), nullptr});
  }
}

std::size_t EventStore::bytes() const {
  std::size_t sum = sizeof *this;
  for (const Part& part : parts_) sum += part.chunk->bytes() + (part.replaced ? part.replaced->size() / 8 : 0);
  for (const auto& dictionary : dictionaries_)
    for (const std::string& word : *dictionary) sum += sizeof word + word.capacity();
  return sum;
}

const std::string& EventStore::text(EventRef ref, EventField f) const {
  return dictionary(f)[parts_[ref.part].chunk->code[static_cast<std::size_t>(f)][ref.row]];
}

std::optional<EventRef> EventStore::find(std::string_view id) const {
  for (std::uint32_t p = 0; p < parts_.size(); ++p)
    if (const auto row = parts_[p].chunk->find(id); row && parts_[p].living(*row)) return EventRef{p, *row};
  return std::nullopt;
}

EventMatcher::EventMatcher(const EventStore& store, const EventFilter& filter)
    : filter_(filter),
      area_(filter.area),
      hours_(static_cast<std::uint32_t>(filter.hours.to_ulong())),
      weekdays_(static_cast<std::uint8_t>(filter.weekdays.to_ulong())) {
  if (store.size() == 0) return;
  for (const auto& [field, asked] : kAskedTexts<EventFilter>)
    wanted_[static_cast<std::size_t>(field)] = wanted_texts(store.dictionary(field), filter.*asked, field);
  // With an end of time a date without a clock must be looked at.
  all_ = hours_ == 0 && weekdays_ == 0 && !filter_.to && filter_.faces.empty() && filter_.area.empty() &&
         std::all_of(wanted_.begin(), wanted_.end(), [](const auto& w) { return w.empty(); });
}

std::pair<std::size_t, std::size_t> EventMatcher::rows(const EventStore::Part& part) const {
  const auto& seconds = part.chunk->seconds;
  auto begin = seconds.begin(), end = seconds.end();
  // Events of unknown time stand first, as INT64_MIN.
  if (filter_.from || filter_.to) begin = std::lower_bound(begin, end, filter_.from.value_or(kUnknownTime.seconds + 1));
  if (filter_.to) end = std::lower_bound(begin, end, *filter_.to);
  return {static_cast<std::size_t>(begin - seconds.begin()), static_cast<std::size_t>(end - seconds.begin())};
}

bool EventMatcher::matches(const EventChunk& chunk, std::size_t row) const {
  for (std::size_t f = 0; f < kEventFields; ++f)
    if (!wanted_[f].empty() && !wanted_[f][chunk.code[f][row]]) return false;
  const unsigned hour = chunk.moment[row] & 31u, weekday = chunk.moment[row] >> 5;
  if (hours_ != 0 && (hours_ >> hour & 1) == 0) return false;
  if (weekdays_ != 0 && (weekdays_ >> weekday & 1) == 0) return false;
  // A date's whole day must lie in the range.
  if (hour == EventChunk::kNoClock && filter_.to && !in_range(chunk.occurred_at(row), filter_)) return false;
  if (!on_faces(chunk.face[row], filter_)) return false;
  return filter_.area.empty() || area_.contains(chunk.at[row]);
}

std::vector<EventRef> select_events(const EventStore& store, const EventFilter& filter) {
  const EventMatcher matcher(store, filter);
  std::vector<EventRef> out;
  for (std::uint32_t p = 0; p < store.parts().size(); ++p) {
    const EventStore::Part& part = store.parts()[p];
    const auto [begin, end] = matcher.rows(part);
    for (std::size_t row = begin; row < end; ++row)
      if (matcher.passes(part, row)) out.push_back({p, static_cast<std::uint32_t>(row)});
  }
  return out;
}

// Chunks are sorted by time, the unknown first.
std::pair<std::int64_t, std::int64_t> time_span(const EventStore& store) {
  std::int64_t first = INT64_MAX, last = INT64_MIN;
  for (const EventStore::Part& part : store.parts()) {
    const auto& seconds = part.chunk->seconds;
    const auto known = std::upper_bound(seconds.begin(), seconds.end(), kUnknownTime.seconds);
    if (known != seconds.end()) first = std::min(first, *known), last = std::max(last, seconds.back());
  }
  return {first, last};
}

}  // namespace gridloom
