// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/delivery_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/event_reader.h"
#include "engine/io/delivery/layer_reader.h"
#include "engine/io/map_scale.h"
#include "engine/io/working_crs.h"

namespace gridloom {
namespace {

using Findings = std::vector<Finding>;

// Metres: what a source that states no accuracy is held to.
constexpr double kExact = 1;

// What one step of the reading has to tell.
struct Notes {
  Findings findings;
  Mistakes mistakes;

  void add(Notes&& others) {
    std::move(others.findings.begin(), others.findings.end(), std::back_inserter(findings));
    mistakes.add(others.mistakes);
  }
};

// Every file is read once, though levels and layers may share it.
class RawFiles {
 public:
  void want(const CatalogueSource& source) {
    if (source.file.empty()) return;  // a mistake of the catalogue
    if (index_of_.try_emplace(key(source), sources_.size()).second) sources_.push_back(&source);
    if (!source.where.empty()) selected_.try_emplace(&source);
  }

  void read(unsigned threads, Progress& progress, Mistakes& mistakes) {
    layers_.resize(sources_.size());
    std::vector<Mistakes> told(sources_.size());
    // Large files first, so that no thread is left with one at the end.
    std::vector<std::size_t> order(sources_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return bytes(a) > bytes(b); });
    parallel_for(order.size(), threads, [&](std::size_t i) {
      if (progress.cancelled()) throw Cancelled();
      const std::size_t s = order[i];
      told[s].attempt([&] { layers_[s] = read_vector_file(*sources_[s]); });
    });
    for (const Mistakes& m : told) mistakes.add(m);
    for (auto& [source, layer] : selected_)
      if (const auto& all = whole(*source))
        mistakes.attempt([&, wanted = source] { selected_[wanted] = select_features(*all, *wanted); });
  }

  // Null where it could not be read, which was told.
  const RawLayer* find(const CatalogueSource& source) const {
    const auto selected = selected_.find(&source);
    const auto& layer = selected != selected_.end() ? selected->second : whole(source);
    return layer ? &*layer : nullptr;
  }

  const std::vector<const CatalogueSource*>& sources() const { return sources_; }

 private:
  using Key = std::array<std::string, 3>;
  using Selected = std::map<const CatalogueSource*, std::optional<RawLayer>>;
  static Key key(const CatalogueSource& s) { return {s.file.string(), s.table, s.encoding}; }

  const std::optional<RawLayer>& whole(const CatalogueSource& source) const {
    static const std::optional<RawLayer> none;
    const auto at = index_of_.find(key(source));
    return at == index_of_.end() ? none : layers_[at->second];
  }
  std::uintmax_t bytes(std::size_t i) const {
    std::error_code error;
    const auto size = std::filesystem::file_size(sources_[i]->file, error);
    return error ? 0 : size;
  }

  std::map<Key, std::size_t> index_of_;
  std::vector<const CatalogueSource*> sources_;
  std::vector<std::optional<RawLayer>> layers_;
  Selected selected_;
};

RawFiles read_files(const Catalogue& catalogue, unsigned threads, Progress& progress, Mistakes& mistakes) {
  RawFiles files;
  for (const CatalogueLevel& level : catalogue.levels)
    if (level.source) files.want(*level.source);
  for (const CatalogueLayer& layer : catalogue.layers) files.want(layer.source);
  if (catalogue.population) files.want(catalogue.population->source);
  for (const CatalogueLinework& lines : catalogue.linework) files.want(lines.source);
  for (const auto& grids : {&catalogue.unify.special, &catalogue.unify.existing})
    if (*grids) files.want((*grids)->source);
  if (const auto& areas = catalogue.allowed_gaps.source) files.want(*areas);
  files.read(threads, progress, mistakes);
  return files;
}

// What a source is asked for.
struct FieldsAsked {
  const CatalogueKey* key = nullptr;  // null: none is needed
  std::vector<std::string> texts{};   // fields or templates; empty ones are none
  double accuracy_m = kExact;         // of its lines
  std::vector<std::string> kept{};    // fields that go on with the cells
};

// False where one is not there; each is told.
bool has_fields(const RawLayer& raw, const FieldsAsked& asked, const CataloguePlace& place, Mistakes& mistakes) {
  bool all = true;
  if (asked.key) {
    all = !asked.key->fields.empty();  // else a mistake of the catalogue
    for (const std::string& field : asked.key->fields) all = mistakes.attempt([&] { raw.field(field, place); }) && all;
  }
  for (const std::string& text : asked.texts)
    all = mistakes.attempt([&] { const FieldText there(raw, text, place); }) && all;
  for (const std::string& field : asked.kept) all = mistakes.attempt([&] { raw.field(field, place); }) && all;
  return all;
}

// A source's features on the ground. Empty where its file, a field or its place is not as the catalogue says: all of
// that is told.
std::optional<GroundLayer> ground_of(const CatalogueSource& source, const std::string& id, const FieldsAsked& asked,
                                     const RawFiles& files, const Surroundings& around, Notes& notes) {
  const RawLayer* raw = files.find(source);
  if (!raw) return std::nullopt;
  const bool fields = has_fields(*raw, asked, source.place, notes.mistakes);
  std::optional<GroundLayer> ground;
  if (source.coordinates_known)
    notes.mistakes.attempt(
        [&] { ground = bring_to_ground(*raw, source, id, asked.accuracy_m, around, notes.findings); });
  return fields ? std::move(ground) : std::nullopt;
}

std::vector<std::optional<GroundLayer>> ground_levels(const Catalogue& catalogue, const RawFiles& files,
                                                      const std::string& crs, unsigned threads, Notes& notes) {
  const Surroundings around{crs, std::nullopt, nullptr};
  std::vector<std::optional<GroundLayer>> grounds(catalogue.levels.size());
  std::vector<Notes> told(catalogue.levels.size());
  parallel_for(grounds.size(), threads, [&](std::size_t i) {
    const CatalogueLevel& level = catalogue.levels[i];
    if (!level.source) return;
    const FieldsAsked asked{&level.key, {level.name_en, level.name_zh, level.parent}, level.accuracy_m};
    grounds[i] = ground_of(*level.source, level.id, asked, files, around, told[i]);
  });
  for (Notes& n : told) notes.add(std::move(n));
  return grounds;
}

Extent frame_of(const std::vector<std::optional<GroundLayer>>& levels) {
  Extent frame;
  for (const auto& level : levels) {
    if (!level || level->extent.empty()) continue;
    frame.add(level->extent.min_x, level->extent.min_y);
    frame.add(level->extent.max_x, level->extent.max_y);
  }
  return frame;
}

Lattice lattice_around(const std::string& crs, const Extent& frame) {
  const Projected centre = frame.centre();
  return {crs, std::round(centre.x / 1000) * 1000, std::round(centre.y / 1000) * 1000};
}

Text unit_name(const CatalogueLevel& level, const std::string& code, const RawFeature& feature, const FieldText& en,
               const FieldText& zh) {
  if (const auto given = level.names.find(code); given != level.names.end()) return given->second;
  Text name{en.of(feature), zh.of(feature)};
  if (name.zh.empty()) name.zh = name.en.empty() ? code : name.en;
  if (name.en.empty()) name.en = name.zh;
  return name;
}

DeliveredAdminLevel make_level(const CatalogueLevel& level, const std::optional<GroundLayer>& ground,
                               const Lattice& lattice, Findings& findings) {
  DeliveredAdminLevel made;
  made.id = level.id;
  made.title = level.title;
  made.units.id = level.id;
  made.units.title = level.title;
  made.units.accuracy_m = level.accuracy_m;
  if (!ground) return made;
  const RawLayer& raw = *ground->raw;
  const CataloguePlace& place = level.source->place;
  const FieldText en(raw, level.name_en, place), zh(raw, level.name_zh, place), parent(raw, level.parent, place);
  made.units.fields = raw.fields;
  CellsAndFeatures cells = make_cells(*ground, FieldKey(raw, level.key, place), en, level.id, lattice, findings);
  for (std::size_t c = 0; c < cells.cells.size(); ++c) {
    if (cells.cells[c].rings.empty()) continue;  // a unit is its ground
    const RawFeature& feature = raw.features[cells.features[c].front()];
    made.names.push_back(unit_name(level, cells.cells[c].cell.id, feature, en, zh));
    made.parents.push_back(parent.of(feature));
    made.units.cells.push_back(std::move(cells.cells[c]));
  }
  return made;
}

void require_known_parents(const Catalogue& catalogue, const std::vector<DeliveredAdminLevel>& levels,
                           Mistakes& mistakes) {
  for (std::size_t l = 1; l < levels.size(); ++l) {
    std::set<std::string> codes;
    for (const DeliveredCell& unit : levels[l - 1].units.cells) codes.insert(unit.cell.id);
    if (codes.empty() && catalogue.levels[l - 1].source) continue;  // which could not be read
    if (codes.empty()) codes.insert(catalogue.code);
    for (std::size_t u = 0; u < levels[l].parents.size(); ++u)
      if (!levels[l].parents[u].empty() && !codes.contains(levels[l].parents[u]))
        mistakes.add(
            DataError("unit_of_unknown_parent", {{"level", levels[l].id},
                                                 {"unit", levels[l].units.cells[u].cell.id},
                                                 {"parent", levels[l].parents[u]},
                                                 {"above", levels[l - 1].id},
                                                 {"near", near_id(levels[l].parents[u], {codes.begin(), codes.end()})}})
                .within(catalogue.levels[l].source->place.text()));
  }
}

std::string parent_field(const CatalogueLayer& layer) { return layer.parent ? layer.parent->key : std::string(); }

// Of all that the cells have, only the fields that the catalogue names go on: what departments know of persons, and do
// not need to tell, stays with them.
void keep_fields(DeliveredLayer& layer, std::span<const std::size_t> kept, const std::vector<Field>& fields) {
  for (const std::size_t f : kept) layer.fields.push_back(fields[f]);
  for (DeliveredCell& cell : layer.cells) {
    std::vector<std::optional<std::string>> values;
    for (const std::size_t f : kept) values.push_back(std::move(cell.cell.attributes[f]));
    cell.cell.attributes = std::move(values);
  }
}

// Each once, in the catalogue's order.
std::vector<std::size_t> fields_to_keep(const CatalogueLayer& layer, const RawLayer& raw) {
  std::vector<std::size_t> kept;
  for (const std::string& name : layer.fields)
    if (const std::size_t f = raw.field(name, layer.source.place); std::find(kept.begin(), kept.end(), f) == kept.end())
      kept.push_back(f);
  return kept;
}

DeliveredLayer make_layer(const CatalogueLayer& layer, const GroundLayer& ground, const Lattice& lattice,
                          Findings& findings) {
  const RawLayer& raw = *ground.raw;
  const CataloguePlace& place = layer.source.place;
  const FieldText parent(raw, parent_field(layer), place);
  CellsAndFeatures cells = make_cells(ground, FieldKey(raw, layer.key, place), FieldText(raw, layer.name, place),
                                      layer.id, lattice, findings);
  DeliveredLayer made;
  made.id = layer.id;
  made.title = layer.title;
  made.department = layer.department;
  made.rank = layer.rank;
  made.accuracy_m = layer.accuracy_m;
  made.locked = layer.locked;
  made.nests_in = layer.nests_in;
  made.shift = layer.shift;
  made.cells = std::move(cells.cells);
  keep_fields(made, fields_to_keep(layer, raw), raw.fields);
  if (layer.parent) {
    made.parent_layer = layer.parent->layer;
    for (const auto& features : cells.features) made.parents.push_back(parent.of(raw.features[features.front()]));
  }
  return made;
}

constexpr std::size_t kNoField = SIZE_MAX;

// Index of a field; kNoField where the catalogue names none.
std::size_t field_or_none(const RawLayer& raw, const std::string& name, const CataloguePlace& place) {
  return name.empty() ? kNoField : raw.field(name, place);
}

// The number in a field, of people or households; what is none is told, and counts as 0.
double amount_of(const CatalogueSource& source, const RawLayer& raw, const RawFeature& feature, const std::string& id,
                 std::size_t field, Notes& notes) {
  const auto& value = feature.values[field];
  const std::string& name = raw.fields[field].name;
  if (!value || value->empty()) {
    notes.findings.push_back({raw.file, "population", id, Reason{"no_amount", {{"field", name}}}});
    return 0;
  }
  const auto amount = number_of<double>(*value);
  if (amount && *amount >= 0) return *amount;
  notes.mistakes.add(DataError("amount_is_no_number", {{"id", id}, {"field", name}, {"value", *value}})
                         .within(raw.file)
                         .within(source.place.text()));
  return 0;
}

// Lines far outside the city are left out: the lattice ends there, and no border is near.
DeliveredLinework make_linework(const CatalogueLinework& linework, const RawLayer& raw, const Surroundings& around,
                                const Lattice& lattice, Findings& findings) {
  DeliveredLinework made{linework.id, linework.accuracy_m, linework.weight, {}};
  const Extent near = around.frame->grown(1000);
  for (const GroundLine& line :
       bring_lines_to_ground(raw, linework.source, linework.id, linework.accuracy_m, around, findings)) {
    std::vector<Point> points;
    const auto end_line = [&] {
      if (points.size() > 1) made.lines.push_back(std::move(points));
      points.clear();
    };
    for (Projected p : line) {
      if (p.x >= near.min_x && p.x <= near.max_x && p.y >= near.min_y && p.y <= near.max_y)
        points.push_back(lattice.round(p));
      else
        end_line();
    }
    end_line();
  }
  return made;
}

DeliveredPopulation make_population(const CataloguePopulation& population, const GroundLayer& ground,
                                    const Lattice& lattice, Notes& notes) {
  const RawLayer& raw = *ground.raw;
  const CataloguePlace& place = population.source.place;
  const std::size_t people = field_or_none(raw, population.people, place);
  const std::size_t households = field_or_none(raw, population.households, place);
  CellsAndFeatures cells = make_cells(ground, FieldKey(raw, population.key, place),
                                      FieldText(raw, population.name, place), "population", lattice, notes.findings);
  DeliveredPopulation made;
  made.areas.id = "population";
  made.areas.fields = raw.fields;
  made.areas.cells = std::move(cells.cells);
  for (std::size_t c = 0; c < made.areas.cells.size(); ++c) {
    const auto sum = [&](std::size_t field) {
      double amount = 0;
      for (const std::size_t f : cells.features[c])
        amount += amount_of(population.source, raw, raw.features[f], made.areas.cells[c].cell.id, field, notes);
      return amount;
    };
    if (people != kNoField) made.people.push_back(sum(people));
    if (households != kNoField) made.households.push_back(sum(households));
  }
  return made;
}

// What is neither yes nor no is told, and counts as no.
bool says_yes(const CatalogueSource& source, const RawLayer& raw, const RawFeature& feature, const std::string& what,
              const std::string& id, std::size_t field, Mistakes& mistakes) {
  const std::string word = feature.values[field].value_or("");
  if (const auto yes = yes_or_no(word)) return *yes;
  mistakes.add(DataError("neither_yes_nor_no",
                         {{"layer", what}, {"id", id}, {"field", raw.fields[field].name}, {"value", shortened(word)}})
                   .within(raw.file)
                   .within(source.place.text()));
  return false;
}

std::vector<DrawnGrid> make_grids(const CatalogueGrids& grids, const GroundLayer& ground, const std::string& what,
                                  GridKind kind, const Lattice& lattice, Notes& notes) {
  const RawLayer& raw = *ground.raw;
  const CataloguePlace& place = grids.source.place;
  const std::size_t locked = field_or_none(raw, grids.locked, place);
  CellsAndFeatures cells = make_cells(ground, FieldKey(raw, grids.key, place), FieldText(raw, grids.name, place), what,
                                      lattice, notes.findings);
  std::vector<DrawnGrid> made;
  for (std::size_t c = 0; c < cells.cells.size(); ++c) {
    DeliveredCell& cell = cells.cells[c];
    const std::string& title = cell.cell.name.empty() ? cell.cell.id : cell.cell.name;
    DrawnGrid grid{cell.cell.id, {title, title}, kind, kind == GridKind::special, "", "", std::move(cell.rings)};
    for (const std::size_t f : cells.features[c])
      if (locked != kNoField &&
          says_yes(grids.source, raw, raw.features[f], what, cell.cell.id, locked, notes.mistakes))
        grid.fixed = true;
    made.push_back(std::move(grid));
  }
  std::stable_sort(made.begin(), made.end(), [](const DrawnGrid& a, const DrawnGrid& b) { return a.code < b.code; });
  return made;
}

EventTable make_events(const CatalogueIncidents& incidents, const Lattice& lattice, const TimeZone& zone,
                       Findings& findings) {
  EventTable events = read_events(incidents, lattice, zone, findings);
  const CatalogueSource& source = incidents.places.source;
  if (events.size() == 0)
    source.fail(
        {"no_row_usable", {{"why", findings.empty() ? Reason{"no_rows"} : std::get<Reason>(findings.back().facts)}}});
  return events;
}

void warn_of_strange_parents(FuseInput& input) {
  for (const DeliveredLayer& layer : input.layers) {
    if (layer.parent_layer.empty()) continue;
    std::set<std::string> ids;
    for (const DeliveredLayer& other : input.layers)
      if (other.id == layer.parent_layer)
        for (const DeliveredCell& cell : other.cells) ids.insert(cell.cell.id);
    for (std::size_t c = 0; c < layer.cells.size(); ++c)
      if (!ids.contains(layer.parents[c]))
        input.findings.push_back({"", layer.id, layer.cells[c].cell.id,
                                  Reason{"parent_not_in_layer",
                                         {{"parent", layer.parents[c]},
                                          {"layer", layer.parent_layer},
                                          {"near", near_id(layer.parents[c], {ids.begin(), ids.end()})}}}});
  }
}

using Task = std::function<void(Notes&)>;

// Runs the tasks, and appends what each has to tell in the order of the tasks.
void run_all(const std::vector<Task>& tasks, unsigned threads, Progress& progress, Notes& notes) {
  std::vector<Notes> told(tasks.size());
  parallel_for(tasks.size(), threads, [&](std::size_t i) {
    if (progress.cancelled()) throw Cancelled();
    told[i].mistakes.attempt([&] { tasks[i](told[i]); });
  });
  for (Notes& n : told) notes.add(std::move(n));
}

// Where the catalogue names no usable CRS: the zone around the first file that says where it lies; empty: there is
// none.
std::string stand_in_crs(const RawFiles& files) {
  for (const CatalogueSource* source : files.sources()) {
    const RawLayer* raw = files.find(*source);
    if (!raw) continue;
    const std::string crs = !raw->crs.empty() ? raw->crs : raw->means_wgs84 ? "EPSG:4326" : "";
    const Extent extent = extent_of(*raw);
    if (crs.empty() || extent.empty() || beyond_degrees(extent) == is_geographic(crs)) continue;
    PositionReader reader(crs, "EPSG:4326");
    const Extent image = image_of(extent, reader);
    if (!image.empty()) return zone_around({image.centre().x, image.centre().y});
  }
  return {};
}

// Beside mistakes in the frame itself: the ground of the first layer that can be placed without it.
Extent stand_in_frame(const Catalogue& catalogue, const RawFiles& files, const std::string& crs) {
  for (const CatalogueLayer& layer : catalogue.layers) {
    Notes passed_over;  // for the layer's own task tells them
    if (const auto ground = ground_of(layer.source, layer.id, {}, files, {crs, std::nullopt, nullptr}, passed_over))
      return ground->extent;
  }
  return {};
}

// Everything but the administrative levels.
class Tasks {
 public:
  Tasks(const Catalogue& catalogue, const RawFiles& files, const Surroundings& around, FuseInput& input)
      : catalogue_(catalogue), files_(files), around_(around), input_(input) {}

  std::vector<Task> all() {
    for (std::size_t l = 0; l < catalogue_.layers.size(); ++l) add_layer(l);
    if (catalogue_.population) add_population(*catalogue_.population);
    for (std::size_t l = 0; l < catalogue_.linework.size(); ++l) add_linework(l);
    if (const auto& special = catalogue_.unify.special) add_grids(*special, "special grids", GridKind::special);
    if (const auto& existing = catalogue_.unify.existing) add_grids(*existing, "existing grids", GridKind::general);
    if (const auto& areas = catalogue_.allowed_gaps.source) add_allowed_gaps(*areas);
    if (const auto& incidents = catalogue_.incidents) add_incidents(*incidents);
    return std::move(tasks_);
  }

 private:
  std::optional<GroundLayer> ground(const CatalogueSource& source, const std::string& id, const FieldsAsked& asked,
                                    Notes& notes) const {
    return ground_of(source, id, asked, files_, around_, notes);
  }

  void add_layer(std::size_t l) {
    tasks_.push_back([this, l](Notes& notes) {
      const CatalogueLayer& layer = catalogue_.layers[l];
      const FieldsAsked asked{&layer.key, {layer.name, parent_field(layer)}, layer.accuracy_m, layer.fields};
      if (const auto there = ground(layer.source, layer.id, asked, notes))
        input_.layers[l] = make_layer(layer, *there, input_.lattice, notes.findings);
    });
  }

  void add_population(const CataloguePopulation& population) {
    tasks_.push_back([this, &population](Notes& notes) {
      const FieldsAsked asked{&population.key, {population.name}};
      const RawLayer* raw = files_.find(population.source);
      bool fields = true;
      for (const std::string& field : {population.people, population.households})
        if (raw && !notes.mistakes.attempt([&] { field_or_none(*raw, field, population.source.place); }))
          fields = false;
      const auto there = ground(population.source, "population", asked, notes);
      if (there && fields) input_.population = make_population(population, *there, input_.lattice, notes);
    });
  }

  void add_linework(std::size_t l) {
    tasks_.push_back([this, l](Notes& notes) {
      const CatalogueLinework& lines = catalogue_.linework[l];
      const RawLayer* raw = files_.find(lines.source);
      if (raw && lines.source.coordinates_known)
        input_.linework[l] = make_linework(lines, *raw, around_, input_.lattice, notes.findings);
    });
  }

  void add_grids(const CatalogueGrids& grids, const std::string& what, GridKind kind) {
    tasks_.push_back([this, &grids, what, kind](Notes& notes) {
      const RawLayer* raw = files_.find(grids.source);
      const bool locked =
          !raw || notes.mistakes.attempt([&] { field_or_none(*raw, grids.locked, grids.source.place); });
      const auto there = ground(grids.source, what, {&grids.key, {grids.name}}, notes);
      if (kind == GridKind::general) input_.before.lines_stay = true;
      if (!there || !locked) return;
      (kind == GridKind::special ? input_.special : input_.before.grids) =
          make_grids(grids, *there, what, kind, input_.lattice, notes);
    });
  }

  void add_allowed_gaps(const CatalogueSource& areas) {
    tasks_.push_back([this, &areas](Notes& notes) {
      const std::string what = "allowed gaps";
      const auto there = ground(areas, what, {}, notes);
      if (!there) return;
      Findings repairs;
      const RawLayer& raw = *there->raw;
      for (DeliveredCell& area : make_cells(*there, FieldKey(raw, {}, areas.place), FieldText(raw, "", areas.place),
                                            what, input_.lattice, repairs)
                                     .cells)
        input_.allowed_gaps.areas.push_back(std::move(area));
      for (Finding& repair : repairs)  // areas that only mark need no ids
        if (std::get<Reason>(repair.facts).code != "feature_without_id") notes.findings.push_back(std::move(repair));
      input_.allowed_gaps.anywhere = false;
    });
  }

  void add_incidents(const CatalogueIncidents& incidents) {
    const CatalogueSource& source = incidents.places.source;
    if (source.file.empty() || !source.coordinates_known) return;  // a mistake of the catalogue
    tasks_.push_back([this, &incidents](Notes& notes) {
      input_.events = make_events(incidents, input_.lattice, TimeZone(catalogue_.time_zone), notes.findings);
    });
  }

  const Catalogue& catalogue_;
  const RawFiles& files_;
  const Surroundings& around_;
  FuseInput& input_;
  std::vector<Task> tasks_;
};

bool is_in_china(const std::string& crs, Projected place) {
  try {
    return in_china_box(to_lonlat(crs, place));
  } catch (const DataError&) {
    return false;
  }
}

// Shifted datums are in use in China only; there the finest administrative lines tell them.
std::optional<SegmentIndex> lines_to_judge_by(const std::string& crs, const Extent& frame,
                                              const std::optional<GroundLayer>& finest) {
  // Where PROJ knows a datum in other parts of the earth alone there is no longitude: nor is it in China.
  if (!finest || !is_in_china(crs, frame.centre())) return std::nullopt;
  std::vector<GroundLine> lines;
  for (const auto& feature : finest->rings)
    for (const GroundRing& ring : feature) lines.push_back(ring.points);
  return SegmentIndex(lines, 1000.0);
}

void take_allowed_gaps(const CatalogueAllowedGaps& gaps, const Catalogue& catalogue, FuseInput& input) {
  for (std::size_t l = 0; l < catalogue.layers.size(); ++l) {
    const bool all = gaps.layers.empty() && gaps.source;
    if (all || std::find(gaps.layers.begin(), gaps.layers.end(), catalogue.layers[l].id) != gaps.layers.end())
      input.allowed_gaps.layers.push_back(l);
  }
}

FuseInput input_of(const Catalogue& catalogue) {
  FuseInput input;
  input.city_id = catalogue.id;
  input.city_code = catalogue.code;
  input.city_name = catalogue.name;
  input.time_zone = catalogue.time_zone;
  input.align = catalogue.align;
  input.unify = catalogue.unify.options;
  input.privacy_k = catalogue.privacy_k;
  input.layers.resize(catalogue.layers.size());
  input.linework.resize(catalogue.linework.size());
  return input;
}

}  // namespace

Delivery read_whole_delivery(const Catalogue& catalogue, unsigned threads, Progress& progress) {
  FuseInput input = input_of(catalogue);
  Notes notes;
  const auto told = [&] {
    input.findings = std::move(notes.findings);
    return Delivery{std::move(input), std::move(notes.mistakes)};
  };
  progress.stage("reading files", 0);
  const RawFiles files = read_files(catalogue, threads, progress, notes.mistakes);

  progress.stage("placing layers", 0.6);
  const std::string crs = catalogue.crs.empty() ? stand_in_crs(files) : catalogue.crs;
  if (crs.empty()) return told();
  const std::vector<std::optional<GroundLayer>> levels = ground_levels(catalogue, files, crs, threads, notes);
  const Extent frame = frame_of(levels);
  const Extent ground = frame.empty() ? stand_in_frame(catalogue, files, crs) : frame;
  if (ground.empty()) return told();
  notes.mistakes.attempt([&] {
    try {
      require_true_scale(crs, crs, ground.centre());
    } catch (DataError& e) {
      e.within(catalogue.file.string());
      throw;
    }
  });
  input.lattice = lattice_around(crs, ground);
  for (std::size_t l = 0; l < levels.size(); ++l) {
    input.admin.emplace_back();
    notes.mistakes.attempt(
        [&] { input.admin[l] = make_level(catalogue.levels[l], levels[l], input.lattice, notes.findings); });
  }
  require_known_parents(catalogue, input.admin, notes.mistakes);

  const std::optional<SegmentIndex> admin_lines =
      frame.empty() ? std::nullopt : lines_to_judge_by(crs, frame, levels.back());
  const Surroundings around{crs, frame.empty() ? std::nullopt : std::optional(frame),
                            admin_lines ? &*admin_lines : nullptr};
  run_all(Tasks(catalogue, files, around, input).all(), threads, progress, notes);
  take_allowed_gaps(catalogue.allowed_gaps, catalogue, input);
  input.findings = std::move(notes.findings);
  if (notes.mistakes.empty()) warn_of_strange_parents(input);
  notes.findings = std::move(input.findings);
  return told();
}

FuseInput read_delivery(const Catalogue& catalogue, unsigned threads, Progress& progress) {
  Delivery delivery = read_whole_delivery(catalogue, threads, progress);
  delivery.mistakes.raise();
  return std::move(delivery.input);
}

}  // namespace gridloom
