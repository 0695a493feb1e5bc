// SPDX-License-Identifier: Apache-2.0
#include "engine/io/catalogue/catalogue.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <set>

#include "engine/base/errors.h"
#include "engine/base/nearest_word.h"
#include "engine/base/strings.h"
#include "engine/io/catalogue/yaml_entry.h"
#include "engine/io/crs.h"
#include "engine/io/text_encoding.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

// Layer ids become table and column names of the project file.
void check_id(const YamlEntry& entry, const std::string& id) {
  const auto ok = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (id.empty()) return;  // told
  if (!std::all_of(id.begin(), id.end(), ok) || id[0] < 'a' || id.size() > 48)
    entry.complain({"id_malformed", {{"id", id}}});
}

std::string read_id(const YamlEntry& parent) {
  const YamlEntry entry = parent.at("id");
  const std::string id = entry.text();
  check_id(entry, id);
  return id;
}

Text read_text(const YamlEntry& entry) {
  if (entry.is_scalar()) return {entry.text(), entry.text()};
  entry.expect_keys({"en", "zh"});
  return {entry.at("en").text(), entry.at("zh").text()};
}

Text optional_text(const YamlEntry& parent, const char* key, const Text& otherwise = {}) {
  const auto entry = parent.find(key);
  return entry ? read_text(*entry) : otherwise;
}

std::string optional_string(const YamlEntry& parent, const char* key) {
  const auto entry = parent.find(key);
  return entry ? entry->text() : std::string();
}

std::vector<std::string> read_strings(const YamlEntry& entry) {
  std::vector<std::string> texts;
  const auto take = [&](std::string text) {
    if (!text.empty()) texts.push_back(std::move(text));
  };
  if (entry.is_scalar()) {
    take(entry.text());
    return texts;
  }
  const std::vector<YamlEntry> items = entry.items();
  for (const YamlEntry& item : items) take(item.text());
  if (entry.is_list() && items.empty()) entry.complain({"list_empty"});
  return texts;
}

fs::path read_file_path(const YamlEntry& entry, const fs::path& folder) {
  const std::string name = entry.text();
  if (name.empty()) return {};
  const fs::path path = (folder / name).lexically_normal();
  std::error_code error;
  if (fs::exists(path, error)) return path;
  entry.complain({"source_missing", {{"path", path.string()}}});
  return {};
}

// A name, or a name with what is declared of its datum; as one text (crs.h).
std::string crs_text(const YamlEntry& entry) {
  if (!entry.is_map()) return entry.text();
  entry.expect_keys({"name", "towgs84", "grid", "ballpark"});
  std::string text = entry.at("name").text();
  if (const auto parameters = entry.find("towgs84")) {
    constexpr double kMost = 1e5;
    std::string numbers;
    for (const YamlEntry& p : parameters->items())
      numbers += (numbers.empty() ? "" : ",") + number_text(p.number(-kMost, kMost));
    text += " +towgs84=" + numbers;
  }
  if (const auto grid = entry.find("grid")) text += " +nadgrids=" + grid->text();
  if (const auto meant = entry.find("ballpark"); meant && meant->flag()) text += " +ballpark";
  return text;
}

// The text, once `check` has nothing against it.
std::string read_crs(const YamlEntry& entry, const std::function<void(const std::string&)>& check) {
  const std::string crs = crs_text(entry);
  try {
    if (!crs.empty()) check(crs);
    return crs;
  } catch (const DataError& e) {
    entry.complain(e.reason());
  }
  return {};
}

std::string read_encoding(const YamlEntry& entry) {
  try {
    const std::string encoding = entry.text();
    if (!encoding.empty()) require_known_encoding(encoding);
    return encoding;
  } catch (const DataError& e) {
    entry.complain(e.reason());
  }
  return {};
}

// The keys of a source stand beside the keys of what it is the source of.
CatalogueSource read_source(const YamlEntry& entry, const fs::path& folder) {
  CatalogueSource source;
  const YamlEntry file = entry.at("source");
  source.file = read_file_path(file, folder);
  source.place = file.place();
  source.table = optional_string(entry, "table");
  if (const auto encoding = entry.find("encoding")) source.encoding = read_encoding(*encoding);
  const std::size_t before = entry.mistakes().size();
  if (const auto crs = entry.find("crs"))
    source.crs = read_crs(*crs, [](const std::string& name) { is_geographic(name); });
  if (const auto datum = entry.find("datum")) source.datum = datum->value<Datum>();
  if (const auto axis = entry.find("axis")) source.swapped = axis->word({"normal", "swapped"}) == "swapped";
  source.coordinates_known = entry.mistakes().size() == before;
  if (const auto where = entry.find("where"))
    for (const auto& [field, values] : where->pairs()) source.where[field] = read_strings(values);
  return source;
}

CatalogueKey read_key(const YamlEntry& entry, const fs::path& folder) {
  if (!entry.is_map()) return {read_strings(entry), "", {}};
  entry.expect_keys({"fields", "field", "separator", "codes"});
  CatalogueKey key;
  if (entry.has("fields") == entry.has("field"))
    entry.complain({"field_and_fields"});
  else
    key.fields = read_strings(entry.at(entry.has("field") ? "field" : "fields"));
  if (const auto separator = entry.find("separator")) key.separator = separator->text();
  if (const auto codes = entry.find("codes")) key.codes = read_file_path(*codes, folder);
  return key;
}

CatalogueLevel read_level(const YamlEntry& entry, const fs::path& folder) {
  entry.expect_keys({"id", "title", "source", "table", "encoding", "crs", "datum", "axis", "where", "key", "name",
                     "names", "parent", "accuracy"});
  CatalogueLevel level;
  level.id = read_id(entry);
  level.title = optional_text(entry, "title", {level.id, level.id});
  if (!entry.has("source")) {
    if (const auto key = entry.find("key")) key->complain({"key_without_source"});
    return level;
  }
  level.source = read_source(entry, folder);
  level.key = read_key(entry.at("key"), folder);
  const Text name = optional_text(entry, "name");
  level.name_en = name.en;
  level.name_zh = name.zh;
  if (const auto names = entry.find("names"))
    for (const auto& [code, text] : names->pairs()) level.names[code] = read_text(text);
  level.parent = optional_string(entry, "parent");
  if (const auto accuracy = entry.find("accuracy")) level.accuracy_m = accuracy->number(0, 1000);
  return level;
}

std::vector<CatalogueLevel> read_levels(const YamlEntry& frame, const fs::path& folder) {
  frame.expect_keys({"levels"});
  const YamlEntry list = frame.at("levels");
  std::vector<CatalogueLevel> levels;
  std::set<std::string> ids;
  for (const YamlEntry& item : list.items()) {
    levels.push_back(read_level(item, folder));
    if (!levels.back().id.empty() && !ids.insert(levels.back().id).second)
      item.at("id").complain({"id_twice", {{"id", levels.back().id}}});
    if (!levels.back().source && levels.size() > 1) item.complain({"level_without_source"});
  }
  const bool none = levels.empty() ? list.is_list() : levels.size() == 1 && !levels[0].source;
  if (none) list.complain({"levels_without_source"});
  return levels;
}

CatalogueLayer read_layer(const YamlEntry& entry, const fs::path& folder, int order) {
  entry.expect_keys({"id", "title", "department", "source", "table", "encoding", "crs", "datum", "axis", "where", "key",
                     "name", "fields", "rank", "accuracy", "locked", "parent", "nests_in", "shift"});
  CatalogueLayer layer;
  layer.id = read_id(entry);
  layer.title = optional_text(entry, "title", {layer.id, layer.id});
  layer.department = optional_text(entry, "department", layer.title);
  layer.source = read_source(entry, folder);
  layer.key = read_key(entry.at("key"), folder);
  layer.name = optional_string(entry, "name");
  if (const auto fields = entry.find("fields")) layer.fields = read_strings(*fields);
  const auto rank = entry.find("rank");
  layer.rank = rank ? static_cast<int>(rank->integer(1, 1000)) : order;
  if (const auto accuracy = entry.find("accuracy")) layer.accuracy_m = accuracy->number(0, 10000);
  if (const auto locked = entry.find("locked")) layer.locked = locked->flag();
  if (const auto parent = entry.find("parent")) {
    parent->expect_keys({"layer", "key"});
    layer.parent = CatalogueParent{parent->at("layer").text(), parent->at("key").text()};
  }
  if (const auto shift = entry.find("shift")) layer.shift = shift->value<ShiftWord>();
  if (const auto nests = entry.find("nests_in"))
    for (const auto& [other, word] : nests->pairs()) {
      if (layer.parent && layer.parent->layer == other) word.complain({"nesting_declared_by_parent"});
      layer.nests_in[other] = word.value<NestingWord>();
    }
  return layer;
}

std::vector<std::string> ids_of(const std::vector<CatalogueLayer>& layers) {
  std::vector<std::string> ids;
  for (const CatalogueLayer& layer : layers) ids.push_back(layer.id);
  return ids;
}

void require_layer(const YamlEntry& entry, const std::string& id, const std::vector<CatalogueLayer>& layers) {
  if (id.empty()) return;  // told
  const std::vector<std::string> ids = ids_of(layers);
  if (std::find(ids.begin(), ids.end(), id) != ids.end()) return;
  const auto near = nearest_word(id, ids);
  entry.complain({"layer_unknown", {{"id", id}, {"near", near.value_or("")}}});
}

std::vector<CatalogueLayer> read_layers(const YamlEntry& list, const fs::path& folder) {
  std::vector<CatalogueLayer> layers;
  std::set<std::string> ids;
  const std::vector<YamlEntry> items = list.items();
  for (const YamlEntry& item : items) {
    layers.push_back(read_layer(item, folder, static_cast<int>(layers.size()) + 1));
    if (!layers.back().id.empty() && !ids.insert(layers.back().id).second)
      item.at("id").complain({"id_twice", {{"id", layers.back().id}}});
  }
  if (list.is_list() && layers.empty()) list.complain({"layers_empty"});
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].parent) {
      const YamlEntry parent = items[i].at("parent").at("layer");
      require_layer(parent, layers[i].parent->layer, layers);
      if (layers[i].parent->layer == layers[i].id && !layers[i].id.empty()) parent.complain({"layer_its_own_parent"});
    }
    if (const auto nests = items[i].find("nests_in"))
      for (const auto& [other, word] : nests->pairs()) {
        require_layer(word, other, layers);
        if (other == layers[i].id && !other.empty()) word.complain({"layer_nests_in_itself"});
      }
  }
  return layers;
}

CataloguePopulation read_population(const YamlEntry& entry, const fs::path& folder) {
  entry.expect_keys(
      {"source", "table", "encoding", "crs", "datum", "axis", "where", "key", "name", "people", "households"});
  return {read_source(entry, folder), read_key(entry.at("key"), folder), optional_string(entry, "name"),
          entry.at("people").text(), optional_string(entry, "households")};
}

CatalogueLinework read_linework(const YamlEntry& entry, const fs::path& folder) {
  entry.expect_keys({"id", "title", "kind", "source", "table", "encoding", "crs", "datum", "axis", "where", "key",
                     "name", "accuracy", "weight"});
  CatalogueLinework lines;
  lines.id = read_id(entry);
  lines.title = optional_text(entry, "title", {lines.id, lines.id});
  lines.kind = entry.at("kind").value<LineKind>();
  lines.source = read_source(entry, folder);
  if (const auto key = entry.find("key")) lines.key = read_key(*key, folder);
  lines.name = optional_string(entry, "name");
  if (const auto accuracy = entry.find("accuracy")) lines.accuracy_m = accuracy->number(0.1, 1000);
  if (const auto weight = entry.find("weight")) lines.weight = weight->number(0, 1000);
  return lines;
}

CataloguePlaces read_places(const YamlEntry& entry, const fs::path& folder) {
  CataloguePlaces places;
  places.source = read_source(entry, folder);
  const bool lonlat = entry.has("lon") || entry.has("lat");
  const bool xy = entry.has("x") || entry.has("y");
  if (lonlat && xy) entry.complain({"places_of_two_kinds"});
  if (lonlat) {
    places.x = entry.at("lon").text();
    places.y = entry.at("lat").text();
    if (places.source.crs.empty()) places.source.crs = "EPSG:4326";
    if (!is_geographic(places.source.crs))
      entry.at("lon").complain({"lonlat_of_projected_crs", {{"crs", places.source.crs}}});
  } else if (xy) {
    places.x = entry.at("x").text();
    places.y = entry.at("y").text();
    if (places.source.crs.empty()) entry.at("x").complain({"xy_without_crs"});
  }
  return places;
}

DateOrder date_order(const YamlEntry& entry) {
  const auto dates = entry.find("dates");
  return dates ? dates->value<DateOrder>() : DateOrder::year_first;
}

CatalogueIncidents read_incidents(const YamlEntry& entry, const fs::path& folder) {
  entry.expect_keys({"source",   "table",       "encoding", "crs",      "datum",  "axis",        "where",
                     "lon",      "lat",         "x",        "y",        "id",     "occurred_at", "dates",
                     "category", "subcategory", "agency",   "severity", "status", "closed_at"});
  return {read_places(entry, folder),
          entry.at("id").text(),
          entry.at("occurred_at").text(),
          entry.at("category").text(),
          optional_string(entry, "subcategory"),
          optional_string(entry, "agency"),
          optional_string(entry, "severity"),
          optional_string(entry, "status"),
          optional_string(entry, "closed_at"),
          date_order(entry)};
}

CatalogueFacilities read_facilities(const YamlEntry& entry, const fs::path& folder) {
  entry.expect_keys({"id", "title", "department", "source", "table", "encoding", "crs", "datum", "axis", "where", "lon",
                     "lat", "x", "y", "key", "name", "kind"});
  CatalogueFacilities facilities;
  facilities.id = read_id(entry);
  facilities.title = optional_text(entry, "title", {facilities.id, facilities.id});
  facilities.department = optional_text(entry, "department", facilities.title);
  facilities.places = read_places(entry, folder);
  facilities.key = entry.at("key").text();
  facilities.name = optional_string(entry, "name");
  facilities.kind = optional_string(entry, "kind");
  return facilities;
}

Uninhabited read_uninhabited(const YamlEntry& entry) {
  entry.expect_keys({"as", "min_area", "people_per_km2"});
  Uninhabited u;
  u.own_grids = entry.at("as").word({"own_grids", "neighbours"}) == "own_grids";
  if (const auto area = entry.find("min_area")) u.min_area_m2 = area->number(0, 1e12);
  if (const auto density = entry.find("people_per_km2")) u.people_per_km2 = density->number(0, 1e6);
  return u;
}

CatalogueGrids read_grids(const YamlEntry& entry, const fs::path& folder) {
  return {read_source(entry, folder), read_key(entry.at("key"), folder), optional_string(entry, "name"),
          optional_string(entry, "locked")};
}

std::vector<double> read_weights(const YamlEntry& entry, const std::vector<CatalogueLayer>& layers) {
  std::vector<double> weights(layers.size(), 1);
  for (const auto& [id, weight] : entry.pairs()) {
    require_layer(weight, id, layers);
    const auto at = std::ranges::find(layers, id, &CatalogueLayer::id);
    if (at == layers.end()) continue;
    weights[static_cast<std::size_t>(at - layers.begin())] = weight.number(0, 1000);
  }
  if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; }))
    entry.complain({"weights_all_zero"});
  return weights;
}

CatalogueUnify read_unify(const YamlEntry& entry, const fs::path& folder, const Catalogue& catalogue) {
  entry.expect_keys({"nest_in", "households", "people_per_household", "serial_digits", "seed", "effort", "seconds",
                     "weights", "uninhabited", "special", "existing", "keep"});
  CatalogueUnify unify;
  UnifyOptions& options = unify.options;
  if (const auto nest_in = entry.find("nest_in"))
    if (!catalogue.levels.empty() && nest_in->text() != catalogue.levels.back().id)
      nest_in->complain({"grids_nest_elsewhere", {{"level", catalogue.levels.back().id}}});
  if (const auto band = entry.find("households")) {
    band->expect_keys({"min", "max"});
    options.households_min = band->at("min").number(1, 1e7);
    options.households_max = band->at("max").number(1, 1e7);
    if (options.households_max < options.households_min) band->at("max").complain({"max_below_min"});
  }
  if (const auto people = entry.find("people_per_household")) options.people_per_household = people->number(0.1, 100);
  if (const auto digits = entry.find("serial_digits")) options.serial_digits = static_cast<int>(digits->integer(1, 9));
  if (const auto seed = entry.find("seed"))
    options.seed = static_cast<std::uint64_t>(seed->integer(0, 1LL << 53));  // what a double holds exactly
  if (const auto effort = entry.find("effort")) options.effort = effort->number(0.01, 1000);
  if (const auto seconds = entry.find("seconds")) options.seconds = seconds->number(0, 1e6);
  if (const auto weights = entry.find("weights")) options.weights = read_weights(*weights, catalogue.layers);
  if (const auto uninhabited = entry.find("uninhabited")) options.uninhabited = read_uninhabited(*uninhabited);
  if (const auto special = entry.find("special")) {
    special->expect_keys({"source", "table", "encoding", "crs", "datum", "axis", "where", "key", "name"});
    unify.special = read_grids(*special, folder);
  }
  if (const auto existing = entry.find("existing")) {
    existing->expect_keys({"source", "table", "encoding", "crs", "datum", "axis", "where", "key", "name", "locked"});
    unify.existing = read_grids(*existing, folder);
  }
  if (const auto keep = entry.find("keep")) {
    options.keep_existing = keep->word({"existing", "nothing"}) == "existing";
    if (options.keep_existing && !unify.existing) keep->complain({"keep_without_existing"});
  }
  return unify;
}

CatalogueAllowedGaps read_allowed_gaps(const YamlEntry& entry, const fs::path& folder, const Catalogue& catalogue) {
  entry.expect_keys({"layers", "source", "table", "encoding", "crs", "datum", "axis", "where"});
  CatalogueAllowedGaps gaps;
  if (const auto layers = entry.find("layers"))
    for (const YamlEntry& item : layers->items()) {
      require_layer(item, item.text(), catalogue.layers);
      gaps.layers.push_back(item.text());
    }
  if (entry.has("source")) gaps.source = read_source(entry, folder);
  return gaps;
}

CatalogueTheme read_theme(const YamlEntry& entry) {
  entry.expect_keys({"id", "title", "categories"});
  const std::string id = read_id(entry);
  return {id, optional_text(entry, "title", {id, id}), read_strings(entry.at("categories"))};
}

std::string read_time_zone(const YamlEntry& entry) {
  const std::string zone = entry.text();
  if (zone.empty()) return zone;  // told
  const auto ok = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '+' || c == '/';
  };
  // tzdata's own folder knows best, where it is installed.
  const fs::path known = "/usr/share/zoneinfo";
  std::error_code error;
  if (!std::all_of(zone.begin(), zone.end(), ok) ||
      (fs::exists(known, error) && !fs::is_regular_file(known / zone, error)))
    entry.complain({"time_zone_malformed", {{"zone", zone}}});
  else
    return zone;
  return {};
}

// Grid files of datums, for the whole process: a project's CRS may need them long after its catalogue was read.
void read_grid_folder(const YamlEntry& entry, const fs::path& folder) {
  const fs::path grids = read_file_path(entry, folder);
  std::error_code error;
  if (grids.empty()) return;
  if (fs::is_directory(grids, error))
    look_for_grids_in(fs::absolute(grids));
  else
    entry.complain({"grids_no_folder", {{"path", grids.string()}}});
}

// Applies `read` to each item of an optional list.
template <class Read>
auto read_list(const YamlEntry& parent, const char* key, Read read) {
  std::vector<decltype(read(parent))> list;
  if (const auto entry = parent.find(key))
    for (const YamlEntry& item : entry->items()) list.push_back(read(item));
  return list;
}

}  // namespace

void CatalogueSource::fail(Reason reason) const {
  throw DataError(std::move(reason)).within(file.string()).within(place.text());
}

CatalogueAndMistakes read_whole_catalogue(const fs::path& file) {
  const YamlEntry root = YamlEntry::load(file);
  root.expect_keys({"id", "code", "name", "crs", "time_zone", "frame", "layers", "population", "linework", "incidents",
                    "facilities", "rosters", "align", "unify", "allowed_gaps", "privacy", "themes", "grids"});
  const fs::path folder = file.parent_path();
  if (const auto grids = root.find("grids")) read_grid_folder(*grids, folder);
  Catalogue c;
  c.file = file;
  c.id = read_id(root);
  c.code = root.at("code").text();
  c.name = read_text(root.at("name"));
  c.crs = read_crs(root.at("crs"), [](const std::string& crs) { Projection{crs}; });
  c.time_zone = read_time_zone(root.at("time_zone"));
  c.levels = read_levels(root.at("frame"), folder);
  c.layers = read_layers(root.at("layers"), folder);
  if (const auto entry = root.find("population")) c.population = read_population(*entry, folder);
  if (const auto entry = root.find("incidents")) c.incidents = read_incidents(*entry, folder);
  c.linework = read_list(root, "linework", [&](const YamlEntry& e) { return read_linework(e, folder); });
  c.facilities = read_list(root, "facilities", [&](const YamlEntry& e) { return read_facilities(e, folder); });
  c.rosters = read_list(root, "rosters", [&](const YamlEntry& e) {
    e.expect_keys({"layer", "source"});
    require_layer(e.at("layer"), e.at("layer").text(), c.layers);
    return CatalogueRoster{e.at("layer").text(), read_file_path(e.at("source"), folder)};
  });
  if (const auto entry = root.find("align")) {
    entry->expect_keys({"min_width"});
    c.align.min_width_m = entry->at("min_width").number(0, 1000);
  }
  if (const auto entry = root.find("unify")) c.unify = read_unify(*entry, folder, c);
  if (const auto entry = root.find("allowed_gaps")) c.allowed_gaps = read_allowed_gaps(*entry, folder, c);
  if (const auto entry = root.find("privacy")) {
    entry->expect_keys({"k"});
    c.privacy_k = static_cast<int>(entry->at("k").integer(2, 10000));
  }
  c.themes = read_list(root, "themes", read_theme);
  for (const auto& [key, entry] : root.pairs())
    if (key == "facilities" || key == "rosters" || key == "themes") c.unused.push_back({key, entry.place()});
  return {std::move(c), root.mistakes()};
}

Catalogue read_catalogue(const fs::path& file) {
  CatalogueAndMistakes read = read_whole_catalogue(file);
  read.mistakes.raise();
  return std::move(read.catalogue);
}

}  // namespace gridloom
