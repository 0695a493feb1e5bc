// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cstdio>
#include <functional>
#include <numeric>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "engine/arrangement/colours.h"
#include "engine/arrangement/labeling.h"
#include "engine/arrangement/locate.h"
#include "engine/base/strings.h"
#include "engine/events/local_time.h"
#include "engine/io/project/atomic_file.h"
#include "engine/io/project/conflict_facts.h"
#include "engine/io/project/dictionary.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/project/layer_styles.h"
#include "engine/io/project/lineage_metadata.h"
#include "engine/io/project/project_file.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/project/project_schema.h"
#include "engine/io/project/qgis_project.h"

namespace gridloom {
namespace {

namespace schema = project_schema;

// ---- what cannot be said in the file's terms
// -------------------------------------------------------------------------

void require(bool consistent, const char* what) {
  if (!consistent) throw std::invalid_argument(std::string("write_project: the city's tables disagree: ") + what);
}

void check_sizes(const City& city) {
  const std::size_t faces = city.arrangement.face_count, arcs = city.arrangement.arcs.size(),
                    events = city.events.size();
  for (const Layer& layer : city.layers) {
    require(layer.labels.of_face.size() == faces, "layer labels");
    require(layer.delivered.size() == layer.cells.size(), "delivered ground");
  }
  for (const AdminLevel& level : city.admin) require(level.of_face.size() == faces, "unit labels");
  require(city.grid_of_face.size() == faces, "grid_of_face");
  require(city.area_m2.size() == faces, "area_m2");
  require(city.population.size() == faces, "population");
  require(city.households.size() == faces, "households");
  require(city.support.size() == arcs, "support");
  require(city.face_of_event.size() == events && city.events.at.size() == events &&
              city.events.occurred_at.size() == events && city.events.closed_at.size() == events,
          "events");
  for (const auto& [name, field] : kWords<EventField>) require(city.events[field].of_row.size() == events, "events");
}

// Ids are how rows find each other after reading.
void refuse_doubled_id(std::set<std::string_view>& seen, const std::string& id, const char* among,
                       const std::string& of = "") {
  if (!seen.insert(id).second) throw DataError("id_occurs_twice", {{"among", among}, {"of", of}, {"id", id}});
}

void check_ids(const City& city) {
  std::set<std::string_view> layers, levels{schema::kGridBoundary, schema::kAtomBoundary}, grids;
  for (const Layer& layer : city.layers) {
    refuse_doubled_id(layers, layer.id, "layers");
    if (layer.id.empty() || layer.id.find(',') != std::string::npos)
      throw DataError("layer_id_with_comma", {{"id", layer.id}});
    std::set<std::string_view> cells;
    for (const Cell& cell : layer.cells) refuse_doubled_id(cells, cell.id, "layer", layer.id);
  }
  for (const AdminLevel& level : city.admin) {
    refuse_doubled_id(levels, level.id, "admin levels");
    std::set<std::string_view> units;
    for (const AdminUnit& unit : level.units) refuse_doubled_id(units, unit.code, "admin level", level.id);
  }
  for (const Grid& grid : city.grids) refuse_doubled_id(grids, grid.code, "grids");
}

// ---- ground
// ----------------------------------------------------------------------------------------------------------

PolygonRings rings_of(const Arrangement& map, const ArcPolygon& polygon) {
  PolygonRings rings;
  rings.reserve(polygon.holes.size() + 1);
  rings.push_back(points_of(map, polygon.shell));
  for (const ArcRing& hole : polygon.holes) rings.push_back(points_of(map, hole));
  return rings;
}

// The box of what was put: empty where there is no ground.
Box put_multipolygon(TableWriter& table, const Arrangement& map, const std::vector<ArcPolygon>& ground) {
  std::vector<PolygonRings> polygons;
  for (const ArcPolygon& polygon : ground) polygons.push_back(rings_of(map, polygon));
  if (polygons.empty()) {
    table.no_shape();
    return {};
  }
  const GeometryBlob& blob = table.encode.multipolygon(polygons);
  table.shape(blob);
  return blob.box;
}

// The one polygon that a grid or atom has to be.
void put_polygon(TableWriter& table, const Arrangement& map, const std::vector<ArcPolygon>& ground, const char* what,
                 const std::string& id) {
  if (ground.size() != 1) throw DataError("polygon_in_pieces", {{"what", what}, {"id", id}, {"pieces", ground.size()}});
  table.shape(table.encode.polygon(rings_of(map, ground.front())));
}

// ---- small words
// -----------------------------------------------------------------------------------------------------

std::optional<std::string_view> id_of(const Layer& layer, Label label) {
  if (label == kGap) return std::nullopt;
  return layer.cells[static_cast<std::size_t>(label)].id;
}

std::optional<std::string_view> code_of(const City& city, Label grid) {
  if (grid == kGap) return std::nullopt;
  return city.grids[static_cast<std::size_t>(grid)].code;
}

std::optional<std::string_view> code_of(const AdminLevel& level, Label unit) {
  if (unit == kGap) return std::nullopt;
  return level.units[static_cast<std::size_t>(unit)].code;
}

const std::string& name_of(const Text& text) { return text.en.empty() ? text.zh : text.en; }

// An attribute as the type its field declares.
void put_attribute(TableWriter& table, const Layer& layer, const Cell& cell, std::size_t field) {
  const std::optional<std::string>& value = cell.attributes.at(field);
  const auto put_number = [&]<class Number>(Number) {
    const auto number = number_of<Number>(*value);
    if (!number)
      throw DataError(
          "attribute_is_no_number",
          {{"layer", layer.id}, {"feature", cell.id}, {"field", layer.fields[field].name}, {"value", *value}});
    table.put(*number);
  };
  if (!value || layer.fields[field].type == FieldType::text)
    table.put(value);
  else if (layer.fields[field].type == FieldType::integer)
    put_number(std::int64_t{});
  else
    put_number(double{});
}

// ---- tables
// ----------------------------------------------------------------------------------------------------------

// Where the tables go, and the words that go with them.
struct Output {
  GeoPackageWriter& file;
  const City& city;
  const ProjectWords& words;
  const Lineage& lineage;

  TableWriter table(const Table& t) const { return {file, t, meaning_of(city, words, t).en}; }
};

void write_meta(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::meta());
  for (const auto& [key, value] : describe_project(city)) table.begin().put(key, value).end();
  table.close();
}

std::string layer_list(const City& city, std::uint64_t support) {
  std::string list;
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    if (support >> l & 1u) list += (list.empty() ? "" : ",") + city.layers[l].id;
  return list;
}

std::string_view level_of(const City& city, const Arc& arc) {
  const auto differs = [&](const std::vector<Label>& labels) { return labels[arc.left] != labels[arc.right]; };
  for (const AdminLevel& level : city.admin)
    if (differs(level.of_face)) return level.id;
  return differs(city.grid_of_face) ? schema::kGridBoundary : schema::kAtomBoundary;
}

void write_boundaries(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::boundaries());
  const Arrangement& map = city.arrangement;
  const std::vector<double> lengths = arc_lengths(map);
  for (ArcId a = 0; a < map.arcs.size(); ++a) {
    const Arc& arc = map.arcs[a];
    const std::string layers = layer_list(city, city.support[a]);
    table.begin().shape(table.encode.line(map.points_of(a)));
    table.put(arc.from, arc.to, arc.left, arc.right, layers, std::popcount(city.support[a]), level_of(city, arc),
              lengths[a], city.linework.empty() ? 0.0 : city.linework[a]);
    table.end();
  }
  table.close();
}

void write_atoms(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::atoms(city));
  const Arrangement& map = city.arrangement;
  std::vector<Label> own(map.face_count, kGap);
  for (FaceId f = 1; f < map.face_count; ++f) own[f] = static_cast<Label>(f - 1);
  const Dissolved ground = dissolve(map, own, map.face_count - 1);
  for (FaceId f = 1; f < map.face_count; ++f) {
    table.begin();
    put_polygon(table, map, ground.of_label[f - 1], "atom", std::to_string(f));
    table.put(f, code_of(city, city.grid_of_face[f]));
    for (const Layer& layer : city.layers) table.put(id_of(layer, layer.labels.of_face[f]));
    for (const AdminLevel& level : city.admin) table.put(code_of(level, level.of_face[f]));
    table.put(city.area_m2[f], city.population[f], city.households[f]).end();
  }
  table.close();
}

void write_overlaps(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::overlaps());
  for (const Layer& layer : city.layers)
    for (const OverlapLabel& o : layer.labels.overlaps)
      table.begin().put(o.face, layer.id, id_of(layer, o.label)).end();
  table.close();
}

std::vector<std::uint32_t> colours_of(const City& city, std::span<const Label> of_face, std::size_t labels) {
  return colour_graph(neighbours(city.arrangement, of_face, labels), schema::kColours);
}

void put_responsible(TableWriter& table, const City& city, std::size_t grid) {
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    if (city.responsibilities.size() != city.grids.size() * city.layers.size()) {
      table.put(std::nullopt, std::nullopt);
      continue;
    }
    const Responsibility& duty = city.responsibility(grid, l);
    table.put(id_of(city.layers[l], duty.cell), duty.share);
  }
}

void write_grids(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::grids(city));
  const Dissolved ground = dissolve(city.arrangement, city.grid_of_face, city.grids.size());
  const std::vector<std::uint32_t> colours = colours_of(city, city.grid_of_face, city.grids.size());
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Grid& grid = city.grids[g];
    table.begin();
    put_polygon(table, city.arrangement, ground.of_label[g], "grid", grid.code);
    table.put(grid.code).put_text_or_null(grid.name.en).put_text_or_null(grid.name.zh);
    table.put(city.admin.empty() ? std::string_view()
                                 : city.admin.back().units.at(static_cast<std::size_t>(grid.parent)).code);
    table.put(word_of(grid.kind));
    table.put_text_or_null(grid.valid_from).put_text_or_null(grid.valid_to);
    table.put(grid.area_m2, grid.perimeter_m, grid.compactness, grid.population, grid.households, word_of(grid.verdict),
              grid.locked ? 1 : 0, grid.cells_split, grid.households_moved, grid.cut_against_m, colours[g]);
    put_responsible(table, city, g);
    table.end();
  }
  table.close();
}

void write_aligned(const Output& out, std::size_t l) {
  const City& city = out.city;
  const Layer& layer = city.layers[l];
  TableWriter table = out.table(schema::aligned(city, l));
  const Dissolved ground = dissolve(city.arrangement, layer.labels, layer.cells.size());
  const std::vector<std::uint32_t> colours = colours_of(city, layer.labels.of_face, layer.cells.size());
  for (std::size_t c = 0; c < layer.cells.size(); ++c) {
    const Cell& cell = layer.cells[c];
    table.begin();
    put_multipolygon(table, city.arrangement, ground.of_label[c]);
    table.put(cell.id).put_text_or_null(cell.name).put(colours[c]);
    for (std::size_t f = 0; f < layer.fields.size(); ++f) put_attribute(table, layer, cell, f);
    table.end();
  }
  table.close();
}

std::vector<PolygonRings> polygons_of(const std::vector<Ring>& rings) {
  std::vector<PolygonRings> polygons;
  for (const Ring& ring : rings) {
    if (!ring.hole || polygons.empty()) polygons.emplace_back();
    polygons.back().push_back(ring.points);
    polygons.back().back().push_back(ring.points.front());
  }
  return polygons;
}

void begin_with_ground(TableWriter& table, const std::vector<Ring>& rings) {
  const std::vector<PolygonRings> polygons = polygons_of(rings);
  table.begin();
  polygons.empty() ? table.no_shape() : table.shape(table.encode.multipolygon(polygons));
}

void write_delivered(const Output& out, std::size_t l) {
  const Layer& layer = out.city.layers[l];
  TableWriter table = out.table(schema::delivered(out.city, l));
  for (std::size_t c = 0; c < layer.cells.size(); ++c) {
    begin_with_ground(table, layer.delivered[c]);
    table.put(layer.cells[c].id).end();
  }
  table.close();
}

void write_drawn(const Output& out) {
  TableWriter table = out.table(schema::drawn());
  for (const DrawnArea& area : out.city.drawn) {
    begin_with_ground(table, area.rings);
    table.put(word_of(area.kind), area.id).end();
  }
  table.close();
}

void write_admin(const Output& out, std::size_t n) {
  const City& city = out.city;
  TableWriter table = out.table(schema::admin(n));
  const AdminLevel& level = city.admin[n];
  const Dissolved ground = dissolve(city.arrangement, level.of_face, level.units.size());
  for (std::size_t u = 0; u < level.units.size(); ++u) {
    const AdminUnit& unit = level.units[u];
    table.begin();
    put_multipolygon(table, city.arrangement, ground.of_label[u]);
    table.put(unit.code).put_text_or_null(unit.name.en).put_text_or_null(unit.name.zh);
    table.put(unit.parent < 0 ? std::nullopt : code_of(city.admin.at(n - 1), unit.parent)).end();
  }
  table.close();
}

void write_conflicts(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::conflicts());
  const Dissolved grids = dissolve(city.arrangement, city.grid_of_face, city.grids.size());
  for (const Conflict& c : city.conflicts) {
    table.begin();
    if (is_of_grid(c.kind) && c.grid != kGap)
      put_multipolygon(table, city.arrangement, grids.of_label[static_cast<std::size_t>(c.grid)]);
    else if (c.ground.empty())
      table.no_shape();
    else
      table.shape(table.encode.multipolygon(c.ground));
    const std::string before = list_text(c.before), after = list_text(c.after), facts = facts_text(city, c.facts);
    const Text note = out.words.note ? out.words.note(city, c) : Text();
    table.put(word_of(c.kind));
    table.put_text_or_null(c.layer < 0 ? std::string_view() : city.layers.at(static_cast<std::size_t>(c.layer)).id);
    table.put_text_or_null(c.admin_level).put(code_of(city, c.grid), before, after, c.area_m2, c.population);
    table.put_text_or_null(cause_of(c.facts)).put_text_or_null(facts);
    table.put_text_or_null(note.en).put_text_or_null(note.zh).end();
  }
  table.close();
}

// Face -> unit that answers for the face's grid in this layer.
std::vector<Label> responsible_of_face(const City& city, std::size_t layer) {
  std::vector<Label> of_face(city.arrangement.face_count, kGap);
  if (city.responsibilities.size() != city.grids.size() * city.layers.size()) return of_face;
  for (FaceId f = 1; f < city.arrangement.face_count; ++f)
    if (const Label grid = city.grid_of_face[f]; grid != kGap)
      of_face[f] = city.responsibility(static_cast<std::size_t>(grid), layer).cell;
  return of_face;
}

void write_zones(const Output& out) {
  const City& city = out.city;
  constexpr int kOwnUnits = 0;  // level: the layer's own units
  TableWriter table = out.table(schema::zones());
  std::vector<Dissolved> ground(city.layers.size());
  std::vector<Box> extents(city.layers.size());
  std::vector<std::vector<std::uint32_t>> colours(city.layers.size());
  for (const Zone& zone : city.zones) {
    const Layer& layer = city.layers.at(zone.layer);
    Dissolved& pieces = ground[zone.layer];
    if (pieces.of_label.empty()) {
      const std::vector<Label> responsible = responsible_of_face(city, zone.layer);
      pieces = dissolve(city.arrangement, responsible, layer.cells.size());
      colours[zone.layer] = colours_of(city, responsible, layer.cells.size());
    }
    table.begin();
    if (zone.cell == kGap) {
      table.no_shape();
    } else {
      const Box box =
          put_multipolygon(table, city.arrangement, pieces.of_label.at(static_cast<std::size_t>(zone.cell)));
      if (!box.empty()) extents[zone.layer].extend(box);
    }
    table.put(layer.id).put_text_or_null(name_of(layer.department));
    table.put(kOwnUnits, id_of(layer, zone.cell));
    table.put_text_or_null(zone.cell == kGap ? std::string_view()
                                             : layer.cells[static_cast<std::size_t>(zone.cell)].name);
    table.put(zone.grids, zone.population, zone.incidents);
    if (zone.cell == kGap)
      table.put(std::nullopt).end();
    else
      table.put(colours[zone.layer][static_cast<std::size_t>(zone.cell)]).end();
  }
  table.close();
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    const Table view = schema::zones_of(city, l);
    out.file.database().exec(schema::create_zones_of(city.layers[l]));
    out.file.add_contents(view, meaning_of(city, out.words, view).en, extents[l]);
  }
}

void write_incidents(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::incidents());
  const EventTable& events = city.events;
  for (std::size_t e = 0; e < events.size(); ++e) {
    const FaceId face = city.face_of_event[e];
    const std::string occurred = format_local_time(events.occurred_at[e]),
                      closed = format_local_time(events.closed_at[e]);
    table.begin().shape(table.encode.point(events.at[e]));
    table.put(events.id[e]).put_text_or_null(occurred);
    for (const auto& [name, field] : kWords<EventField>) table.put_text_or_null(events[field][e]);
    table.put_text_or_null(closed);
    table.put(code_of(city, face == kOutside ? kGap : city.grid_of_face[face]));
    table.put(face == kOutside ? std::nullopt : std::optional(face)).end();
  }
  table.close();
}

void write_crosswalk(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::crosswalk());
  for (const CrosswalkRow& row : city.crosswalk) {
    const Layer& layer = city.layers.at(row.layer);
    table.begin().put(layer.id, id_of(layer, row.cell), city.grids.at(row.grid).code, row.area_m2, row.population,
                      row.share_of_feature, row.share_of_grid);
    table.end();
  }
  table.close();
}

void write_responsibilities(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::responsibilities());
  for (const Responsibility& duty : city.responsibilities) {
    const Layer& layer = city.layers.at(duty.layer);
    table.begin().put(city.grids.at(duty.grid).code, layer.id).put_text_or_null(name_of(layer.department));
    // No roster names a person yet; where no unit is drawn, the grid's parent unit answers.
    table.put(id_of(layer, duty.cell), "responsible", std::nullopt, duty.share);
    table.put(word_of(duty.status));
    table.put(duty.status == DutyStatus::vacant ? "territorial" : "aligned layer").end();
  }
  table.close();
}

void write_quality(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::quality());
  const auto id_or_null = [&](std::int32_t l) {
    return l < 0 ? std::nullopt : std::optional<std::string_view>(city.layers.at(static_cast<std::size_t>(l)).id);
  };
  for (const QualityRow& row : city.quality) {
    table.begin().put(word_of(row.stage), id_or_null(row.layer), word_of(row.metric), id_or_null(row.other_layer));
    table.put(row.up_to_m, row.value, unit_of(row.metric)).end();
  }
  table.close();
}

void write_plans(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::plans());
  for (std::size_t u = 0; u < city.plans.size(); ++u) {
    const UnitPlan& p = city.plans[u];
    table.begin().put(city.admin.back().units.at(u).code, p.atoms, p.grids, p.households, p.soft_cut_m, p.lower_bound_m,
                      p.relaxed_by, p.relaxed_proven ? 1 : 0, p.moved, p.moved_bound, word_of(p.status));
    table.end();
  }
  table.close();
}

void write_succession(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::succession());
  for (const Succession& s : city.succession)
    table.begin().put(s.old_code, s.new_code, s.share, s.households, s.retired ? 1 : 0).put_text_or_null(s.at).end();
  table.close();
}

void write_history(const Output& out) {
  const City& city = out.city;
  TableWriter table = out.table(schema::history());
  for (const HistoryRow& row : city.history) {
    table.begin().put(row.version).put_text_or_null(row.at).put_text_or_null(row.who).put_text_or_null(row.why);
    table.put_text_or_null(row.approval).put_text_or_null(row.operations).end();
  }
  table.close();
}

void write_words(const Output& out) {
  make_dictionary(out.file.database(), "main", out.city, out.words);
  make_data_columns(out.file.database(), out.city, out.words);
  write_lineage(out.file.database(), out.city, out.lineage);
}

void write_styles(const Output& out) {
  write_layer_styles(out.file, out.city, out.words);
  write_qgis_projects(out.file, out.city, out.words, std::filesystem::path(out.file.database().name()).filename());
  const Table styles{"layer_styles", "", {}};
  out.file.add_contents(styles, meaning_of(out.city, out.words, styles).en, {});
}

void write_indexes(const Output& out) {
  for (const Index& index : schema::indexes(out.city)) out.file.database().exec(create_index_on(index));
}

struct Step {
  const char* name;
  std::function<void(const Output&)> write;
};

std::vector<Step> steps() {
  const auto all_aligned = [](const Output& out) {
    for (std::size_t l = 0; l < out.city.layers.size(); ++l) write_aligned(out, l);
  };
  const auto all_delivered = [](const Output& out) {
    for (std::size_t l = 0; l < out.city.layers.size(); ++l) write_delivered(out, l);
  };
  const auto all_admin = [](const Output& out) {
    for (std::size_t n = 0; n < out.city.admin.size(); ++n) write_admin(out, n);
  };
  return {{"write description", write_meta},
          {"write boundaries", write_boundaries},
          {"write atoms", write_atoms},
          {"write overlaps", write_overlaps},
          {"write units", all_admin},
          {"write grids", write_grids},
          {"write aligned", all_aligned},
          {"write delivered", all_delivered},
          {"write drawn", write_drawn},
          {"write conflicts", write_conflicts},
          {"write zones", write_zones},
          {"write incidents", write_incidents},
          {"write crosswalk", write_crosswalk},
          {"write responsibilities", write_responsibilities},
          {"write quality", write_quality},
          {"write plans", write_plans},
          {"write succession", write_succession},
          {"write history", write_history},
          {"write words", write_words},
          {"write styles", write_styles},
          {"write indexes", write_indexes}};
}

// An old journal beside the target would be replayed over the new file by the next program that opens it.
void remove_journals(const std::filesystem::path& target) {
  for (const char* ending : {"-wal", "-shm", "-journal"}) std::filesystem::remove(target.string() + ending);
}

// Of this fusion alone: what a log's records lie on is its arrangement, and no other.
std::string new_project_id() {
  std::random_device device;
  char text[40];
  std::snprintf(text, sizeof text, "%08x%08x%08x%08x", device(), device(), device(), device());
  return text;
}

// What the project keeps beside the city. Nobody else knows the file yet.
void write_kept(const City& city, const KeptOfBefore& kept, const std::filesystem::path& path) {
  Database database(path, Database::Mode::write);
  database.exec("PRAGMA synchronous = OFF; BEGIN");
  Statement meta(database, "INSERT INTO gridloom_meta (key, value) VALUES (?, ?)");
  const std::string id = new_project_id();
  meta.put("project_id").put(id).run();
  if (!kept.names.empty()) meta.put("project_before").put(kept.names).run();
  if (kept.last_seq > 0) {
    std::vector<std::int64_t> seq(kept.appended.size());
    std::iota(seq.begin(), seq.end(), kept.last_seq - std::ssize(seq) + 1);
    make_event_table(database);
    write_records(database, kept.appended, PointLocator(city.arrangement).locate(kept.appended.at), seq);
    const std::string last = std::to_string(kept.last_seq);
    meta.put("incidents_seq").put(last).run();
  }
  database.exec("COMMIT");
}

}  // namespace

void write_project(const City& city, const std::filesystem::path& path, Progress& progress, const KeptOfBefore& kept,
                   const ProjectWords& words, const Lineage& lineage) {
  check_sizes(city);
  check_ids(city);
  AtomicFile target(path);
  GeoPackageWriter file(target.path(), city.arrangement.lattice, path);
  const std::vector<Step> all = steps();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (progress.cancelled()) throw Cancelled();
    progress.stage(all[i].name, static_cast<double>(i) / static_cast<double>(all.size()));
    all[i].write({file, city, words, lineage});
  }
  file.finish();
  write_kept(city, kept, target.path());
  write_settings(target.path(), kept.settings);
  target.settle();  // the file that stands there needs its journals until the moment it is replaced
  remove_journals(path);
  target.commit();
}

}  // namespace gridloom
