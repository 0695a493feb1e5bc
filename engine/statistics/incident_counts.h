// SPDX-License-Identifier: Apache-2.0
// How many incidents where, when and of what kind: one question, one table, for the command, HTTP and Python.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/events/period_counts.h"
#include "engine/statistics/cell_net.h"

namespace gridloom {

struct CountBy {
  std::string cells;  // a kind of cell_kinds; empty: not by cell
  double size_m = 0;  // of squares and hexagons
  CountOptions options{.by_cell = false};
};

// "grid,month,category" in any order: at most one kind of cells, any number of periods and of fields, none twice.
// Throws DataError naming what there is.
CountBy count_by(std::string_view words, const City&);

struct IncidentCounts {
  CountBy by;
  CellNet cells;
  CountTable table;

  // The kind of cells, the periods, the fields; as the words say.
  std::vector<std::string> columns() const;
  // Empty: outside of all cells; without a time, or without a clock where an hour is asked for.
  std::string text(std::size_t row, std::size_t column) const;
};

// Throws as cell_net, select_events and count_table.
IncidentCounts incident_counts(const City&, const LocatorOf&, const EventStore&, const EventFilter&, const CountBy&,
                               unsigned threads);
// Of City::events.
IncidentCounts incident_counts(const City&, const LocatorOf&, const EventFilter&, const CountBy&, unsigned threads);

}  // namespace gridloom
