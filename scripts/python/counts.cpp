// SPDX-License-Identifier: Apache-2.0
// Counts of incidents: of a city's own, and of arrays.
#include "counts.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <string>
#include <vector>

#include "arrays.h"
#include "bindings.h"
#include "engine/base/words.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

// A column as its different texts and their index by row; -1: none.
py::tuple indexed(const std::vector<std::string>& texts, const std::vector<std::int32_t>& index) {
  return py::make_tuple(texts, array_of(index));
}

py::tuple column_of(Period period, const std::vector<std::int64_t>& values) {
  std::vector<std::int64_t> different = values;
  std::sort(different.begin(), different.end());
  different.erase(std::unique(different.begin(), different.end()), different.end());
  if (!different.empty() && different.front() == kNoPeriod) different.erase(different.begin());
  std::vector<std::string> texts;
  for (const std::int64_t value : different) texts.push_back(period_text(period, value));
  std::vector<std::int32_t> index;
  for (const std::int64_t value : values)
    index.push_back(value == kNoPeriod
                        ? -1
                        : static_cast<std::int32_t>(std::lower_bound(different.begin(), different.end(), value) -
                                                    different.begin()));
  return indexed(texts, index);
}

}  // namespace

py::dict counted_columns(const CountTable& table, const CountOptions& options, const std::vector<std::string>& ids) {
  py::list columns;
  if (options.by_cell) columns.append(indexed(ids, {table.cell.begin(), table.cell.end()}));
  for (std::size_t p = 0; p < options.periods.size(); ++p)
    columns.append(column_of(options.periods[p], table.period[p]));
  for (std::size_t f = 0; f < table.text.size(); ++f)
    columns.append(indexed(table.texts[f], {table.text[f].begin(), table.text[f].end()}));
  py::dict out;
  out["columns"] = columns;
  out["count"] = array_of(table.count);
  return out;
}

namespace {

// Of events as arrays. `cell`: -1 is none, `cells` of them; negative `cells`: not by cell. `texts`: for each column its
// different words and their index by event.
py::dict count_arrays(const Array<std::int32_t>& cell, std::int32_t cells, const Array<std::int64_t>& seconds,
                      const Array<std::uint8_t>& clock, const std::vector<std::string>& periods,
                      const std::vector<std::pair<std::vector<std::string>, Array<std::int32_t>>>& texts, std::size_t n,
                      bool zeros) {
  CountOptions options{.by_cell = cells >= 0, .zeros = zeros};
  for (const std::string& word : periods) options.periods.push_back(value_named<Period>(word, "period"));
  options.fields.resize(texts.size());  // whose does not matter
  CountedEvents events;
  events.size = n;
  const auto require = [&](py::ssize_t size) {
    if (static_cast<std::size_t>(size) != n) throw std::invalid_argument("columns must have one length");
  };
  if (options.by_cell) {
    require(cell.size());
    events.cell.assign(cell.data(), cell.data() + n);
    if (std::any_of(events.cell.begin(), events.cell.end(), [&](Label c) { return c < kGap || c >= cells; }))
      throw std::invalid_argument("there is no such cell");
  }
  if (!periods.empty()) {
    require(seconds.size());
    require(clock.size());
    for (std::size_t e = 0; e < n; ++e) events.time.push_back({seconds.data()[e], clock.data()[e] != 0});
  }
  for (const auto& [words, index] : texts) {
    require(index.size());
    events.words.push_back(words);
    events.code.emplace_back();
    for (const std::int32_t i : span_of(index)) {
      if (i < 0 || static_cast<std::size_t>(i) >= words.size()) throw std::invalid_argument("there is no such text");
      events.code.back().push_back(static_cast<std::uint32_t>(i));
    }
  }
  Zeros could;
  for (std::int32_t c = 0; c < cells; ++c) could.cells.push_back(c);
  return counted_columns(count_table(events, options, could), options, {});
}

}  // namespace

void bind_counts(py::module_& module) {
  module.def("count_arrays", &count_arrays);
  module.attr("PERIODS") = word_list<Period>();
  module.attr("FIELDS") = word_list<EventField>();
}

}  // namespace gridloom::python
