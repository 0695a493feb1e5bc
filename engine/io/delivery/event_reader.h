// SPDX-License-Identifier: Apache-2.0
// Incidents and other tables with a place in every row.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/city/delivery.h"
#include "engine/events/event.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/time_zone.h"

namespace gridloom {

// Rows in file order. A row without a usable place (none, 0,0, no number, beyond the lattice) or time is left out, and
// so is a row that repeats an id or has a text longer than kMostEventTextBytes; one Finding for each reason gives the
// number of rows and the first ids. Times may carry a zone and become the city's (time_zone.h). Rows outside the city
// stay: whether they count is for the city to say. Throws DataError for a missing file or column, naming them. O(rows).
EventTable read_events(const CatalogueIncidents& incidents, const Lattice& lattice, const TimeZone& zone,
                       std::vector<Finding>& findings);

struct RejectedRow {
  std::size_t row = 0;  // 1 is the first below the header
  Reason reason;
  std::vector<std::string> cells;  // as delivered
};

struct EventDelivery {
  EventTable events;  // in file order; an id may stand several times, for merge_events to settle
  std::vector<std::string> header;
  std::vector<RejectedRow> rejected;
  std::vector<Reason> remarks;  // on the file's texts: an encoding that was guessed, bytes that are damaged
};

// For imports into a city that is there already. A row
// without id, place or readable times, or with a text longer than kMostEventTextBytes, is rejected with the reason.
// Throws as read_events. O(rows).
EventDelivery read_event_delivery(const CatalogueIncidents& incidents, const Lattice& lattice, const TimeZone& zone);

// The mapping of a file without a catalogue: each of id, occurred_at, category, subcategory, agency, severity, status,
// closed_at, lon and lat is the column that `fields` says, else the column of that name, else missing; without lon and
// lat the rows' points count. Throws DataError where rows have no place.
CatalogueIncidents plain_incidents(const std::filesystem::path& file, const std::map<std::string, std::string>& fields);

struct Facility {
  std::string id, name, kind;
  Point at;
};

// Stations, clinics, schools: rows in file order, faults as for events.
std::vector<Facility> read_facilities(const CatalogueFacilities& facilities, const Lattice& lattice,
                                      std::vector<Finding>& findings);

}  // namespace gridloom
