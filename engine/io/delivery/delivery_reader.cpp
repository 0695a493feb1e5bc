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
#include <utility>

#include "engine/base/parallel.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/event_reader.h"
#include "engine/io/delivery/layer_reader.h"
#include "engine/io/map_scale.h"

namespace gridloom {
namespace {

using Findings = std::vector<Finding>;

// Every file is read once, though levels and layers may share it.
class RawFiles {
 public:
  void want(const CatalogueSource& source) {
    if (index_of_.try_emplace(key(source), sources_.size()).second) sources_.push_back(&source);
    if (!source.where.empty()) selected_.try_emplace(&source);
  }

  void read(unsigned threads, Progress& progress) {
    layers_.resize(sources_.size());
    // Large files first, so that no thread is left with one at the end.
    std::vector<std::size_t> order(sources_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return bytes(a) > bytes(b); });
    parallel_for(order.size(), threads, [&](std::size_t i) {
      if (progress.cancelled()) throw Cancelled();
      layers_[order[i]] = read_vector_file(*sources_[order[i]]);
    });
    for (auto& [source, layer] : selected_) layer = select_features(whole(*source), *source);
  }

  const RawLayer& of(const CatalogueSource& source) const {
    const auto selected = selected_.find(&source);
    return selected != selected_.end() ? selected->second : whole(source);
  }

 private:
  using Key = std::array<std::string, 3>;
  static Key key(const CatalogueSource& s) { return {s.file.string(), s.table, s.encoding}; }
  const RawLayer& whole(const CatalogueSource& source) const { return layers_[index_of_.at(key(source))]; }
  std::uintmax_t bytes(std::size_t i) const {
    std::error_code error;
    const auto size = std::filesystem::file_size(sources_[i]->file, error);
    return error ? 0 : size;
  }

  std::map<Key, std::size_t> index_of_;
  std::vector<const CatalogueSource*> sources_;
  std::vector<RawLayer> layers_;
  std::map<const CatalogueSource*, RawLayer> selected_;
};

RawFiles read_files(const Catalogue& catalogue, unsigned threads, Progress& progress) {
  RawFiles files;
  for (const CatalogueLevel& level : catalogue.levels)
    if (level.source) files.want(*level.source);
  for (const CatalogueLayer& layer : catalogue.layers) files.want(layer.source);
  if (catalogue.population) files.want(catalogue.population->source);
  for (const CatalogueLinework& lines : catalogue.linework) files.want(lines.source);
  for (const auto& grids : {&catalogue.unify.special, &catalogue.unify.existing})
    if (*grids) files.want((*grids)->source);
  if (const auto& areas = catalogue.allowed_gaps.source) files.want(*areas);
  files.read(threads, progress);
  return files;
}

std::vector<GroundLayer> ground_levels(const Catalogue& catalogue, const RawFiles& files, unsigned threads,
                                       Findings& findings) {
  const Surroundings around{catalogue.crs, std::nullopt, nullptr};
  std::vector<GroundLayer> grounds(catalogue.levels.size());
  std::vector<Findings> told(catalogue.levels.size());
  parallel_for(grounds.size(), threads, [&](std::size_t i) {
    const CatalogueLevel& level = catalogue.levels[i];
    if (level.source) grounds[i] = bring_to_ground(files.of(*level.source), *level.source, level.id, around, told[i]);
  });
  for (Findings& f : told) std::move(f.begin(), f.end(), std::back_inserter(findings));
  return grounds;
}

Extent frame_of(const std::vector<GroundLayer>& levels) {
  Extent frame;
  for (const GroundLayer& level : levels) {
    if (level.extent.empty()) continue;
    frame.add(level.extent.min_x, level.extent.min_y);
    frame.add(level.extent.max_x, level.extent.max_y);
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

DeliveredAdminLevel make_level(const CatalogueLevel& level, const GroundLayer& ground, const Lattice& lattice,
                               Findings& findings) {
  DeliveredAdminLevel made;
  made.id = level.id;
  made.title = level.title;
  made.units.id = level.id;
  made.units.title = level.title;
  made.units.accuracy_m = level.accuracy_m;
  if (!level.source) return made;
  const RawLayer& raw = *ground.raw;
  const CataloguePlace& place = level.source->place;
  const FieldText en(raw, level.name_en, place), zh(raw, level.name_zh, place), parent(raw, level.parent, place);
  made.units.fields = raw.fields;
  CellsAndFeatures cells = make_cells(ground, FieldKey(raw, level.key, place), en, level.id, lattice, findings);
  for (std::size_t c = 0; c < cells.cells.size(); ++c) {
    if (cells.cells[c].rings.empty()) continue;  // a unit is its ground
    const RawFeature& feature = raw.features[cells.features[c].front()];
    made.names.push_back(unit_name(level, cells.cells[c].cell.id, feature, en, zh));
    made.parents.push_back(parent.of(feature));
    made.units.cells.push_back(std::move(cells.cells[c]));
  }
  return made;
}

void require_known_parents(const Catalogue& catalogue, const std::vector<DeliveredAdminLevel>& levels) {
  for (std::size_t l = 1; l < levels.size(); ++l) {
    std::set<std::string> codes;
    for (const DeliveredCell& unit : levels[l - 1].units.cells) codes.insert(unit.cell.id);
    if (codes.empty()) codes.insert(catalogue.code);
    for (std::size_t u = 0; u < levels[l].parents.size(); ++u)
      if (!levels[l].parents[u].empty() && !codes.contains(levels[l].parents[u]))
        throw DataError("unit_of_unknown_parent",
                        {{"level", levels[l].id},
                         {"unit", levels[l].units.cells[u].cell.id},
                         {"parent", levels[l].parents[u]},
                         {"above", levels[l - 1].id},
                         {"near", near_id(levels[l].parents[u], {codes.begin(), codes.end()})}})
            .within(catalogue.levels[l].source->place.text());
  }
}

DeliveredLayer make_layer(const CatalogueLayer& layer, const RawLayer& raw, const Surroundings& around,
                          const Lattice& lattice, Findings& findings) {
  const CataloguePlace& place = layer.source.place;
  // Fields first: a misspelt one is told before any work.
  const FieldKey key(raw, layer.key, place);
  const FieldText name(raw, layer.name, place);
  const FieldText parent(raw, layer.parent ? layer.parent->key : "", place);
  const GroundLayer ground = bring_to_ground(raw, layer.source, layer.id, around, findings);
  CellsAndFeatures cells = make_cells(ground, key, name, layer.id, lattice, findings);
  DeliveredLayer made;
  made.id = layer.id;
  made.title = layer.title;
  made.department = layer.department;
  made.rank = layer.rank;
  made.accuracy_m = layer.accuracy_m;
  made.locked = layer.locked;
  made.nests_in = layer.nests_in;
  made.shift = layer.shift;
  made.fields = raw.fields;
  made.cells = std::move(cells.cells);
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

// The number in a field, of people or households.
double amount_of(const CatalogueSource& source, const RawLayer& raw, const RawFeature& feature, const std::string& id,
                 std::size_t field, Findings& findings) {
  const auto& value = feature.values[field];
  const std::string& name = raw.fields[field].name;
  if (!value || value->empty()) {
    findings.push_back({raw.file, "population", id, Reason{"no_amount", {{"field", name}}}});
    return 0;
  }
  const auto amount = number_of<double>(*value);
  if (!amount || !(*amount >= 0))
    throw DataError("amount_is_no_number", {{"id", id}, {"field", name}, {"value", *value}})
        .within(raw.file)
        .within(source.place.text());
  return *amount;
}

// Lines far outside the city are left out: the lattice ends there, and no border is near.
DeliveredLinework make_linework(const CatalogueLinework& linework, const RawLayer& raw, const Surroundings& around,
                                const Lattice& lattice, Findings& findings) {
  DeliveredLinework made{linework.id, linework.accuracy_m, linework.weight, {}};
  const Extent near = around.frame->grown(1000);
  for (const GroundLine& line : bring_lines_to_ground(raw, linework.source, linework.id, around, findings)) {
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

DeliveredPopulation make_population(const CataloguePopulation& population, const RawLayer& raw,
                                    const Surroundings& around, const Lattice& lattice, Findings& findings) {
  const CataloguePlace& place = population.source.place;
  const FieldKey key(raw, population.key, place);
  const FieldText name(raw, population.name, place);
  const std::size_t people = raw.field(population.people, place);
  const std::size_t households = field_or_none(raw, population.households, place);
  const GroundLayer ground = bring_to_ground(raw, population.source, "population", around, findings);
  CellsAndFeatures cells = make_cells(ground, key, name, "population", lattice, findings);
  DeliveredPopulation made;
  made.areas.id = "population";
  made.areas.fields = raw.fields;
  made.areas.cells = std::move(cells.cells);
  for (std::size_t c = 0; c < made.areas.cells.size(); ++c) {
    const auto sum = [&](std::size_t field) {
      double amount = 0;
      for (const std::size_t f : cells.features[c])
        amount += amount_of(population.source, raw, raw.features[f], made.areas.cells[c].cell.id, field, findings);
      return amount;
    };
    made.people.push_back(sum(people));
    if (households != kNoField) made.households.push_back(sum(households));
  }
  return made;
}

bool says_yes(const CatalogueSource& source, const RawLayer& raw, const RawFeature& feature, const std::string& what,
              const std::string& id, std::size_t field) {
  const std::string word = feature.values[field].value_or("");
  if (const auto yes = yes_or_no(word)) return *yes;
  throw DataError("neither_yes_nor_no",
                  {{"layer", what}, {"id", id}, {"field", raw.fields[field].name}, {"value", shortened(word)}})
      .within(raw.file)
      .within(source.place.text());
}

std::vector<DrawnGrid> make_grids(const CatalogueGrids& grids, const RawLayer& raw, const std::string& what,
                                  GridKind kind, const Surroundings& around, const Lattice& lattice,
                                  Findings& findings) {
  const CataloguePlace& place = grids.source.place;
  const FieldKey key(raw, grids.key, place);
  const FieldText name(raw, grids.name, place);
  const std::size_t locked = field_or_none(raw, grids.locked, place);
  const GroundLayer ground = bring_to_ground(raw, grids.source, what, around, findings);
  CellsAndFeatures cells = make_cells(ground, key, name, what, lattice, findings);
  std::vector<DrawnGrid> made;
  for (std::size_t c = 0; c < cells.cells.size(); ++c) {
    DeliveredCell& cell = cells.cells[c];
    const std::string& title = cell.cell.name.empty() ? cell.cell.id : cell.cell.name;
    DrawnGrid grid{cell.cell.id, {title, title}, kind, kind == GridKind::special, "", "", std::move(cell.rings)};
    for (const std::size_t f : cells.features[c])
      if (locked != kNoField && says_yes(grids.source, raw, raw.features[f], what, cell.cell.id, locked))
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

// Runs the tasks, and appends what each found in the order of the tasks.
void run_all(const std::vector<std::function<void(Findings&)>>& tasks, unsigned threads, Progress& progress,
             Findings& findings) {
  std::vector<Findings> told(tasks.size());
  parallel_for(tasks.size(), threads, [&](std::size_t i) {
    if (progress.cancelled()) throw Cancelled();
    tasks[i](told[i]);
  });
  for (Findings& f : told) std::move(f.begin(), f.end(), std::back_inserter(findings));
}

}  // namespace

FuseInput read_delivery(const Catalogue& catalogue, unsigned threads, Progress& progress) {
  FuseInput input;
  input.city_id = catalogue.id;
  input.city_code = catalogue.code;
  input.city_name = catalogue.name;
  input.time_zone = catalogue.time_zone;
  input.align = catalogue.align;
  input.unify = catalogue.unify.options;
  input.privacy_k = catalogue.privacy_k;

  progress.stage("reading files", 0);
  const RawFiles files = read_files(catalogue, threads, progress);

  progress.stage("placing layers", 0.6);
  const std::vector<GroundLayer> levels = ground_levels(catalogue, files, threads, input.findings);
  const Extent frame = frame_of(levels);
  try {
    require_true_scale(catalogue.crs, catalogue.crs, frame.centre());
  } catch (DataError& e) {
    e.within(catalogue.file.string());
    throw;
  }
  input.lattice = lattice_around(catalogue.crs, frame);
  for (std::size_t l = 0; l < levels.size(); ++l)
    input.admin.push_back(make_level(catalogue.levels[l], levels[l], input.lattice, input.findings));
  require_known_parents(catalogue, input.admin);

  // Shifted datums are in use in China only; there the finest administrative lines tell them.
  std::optional<SegmentIndex> admin_lines;
  if (in_china_box(to_lonlat(catalogue.crs, frame.centre()))) {
    std::vector<GroundLine> lines;
    for (const auto& feature : levels.back().rings)
      for (const GroundRing& ring : feature) lines.push_back(ring.points);
    admin_lines.emplace(lines, 1000.0);
  }
  const Surroundings around{catalogue.crs, frame, admin_lines ? &*admin_lines : nullptr};

  input.layers.resize(catalogue.layers.size());
  std::vector<std::function<void(Findings&)>> tasks;
  for (std::size_t l = 0; l < catalogue.layers.size(); ++l)
    tasks.push_back([&, l](Findings& f) {
      const CatalogueLayer& layer = catalogue.layers[l];
      input.layers[l] = make_layer(layer, files.of(layer.source), around, input.lattice, f);
    });
  if (catalogue.population)
    tasks.push_back([&](Findings& f) {
      const CataloguePopulation& population = *catalogue.population;
      input.population = make_population(population, files.of(population.source), around, input.lattice, f);
    });
  input.linework.resize(catalogue.linework.size());
  for (std::size_t l = 0; l < catalogue.linework.size(); ++l)
    tasks.push_back([&, l](Findings& f) {
      const CatalogueLinework& lines = catalogue.linework[l];
      input.linework[l] = make_linework(lines, files.of(lines.source), around, input.lattice, f);
    });
  if (const auto& special = catalogue.unify.special)
    tasks.push_back([&](Findings& f) {
      input.special =
          make_grids(*special, files.of(special->source), "special grids", GridKind::special, around, input.lattice, f);
    });
  if (const auto& existing = catalogue.unify.existing)
    tasks.push_back([&](Findings& f) {
      input.before.lines_stay = true;
      input.before.grids = make_grids(*existing, files.of(existing->source), "existing grids", GridKind::general,
                                      around, input.lattice, f);
    });
  if (const auto& areas = catalogue.allowed_gaps.source)
    tasks.push_back([&](Findings& f) {
      const GroundLayer ground = bring_to_ground(files.of(*areas), *areas, "allowed gaps", around, f);
      Findings repairs;  // of areas that only mark: nobody need be told
      for (DeliveredCell& area :
           make_cells(ground, FieldKey(*ground.raw, {}, areas->place), FieldText(*ground.raw, "", areas->place),
                      "allowed gaps", input.lattice, repairs)
               .cells)
        input.allowed_gaps.areas.push_back(std::move(area.rings));
      input.allowed_gaps.anywhere = false;
    });
  if (catalogue.incidents)
    tasks.push_back([&](Findings& f) {
      input.events = make_events(*catalogue.incidents, input.lattice, TimeZone(catalogue.time_zone), f);
    });
  run_all(tasks, threads, progress, input.findings);
  for (std::size_t l = 0; l < catalogue.layers.size(); ++l) {
    const std::vector<std::string>& named = catalogue.allowed_gaps.layers;
    const bool all = named.empty() && catalogue.allowed_gaps.source;
    if (all || std::find(named.begin(), named.end(), catalogue.layers[l].id) != named.end())
      input.allowed_gaps.layers.push_back(l);
  }
  warn_of_strange_parents(input);
  return input;
}

}  // namespace gridloom
