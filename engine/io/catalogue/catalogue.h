// SPDX-License-Identifier: Apache-2.0
// A city's catalogue, city.yaml: everything Gridloom knows about a city. gisdata/city.schema.json says the same for
// editors. Relative paths are resolved against the catalogue's folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/mistakes.h"
#include "engine/base/words.h"
#include "engine/city/delivery.h"
#include "engine/events/event.h"
#include "engine/events/local_time.h"
#include "engine/io/datum.h"

namespace gridloom {

// A place in the catalogue, for messages: "gisdata/nyc/city.yaml:12:5".
struct CataloguePlace {
  std::string file;
  int line = 0;  // from 1
  int column = 0;
  std::string text() const;
};

// A file (or a table in it) that a department delivered.
struct CatalogueSource {
  std::filesystem::path file;
  std::string table;     // in files with several; empty: the only one
  std::string encoding;  // of its texts; empty: what the file says, or what they show
  std::string crs;       // empty: what the file says, or what its coordinates show
  Datum datum = Datum::detect;
  bool swapped = false;           // the file has north, east (latitude, longitude)
  bool coordinates_known = true;  // false beside mistakes: of its crs, datum or axis, so that its ground is not judged
  std::map<std::string, std::vector<std::string>> where;  // field -> accepted values; empty: every feature
  CataloguePlace place;

  [[noreturn]] void fail(Reason) const;  // throws DataError: within the catalogue's place, the file
};

// How a feature's id is made: values of the fields, joined; then translated when there is a table of codes.
struct CatalogueKey {
  std::vector<std::string> fields;
  std::string separator;
  std::filesystem::path codes;  // CSV with the columns <field>,code; empty: none
};

// A field's name, or a template such as "Precinct {Precinct}"; empty: the id.
using CatalogueName = std::string;

struct CatalogueParent {
  std::string layer;  // whose cells hold this layer's cells
  std::string key;    // field (or template) with the id of the parent
};

struct CatalogueLayer {
  std::string id;
  Text title;
  Text department;
  CatalogueSource source;
  CatalogueKey key;
  CatalogueName name;
  std::vector<std::string> fields;  // those that the project carries beside id and name
  int rank = 0;                     // 1 is the highest; default: the order in the catalogue
  double accuracy_m = 10;
  bool locked = false;
  std::optional<CatalogueParent> parent;
  std::map<std::string, NestingWord> nests_in;  // layer -> confirm, declare or forbid
  ShiftWord shift = ShiftWord::detect;
};

struct CatalogueLevel {
  std::string id;
  Text title;
  std::optional<CatalogueSource> source;  // only the first level may have none: it is the union of the level below
  CatalogueKey key;
  CatalogueName name_en, name_zh;
  std::map<std::string, Text> names;  // code -> name, before name_en and name_zh
  std::string parent;                 // field or template with the parent's code; empty: found by overlap
  double accuracy_m = 10;             // narrower ground between its lines and the level above's goes to a neighbour
};

struct CataloguePopulation {
  CatalogueSource source;
  CatalogueKey key;
  CatalogueName name;
  std::string people;      // field
  std::string households;  // field; empty: people / people_per_household
};

enum class LineKind { road, river, rail, wall };
template <>
inline constexpr auto kWords<LineKind> = words<LineKind>(
    {{"road", LineKind::road}, {"river", LineKind::river}, {"rail", LineKind::rail}, {"wall", LineKind::wall}});

struct CatalogueLinework {
  std::string id;
  Text title;
  LineKind kind = LineKind::road;
  double accuracy_m = 15;
  double weight = 1;
  CatalogueSource source;
  CatalogueKey key;
  CatalogueName name;
};

// A table with a place in every row: two columns, or the geometry of a point layer when `x` and `y` are empty.
struct CataloguePlaces {
  CatalogueSource source;
  std::string x, y;  // `lon`, `lat` or `x`, `y` in the catalogue
};

struct CatalogueIncidents {
  CataloguePlaces places;
  // Column names; the optional ones are empty when the source has none.
  std::string id, occurred_at, category, subcategory, agency, severity, status, closed_at;
  DateOrder dates = DateOrder::year_first;
  bool columns_may_lack = false;  // optional ones that the source does not have are told, and taken as empty

  std::string& operator[](EventField field) { return this->*column_of(field); }
  const std::string& operator[](EventField field) const { return this->*column_of(field); }

 private:
  static constexpr std::string CatalogueIncidents::*column_of(EventField field) {
    constexpr std::string CatalogueIncidents::*kColumns[] = {
        &CatalogueIncidents::category, &CatalogueIncidents::subcategory, &CatalogueIncidents::agency,
        &CatalogueIncidents::severity, &CatalogueIncidents::status};
    return kColumns[static_cast<std::size_t>(field)];
  }
};

struct CatalogueFacilities {
  std::string id;
  Text title;
  Text department;
  CataloguePlaces places;
  std::string key, name, kind;  // columns
};

struct CatalogueRoster {
  std::string layer;
  std::filesystem::path file;
};

struct CatalogueTheme {
  std::string id;
  Text title;
  std::vector<std::string> categories;
};

// A key that is read and checked, and that nothing acts on yet.
struct UnusedKey {
  std::string key;
  CataloguePlace place;
};

// Grids drawn beforehand.
struct CatalogueGrids {
  CatalogueSource source;
  CatalogueKey key;
  CatalogueName name;
  std::string locked;  // of today's grids: the field that says which are (1, true, yes); empty: none
};

struct CatalogueUnify {
  UnifyOptions options;                    // weights: parallel to the layers
  std::optional<CatalogueGrids> special;   // grids to keep as drawn: markets, campuses, parks, stations
  std::optional<CatalogueGrids> existing;  // today's grids
};

struct CatalogueAllowedGaps {
  std::vector<std::string> layers;
  std::optional<CatalogueSource> source;  // areas where nothing need be
};

struct Catalogue {
  std::filesystem::path file;
  std::string id;
  std::string code;
  Text name;
  std::string crs;
  std::string time_zone;
  std::vector<CatalogueLevel> levels;  // top first; grids nest in the last
  std::vector<CatalogueLayer> layers;
  std::optional<CataloguePopulation> population;
  std::vector<CatalogueLinework> linework;
  std::optional<CatalogueIncidents> incidents;
  std::vector<CatalogueFacilities> facilities;
  std::vector<CatalogueRoster> rosters;
  AlignOptions align;
  CatalogueUnify unify;
  CatalogueAllowedGaps allowed_gaps;
  int privacy_k = 0;  // public answers tell incidents in multiples of it (published_events.h); 0: exactly
  std::vector<CatalogueTheme> themes;
  std::vector<UnusedKey> unused;  // keys that nothing acts on yet, in the file's order
};

// Throws DataError, DataErrors for several, with file, line and column for an unknown or doubled key (naming the
// nearest known one), a missing key, a value of the wrong type or out of range, a reference to a layer that is not
// there, a CRS that is unknown or not projected in metres, and files that do not exist; all that are there at once.
// Before that, DataError for a file that cannot be read, is not UTF-8 or no YAML.
Catalogue read_catalogue(const std::filesystem::path& file);

// For those who go on to the files, so as to tell everything at once. Beside mistakes the catalogue is not whole: what
// is wrong is empty or the default, also the path of a file, the fields of a key and the CRS.
struct CatalogueAndMistakes {
  Catalogue catalogue;
  Mistakes mistakes;
};
CatalogueAndMistakes read_whole_catalogue(const std::filesystem::path& file);

}  // namespace gridloom
