// SPDX-License-Identifier: Apache-2.0
// Incidents and other tables with a place in every row.
#pragma once

#include <string>
#include <vector>

#include "engine/fusion/delivery.h"
#include "engine/incidents/event.h"
#include "engine/io/catalogue.h"

namespace gridloom {

// Rows in file order. A row without a usable place (none, 0,0, no number, beyond the lattice) or time is left out, and
// so is a row that repeats an id; one Finding for each reason gives the number of rows and the first ids. Rows outside
// the city stay: whether they count is for the city to say. Throws DataError for a missing file or column, naming them.
// O(rows).
EventTable read_events(const CatalogueIncidents& incidents, const Lattice& lattice, std::vector<Finding>& findings);

struct Facility {
  std::string id, name, kind;
  Point at;
};

// Stations, clinics, schools: rows in file order, faults as for events.
std::vector<Facility> read_facilities(const CatalogueFacilities& facilities, const Lattice& lattice,
                                      std::vector<Finding>& findings);

}  // namespace gridloom
