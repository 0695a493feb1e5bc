// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/event_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "engine/base/errors.h"
#include "engine/base/mistakes.h"
#include "engine/base/strings.h"
#include "engine/events/text_interner.h"
#include "engine/io/delivery/row_places.h"
#include "engine/io/delivery/table_file.h"
#include "engine/io/time_text.h"

namespace gridloom {
namespace {

// Counts rows that something was done with, by reason.
class Rejects {
 public:
  // The rows of one reason differ in what was given; the first stands for them.
  void add(const Reason& reason, std::string_view id) {
    Reason kind = reason;
    std::erase_if(kind.facts, [](const Fact& fact) { return fact.name == "given"; });
    Rows& rows = by_reason_.try_emplace(plain_text(kind), Rows{reason, 0, {}}).first->second;
    ++rows.count;
    if (rows.count <= 3) rows.examples += (rows.examples.empty() ? "" : ", ") + shortened(id);
  }
  // `done` makes the reason of a finding of those rows.
  template <class Done>
  void report(const std::string& file, const std::string& layer, std::vector<Finding>& findings, Done done) const {
    for (const auto& [text, rows] : by_reason_)
      findings.push_back({file, layer, rows.examples, done(rows.count, rows.why)});
  }

 private:
  struct Rows {
    Reason why;
    std::size_t count = 0;
    std::string examples;
  };
  std::map<std::string, Rows> by_reason_;
};

Reason left_out(std::size_t rows, const Reason& why) { return {"rows_left_out", {{"rows", rows}, {"why", why}}}; }
Reason taken_as_open(std::size_t rows, const Reason& why) {
  return {"rows_taken_as_open", {{"rows", rows}, {"why", why}}};
}

// A column that the catalogue may leave out: then every cell is empty.
class OptionalColumn {
 public:
  OptionalColumn(const TextTable& table, const std::string& name, const CataloguePlace& place)
      : table_(table), there_(!name.empty()), index_(there_ ? table.column(name, place) : 0) {}
  std::string_view at(std::size_t row) const {
    return there_ ? plain_cell(table_.cell(row, index_)) : std::string_view();
  }
  bool there() const { return there_; }

 private:
  const TextTable& table_;
  bool there_;
  std::size_t index_;
};

// Fills a column; a missing one (empty name) has the empty text in every row.
class ColumnFiller {
 public:
  ColumnFiller(StringColumn& column, const TextTable& table, const std::string& name, const CataloguePlace& place)
      : interner_(column), name_(name), source_(table, name, place) {}
  std::string_view at(std::size_t row) const { return source_.at(row); }
  const std::string& name() const { return name_; }
  void take(std::size_t row) { interner_.add(at(row)); }

 private:
  TextInterner interner_;
  std::string name_;
  OptionalColumn source_;
};

// Throws DataError, DataErrors for several: every column that is not there.
void require_columns(const TextTable& table, const CatalogueSource& source, const std::vector<std::string>& columns) {
  Mistakes mistakes;
  for (const std::string& column : columns)
    if (!column.empty()) mistakes.attempt([&] { table.column(column, source.place); });
  mistakes.raise();
}

void require_columns(const TextTable& table, const CatalogueIncidents& incidents) {
  std::vector<std::string> columns{incidents.id, incidents.occurred_at, incidents.closed_at, incidents.places.x,
                                   incidents.places.y};
  for (const auto& [word, field] : kWords<EventField>) columns.push_back(incidents[field]);
  require_columns(table, incidents.places.source, columns);
}

// A table of incidents, and the events taken from it so far.
class EventRows {
 public:
  EventRows(const CatalogueIncidents& incidents, const TextTable& table, const Lattice& lattice, const TimeZone& zone,
            EventTable& events)
      : table_(table),
        events_(events),
        id_name_(incidents.id),
        occurred_name_(incidents.occurred_at),
        closed_name_(incidents.closed_at),
        id_(table.column(incidents.id, incidents.places.source.place)),
        ids_(table.ids(id_)),
        occurred_(table.column(incidents.occurred_at, incidents.places.source.place)),
        closed_(table, incidents.closed_at, incidents.places.source.place),
        places_(table, incidents.places, lattice),
        dates_(incidents.dates),
        zone_(zone) {
    for (const auto& [word, field] : kWords<EventField>)
      fillers_.emplace_back(events[field], table, incidents[field], incidents.places.source.place);
  }

  std::string_view id(std::size_t row) const { return ids_.id(table_.cell(row, id_)); }
  std::optional<LocalTime> occurred(std::size_t row) const { return parse_time(occurred_text(row), zone_, dates_); }
  Reason why_not_occurred(std::size_t row) const { return why_no_time(occurred_name_, occurred_text(row), dates_); }
  // An empty cell is a time that is not known.
  std::optional<LocalTime> closed(std::size_t row) const {
    return closed_.at(row).empty() ? kUnknownTime : parse_time(closed_.at(row), zone_, dates_);
  }
  Reason why_not_closed(std::size_t row) const { return why_no_time(closed_name_, closed_.at(row), dates_); }
  std::optional<Point> at(std::size_t row, RowPlaces::WhyNot& why_not) const { return places_.at(row, why_not); }
  const RowPlaces& places() const { return places_; }

  // The column whose text is longer than an incident may have; empty: none.
  std::string too_long(std::size_t row) const {
    if (id(row).size() > kMostEventTextBytes) return id_name_;
    for (const ColumnFiller& filler : fillers_)
      if (filler.at(row).size() > kMostEventTextBytes) return filler.name();
    return {};
  }

  void take(std::size_t row, Point at, LocalTime occurred, LocalTime closed) {
    events_.id.emplace_back(id(row));
    events_.occurred_at.push_back(occurred);
    events_.at.push_back(at);
    events_.closed_at.push_back(closed);
    for (ColumnFiller& filler : fillers_) filler.take(row);
  }

 private:
  const TextTable& table_;
  EventTable& events_;
  std::string_view occurred_text(std::size_t row) const { return plain_cell(table_.cell(row, occurred_)); }

  std::string id_name_, occurred_name_, closed_name_;
  std::size_t id_;
  IdColumn ids_;
  std::size_t occurred_;
  OptionalColumn closed_;
  std::vector<ColumnFiller> fillers_;  // by field
  RowPlaces places_;
  DateOrder dates_;
  const TimeZone& zone_;
};

Reason too_long(const std::string& column) {
  return {"cell_too_long", {{"name", column}, {"most", kMostEventTextBytes}}};
}

CatalogueIncidents without_lacking(CatalogueIncidents incidents, const TextTable& table, std::vector<Reason>& remarks) {
  const auto leave = [&](std::string& column) {
    if (column.empty() || std::find(table.header.begin(), table.header.end(), column) != table.header.end()) return;
    remarks.push_back({"column_not_there", {{"column", column}, {"known", table.header}}});
    column.clear();
  };
  leave(incidents.closed_at);
  for (const auto& [word, field] : kWords<EventField>)
    if (field != EventField::category) leave(incidents[field]);
  return incidents;
}

void report_remarks(const TextTable& table, const std::string& layer, std::vector<Finding>& findings) {
  for (const Reason& remark : table.remarks) findings.push_back({table.file, layer, "", remark});
}

}  // namespace

EventTable read_events(const CatalogueIncidents& incidents, const Lattice& lattice, const TimeZone& zone,
                       std::vector<Finding>& findings) {
  const TextTable table = read_table_file(incidents.places.source);
  require_columns(table, incidents);
  EventTable events;
  EventRows rows(incidents, table, lattice, zone, events);
  Rejects rejects, unread_closings;
  std::unordered_set<std::string_view> seen;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view id = rows.id(row);
    auto why_not = RowPlaces::WhyNot::none;
    const auto at = rows.at(row, why_not);
    const auto when = rows.occurred(row), closing = rows.closed(row);
    if (!at) {
      rejects.add(reason_of(why_not), id);
    } else if (!when) {
      rejects.add(rows.why_not_occurred(row), id);
    } else if (const std::string column = rows.too_long(row); !column.empty()) {
      rejects.add(too_long(column), id);
    } else if (id.empty() || !seen.insert(id).second) {
      rejects.add(id.empty() ? Reason{"no_id"} : Reason{"id_of_an_earlier_row"}, id);
    } else {
      if (!closing) unread_closings.add(rows.why_not_closed(row), id);
      rows.take(row, *at, *when, closing.value_or(kUnknownTime));
    }
  }
  report_remarks(table, "incidents", findings);
  for (const Reason& remark : rows.places().remarks()) findings.push_back({table.file, "incidents", "", remark});
  rejects.report(table.file, "incidents", findings, left_out);
  unread_closings.report(table.file, "incidents", findings, taken_as_open);
  return events;
}

EventDelivery read_event_delivery(const CatalogueIncidents& asked, const Lattice& lattice, const TimeZone& zone) {
  const TextTable table = read_table_file(asked.places.source);
  EventDelivery out;
  out.header = table.header;
  out.remarks = table.remarks;
  const CatalogueIncidents incidents = asked.columns_may_lack ? without_lacking(asked, table, out.remarks) : asked;
  require_columns(table, incidents);
  EventRows rows(incidents, table, lattice, zone, out.events);
  const std::vector<Reason>& of_places = rows.places().remarks();
  out.remarks.insert(out.remarks.end(), of_places.begin(), of_places.end());
  const auto reject = [&](std::size_t row, Reason reason) {
    RejectedRow rejected{row + 1, std::move(reason), {}};
    for (std::size_t c = 0; c < table.header.size(); ++c) rejected.cells.emplace_back(table.cell(row, c));
    out.rejected.push_back(std::move(rejected));
  };
  for (std::size_t row = 0; row < table.rows(); ++row) {
    auto why_not = RowPlaces::WhyNot::none;
    const auto at = rows.at(row, why_not);
    const auto time = rows.occurred(row), closing = rows.closed(row);
    if (rows.id(row).empty())
      reject(row, {"id_empty", {{"column", incidents.id}}});
    else if (!at)
      reject(row, reason_of(why_not));
    else if (!time)
      reject(row, rows.why_not_occurred(row));
    else if (!closing)
      reject(row, rows.why_not_closed(row));
    else if (const std::string column = rows.too_long(row); !column.empty())
      reject(row, too_long(column));
    else
      rows.take(row, *at, *time, *closing);
  }
  return out;
}

CatalogueIncidents plain_incidents(const std::filesystem::path& file,
                                   const std::map<std::string, std::string>& fields) {
  CatalogueSource source;
  source.file = file;
  source.place.file = file;
  const TextTable table = read_table_file(source);
  const auto column = [&](const std::string& field) {
    const auto named = fields.find(field);
    if (named != fields.end()) return named->second;
    const bool there = std::find(table.header.begin(), table.header.end(), field) != table.header.end();
    return there || field == "id" || field == "occurred_at" ? field : std::string();
  };
  CatalogueIncidents incidents;
  incidents.places = {source, column("lon"), column("lat")};
  if (incidents.places.x.empty() != incidents.places.y.empty())
    throw DataError("one_of_lon_and_lat").within(file.string());
  if (incidents.places.x.empty() && table.points.empty()) throw DataError("no_points_no_lon_lat").within(file.string());
  incidents.places.source.crs = incidents.places.x.empty() ? table.crs : "EPSG:4326";
  incidents.id = column("id");
  incidents.occurred_at = column("occurred_at");
  incidents.closed_at = column("closed_at");
  for (const auto& [word, field] : kWords<EventField>) incidents[field] = column(std::string(word));
  return incidents;
}

std::vector<Facility> read_facilities(const CatalogueFacilities& facilities, const Lattice& lattice,
                                      std::vector<Finding>& findings) {
  const CatalogueSource& source = facilities.places.source;
  const TextTable table = read_table_file(source);
  require_columns(table, source,
                  {facilities.key, facilities.name, facilities.kind, facilities.places.x, facilities.places.y});
  const std::size_t id = table.column(facilities.key, source.place);
  const OptionalColumn name(table, facilities.name, source.place), kind(table, facilities.kind, source.place);
  const RowPlaces places(table, facilities.places, lattice);
  for (const Reason& remark : places.remarks()) findings.push_back({table.file, facilities.id, "", remark});
  Rejects rejects;
  std::vector<Facility> all;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view key = plain_cell(table.cell(row, id));
    auto why_not = RowPlaces::WhyNot::none;
    if (const auto at = places.at(row, why_not))
      all.push_back({std::string(key), std::string(name.there() ? name.at(row) : key), std::string(kind.at(row)), *at});
    else
      rejects.add(reason_of(why_not), key);
  }
  report_remarks(table, facilities.id, findings);
  rejects.report(table.file, facilities.id, findings, left_out);
  return all;
}

}  // namespace gridloom
