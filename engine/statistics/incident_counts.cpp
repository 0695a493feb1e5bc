// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/incident_counts.h"

#include <algorithm>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

std::vector<std::string> known_words(const City& city) {
  std::vector<std::string> known = cell_kinds(city);
  for (const auto& [word, period] : kWords<Period>) known.emplace_back(word);
  for (const auto& [word, field] : kWords<EventField>) known.emplace_back(word);
  return known;
}

void add_word(const std::string& word, const City& city, CountBy& by) {
  const auto twice = [&](bool already) {
    if (already) throw DataError("counts_by_twice", {{"word", word}});
  };
  if (const auto period = value_of<Period>(word)) {
    twice(std::ranges::count(by.options.periods, *period) > 0);
    by.options.periods.push_back(*period);
  } else if (const auto field = value_of<EventField>(word)) {
    twice(std::ranges::count(by.options.fields, *field) > 0);
    by.options.fields.push_back(*field);
  } else if (const std::string kind = word == "grids" ? "grid" : word; std::ranges::count(cell_kinds(city), kind) > 0) {
    twice(by.cells == kind);
    if (!by.cells.empty()) throw DataError("counts_by_two_kinds", {{"first", by.cells}, {"second", kind}});
    by.cells = kind;
    by.options.by_cell = true;
  } else {
    throw DataError("counts_by_unknown", {{"given", word}, {"known", known_words(city)}});
  }
}

template <class Count>
IncidentCounts counted(const City& city, const LocatorOf& locator, const EventFilter& filter, const CountBy& by,
                       unsigned threads, Count&& count) {
  IncidentCounts counts{by, {}, {}};
  if (!by.options.by_cell) {
    counts.table = count(CellOf{}, std::vector<Label>{});
    return counts;
  }
  counts.cells = cell_net(city, locator, by.cells, by.size_m, threads);
  const CellOf cell_of = [&](Point p, FaceId face) { return counts.cells.at(p, face); };
  counts.table =
      count(cell_of, by.options.zeros ? cells_within(counts.cells, city, locator, filter) : std::vector<Label>{});
  return counts;
}

}  // namespace

CountBy count_by(std::string_view words, const City& city) {
  CountBy by;
  while (!words.empty()) {
    const std::size_t comma = std::min(words.find(','), words.size());
    add_word(std::string(words.substr(0, comma)), city, by);
    words.remove_prefix(std::min(comma + 1, words.size()));
  }
  return by;
}

std::vector<std::string> IncidentCounts::columns() const {
  std::vector<std::string> columns;
  if (by.options.by_cell) columns.push_back(by.cells);
  for (const Period period : by.options.periods) columns.emplace_back(word_of(period));
  for (const EventField field : by.options.fields) columns.emplace_back(word_of(field));
  return columns;
}

std::string IncidentCounts::text(std::size_t row, std::size_t column) const {
  if (by.options.by_cell && column == 0) {
    const Label cell = table.cell[row];
    return cell == kGap ? std::string() : cells.id[static_cast<std::size_t>(cell)];
  }
  column -= by.options.by_cell;
  if (column < by.options.periods.size()) return period_text(by.options.periods[column], table.period[column][row]);
  column -= by.options.periods.size();
  return table.texts[column][table.text[column][row]];
}

IncidentCounts incident_counts(const City& city, const LocatorOf& locator, const EventStore& store,
                               const EventFilter& filter, const CountBy& by, unsigned threads) {
  return counted(city, locator, filter, by, threads, [&](const CellOf& cell_of, std::vector<Label> cells) {
    return count_events(store, cell_of, filter, by.options, std::move(cells));
  });
}

IncidentCounts incident_counts(const City& city, const LocatorOf& locator, const EventFilter& filter, const CountBy& by,
                               unsigned threads) {
  return counted(city, locator, filter, by, threads, [&](const CellOf& cell_of, std::vector<Label> cells) {
    return count_events(city.events, city.face_of_event, cell_of, filter, by.options, std::move(cells));
  });
}

}  // namespace gridloom
