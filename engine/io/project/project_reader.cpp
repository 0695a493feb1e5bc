// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/base/strings.h"
#include "engine/events/local_time.h"
#include "engine/events/merge_events.h"
#include "engine/events/text_interner.h"
#include "engine/io/project/conflict_facts.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/project/migrations.h"
#include "engine/io/project/project_file.h"
#include "engine/io/project/project_meta.h"
#include "engine/io/project/project_schema.h"
#include "engine/io/project/sqlite.h"
#include "engine/zoning/crosswalk.h"

namespace gridloom {
namespace {

namespace schema = project_schema;

// The rows of one table in the order they were written: fid, the geometry where asked for, then the table's columns.
class Rows {
 public:
  enum class Geometry { skip, read };
  Rows(Database& database, const Table& table, Geometry geometry = Geometry::skip)
      : database_(database), table_(table.name), rows_(database, select(table, geometry)) {}

  bool next() {
    if (!rows_.next()) return false;
    fid_ = rows_.integer();
    return true;
  }
  std::string_view text() { return rows_.text(); }
  std::string string() { return std::string(rows_.text()); }
  double real() { return rows_.real(); }
  bool null_here() const { return rows_.null_here(); }
  void skip() { rows_.skip(); }
  std::int64_t integer() { return rows_.integer(); }
  std::span<const std::byte> blob() { return rows_.blob(); }

  // An integer from 0 to below `limit`.
  std::uint32_t index(std::size_t limit, const char* what) {
    const std::int64_t value = rows_.integer();
    if (value < 0 || static_cast<std::uint64_t>(value) >= limit)
      fail({"number_does_not_exist", {{"what", what}, {"number", value}}});
    return static_cast<std::uint32_t>(value);
  }

  [[noreturn]] void fail(const Reason& what) const {
    throw DataError("row_damaged", {{"table", table_}, {"row", fid_}, {"what", what}}).within(database_.name());
  }

 private:
  static std::string select(const Table& table, Geometry geometry) {
    std::string sql = "SELECT fid";
    if (geometry == Geometry::read) sql += ", geom";
    for (const Column& column : table.columns)
      if (!column.shown_only) sql += ", " + sql_name(column.name);
    return sql + " FROM " + sql_name(table.name) + " ORDER BY fid";
  }

  Database& database_;
  std::string table_;
  Statement rows_;
  std::int64_t fid_ = 0;
};

// Ids of one kind of thing and where they stand. The texts belong to the city and must not move.
class Ids {
 public:
  void add(std::string_view id) { of_.emplace(id, static_cast<Label>(of_.size())); }
  // The index of the id in the row's next column; kGap where that is NULL.
  Label label(Rows& rows, const char* what) const {
    if (!rows.null_here()) return static_cast<Label>(index(rows, what));
    rows.skip();
    return kGap;
  }
  std::uint32_t index(Rows& rows, const char* what) const {
    const std::string_view id = rows.text();
    const auto at = of_.find(id);
    if (at == of_.end()) rows.fail({"id_does_not_exist", {{"what", what}, {"id", id}}});
    return static_cast<std::uint32_t>(at->second);
  }

 private:
  std::unordered_map<std::string_view, Label> of_;
};

template <class Enum>
Enum value_in(Rows& rows) {
  const std::string_view word = rows.text();
  const auto value = value_of<Enum>(word);
  if (!value) rows.fail({"value_unknown", {{"value", word}}});
  return *value;
}

class ProjectReader {
 public:
  explicit ProjectReader(const std::filesystem::path& path) : database_(path, Database::Mode::read) {}

  City read() {
    database_.exec("BEGIN");  // one state of the file, while others fold events into it
    read_meta();
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      read_aligned(l);
      read_delivered(l);
    }
    for (std::size_t n = 0; n < city_.admin.size(); ++n) read_admin(n);
    read_grids();
    read_atoms();
    read_overlaps();
    read_boundaries();
    read_drawn();
    read_conflicts();
    read_zones();
    read_incidents();
    read_crosswalk();
    read_responsibilities();
    read_log();
    read_quality();
    read_plans();
    read_succession();
    read_history();
    return std::move(city_);
  }

 private:
  void require_project() {
    try {
      Rows(database_, schema::meta()).next();
    } catch (const DataError& error) {
      throw DataError("not_a_project", {{"file", database_.name()}, {"why", error.reason()}});
    }
  }

  void read_meta() {
    require_project();
    read_as_today(database_);
    std::map<std::string, std::string> meta;
    Rows rows(database_, schema::meta());
    while (rows.next()) {
      std::string key = rows.string();
      meta[std::move(key)] = rows.string();
    }
    try {
      city_ = city_of_description(meta);
    } catch (DataError& error) {
      error.within(database_.name());
      throw;
    }
    for (const Layer& layer : city_.layers) layers_.add(layer.id);
  }

  void read_aligned(std::size_t l) {
    Layer& layer = city_.layers[l];
    Rows rows(database_, schema::aligned(city_, l));
    while (rows.next()) {
      Cell cell{rows.string(), rows.string(), {}};
      for (const Field& field : layer.fields) cell.attributes.push_back(attribute(rows, field.type));
      layer.cells.push_back(std::move(cell));
    }
    Ids ids;
    for (const Cell& cell : layer.cells) ids.add(cell.id);
    cells_.push_back(std::move(ids));
  }

  // Rows run parallel to those of the aligned layer.
  std::vector<Ring> rings_in(Rows& rows) const {
    std::vector<Ring> rings;
    const auto blob = rows.blob();
    if (blob.empty()) return rings;
    auto ground = decode_multipolygon(blob, city_.arrangement.lattice);
    if (!ground) rows.fail({"geometry_unusable", {{"type", "MULTIPOLYGON"}}});
    for (PolygonRings& polygon : *ground)
      for (std::size_t r = 0; r < polygon.size(); ++r) {
        if (polygon[r].size() < 4) rows.fail({"ring_too_short"});
        polygon[r].pop_back();
        rings.push_back({std::move(polygon[r]), r > 0});
      }
    return rings;
  }

  void read_drawn() {
    if (!has_table(database_, "drawn")) return;  // of a format before the third
    Rows rows(database_, schema::drawn(), Rows::Geometry::read);
    while (rows.next()) {
      DrawnArea area;
      area.rings = rings_in(rows);
      area.kind = value_in<DrawnKind>(rows);
      area.id = rows.string();
      city_.drawn.push_back(std::move(area));
    }
  }

  void read_delivered(std::size_t l) {
    Layer& layer = city_.layers[l];
    Rows rows(database_, schema::delivered(city_, l), Rows::Geometry::read);
    while (rows.next()) {
      std::vector<Ring> rings = rings_in(rows);
      if (layer.delivered.size() == layer.cells.size() || rows.string() != layer.cells[layer.delivered.size()].id)
        rows.fail({"rows_not_parallel", {{"table", schema::aligned_name(layer.id)}}});
      layer.delivered.push_back(std::move(rings));
    }
    if (layer.delivered.size() != layer.cells.size())
      rows.fail({"rows_fewer", {{"table", schema::aligned_name(layer.id)}}});
  }

  static std::optional<std::string> attribute(Rows& rows, FieldType type) {
    if (rows.null_here()) {
      rows.skip();
      return std::nullopt;
    }
    switch (type) {
      case FieldType::integer:
        return std::to_string(rows.integer());
      case FieldType::real:
        return number_text(rows.real());
      case FieldType::text:
        break;
    }
    return rows.string();
  }

  void read_admin(std::size_t n) {
    Rows rows(database_, schema::admin(n));
    AdminLevel& level = city_.admin[n];
    while (rows.next()) {
      AdminUnit unit{rows.string(), {rows.string(), rows.string()}, -1};
      if (n > 0) unit.parent = units_[n - 1].label(rows, "unit");
      level.units.push_back(std::move(unit));
    }
    Ids ids;
    for (const AdminUnit& unit : level.units) ids.add(unit.code);
    units_.push_back(std::move(ids));
  }

  void read_grids() {
    Rows rows(database_, schema::grids(city_));
    while (rows.next()) {
      Grid grid;
      grid.code = rows.string();
      grid.name.en = rows.string();
      grid.name.zh = rows.string();
      if (units_.empty())
        rows.skip();
      else
        grid.parent = static_cast<std::int32_t>(units_.back().index(rows, "parent unit"));
      grid.kind = value_in<GridKind>(rows);
      grid.valid_from = rows.string();
      grid.valid_to = rows.string();
      for (double* value : {&grid.area_m2, &grid.perimeter_m, &grid.compactness, &grid.population, &grid.households})
        *value = rows.real();
      grid.verdict = value_in<BandVerdict>(rows);
      grid.locked = rows.integer() != 0;
      grid.cells_split = rows.index(UINT32_MAX, "number of cells");
      grid.households_moved = rows.real();
      grid.cut_against_m = rows.real();
      city_.grids.push_back(std::move(grid));
    }
    for (const Grid& grid : city_.grids) grids_.add(grid.code);
  }

  void read_atoms() {
    begin_labels();
    Rows rows(database_, schema::atoms(city_));
    while (rows.next()) {
      if (rows.integer() != static_cast<std::int64_t>(city_.population.size())) rows.fail({"atoms_not_in_order"});
      city_.grid_of_face.push_back(grids_.label(rows, "grid"));
      for (std::size_t l = 0; l < city_.layers.size(); ++l)
        city_.layers[l].labels.of_face.push_back(cells_[l].label(rows, "feature"));
      for (std::size_t n = 0; n < city_.admin.size(); ++n)
        city_.admin[n].of_face.push_back(units_[n].label(rows, "unit"));
      city_.area_m2.push_back(rows.real());
      city_.population.push_back(rows.real());
      city_.households.push_back(rows.real());
    }
    city_.arrangement.face_count = static_cast<std::uint32_t>(city_.population.size());
  }

  // Face 0, the outside, stands in no table.
  void begin_labels() {
    city_.grid_of_face = {kGap};
    for (Layer& layer : city_.layers) layer.labels.of_face = {kGap};
    for (AdminLevel& level : city_.admin) level.of_face = {kGap};
    city_.area_m2 = {0};
    city_.population = {0};
    city_.households = {0};
  }

  void read_overlaps() {
    Rows rows(database_, schema::overlaps());
    while (rows.next()) {
      const FaceId face = rows.index(city_.arrangement.face_count, "atom");
      const std::uint32_t layer = layers_.index(rows, "layer");
      city_.layers[layer].labels.overlaps.push_back({face, cells_[layer].label(rows, "feature")});
    }
    for (Layer& layer : city_.layers) std::sort(layer.labels.overlaps.begin(), layer.labels.overlaps.end());
  }

  void read_boundaries() {
    Arrangement& map = city_.arrangement;
    const std::size_t max_nodes = 2 * row_count("boundaries");
    std::vector<bool> placed(max_nodes, false);
    map.nodes.resize(max_nodes);
    NodeId nodes = 0;
    const auto place = [&](NodeId node, Point at) {
      nodes = std::max(nodes, node + 1);
      if (placed[node]) return;  // that all arcs of a node agree is for verify() to show
      map.nodes[node] = at;
      placed[node] = true;
    };
    Rows rows(database_, schema::boundaries(), Rows::Geometry::read);
    while (rows.next()) {
      Arc arc;
      arc.first = static_cast<std::uint32_t>(map.points.size());
      if (!decode_line(rows.blob(), map.lattice, map.points))
        rows.fail({"geometry_unusable", {{"type", "LINESTRING"}}});
      arc.count = static_cast<std::uint32_t>(map.points.size()) - arc.first;
      if (arc.count < 2) rows.fail({"line_too_short"});
      arc.from = rows.index(max_nodes, "node");
      arc.to = rows.index(max_nodes, "node");
      arc.left = rows.index(map.face_count, "atom");
      arc.right = rows.index(map.face_count, "atom");
      city_.support.push_back(support_of(rows));
      rows.integer();  // how many layers
      rows.text();     // level
      rows.real();     // length_m
      const double along = rows.real();
      if (city_.linework_weight > 0) city_.linework.push_back(along);
      place(arc.from, map.points[arc.first]);
      place(arc.to, map.points.back());
      map.arcs.push_back(arc);
    }
    map.nodes.resize(nodes);
  }

  std::size_t row_count(const std::string& table) {
    Statement count(database_, "SELECT count(*) FROM " + sql_name(table));
    count.next();
    return static_cast<std::size_t>(count.integer());
  }

  // Bits of a comma list of layer ids.
  std::uint64_t support_of(Rows& rows) {
    const std::string list = rows.string();
    const auto known = supports_.find(list);
    if (known != supports_.end()) return known->second;
    std::uint64_t bits = 0;
    for (std::size_t begin = 0; begin < list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      bits |= std::uint64_t{1} << layer_bit(rows, std::string_view(list).substr(begin, end - begin));
      begin = end + 1;
    }
    return supports_[list] = bits;
  }

  std::size_t layer_bit(const Rows& rows, std::string_view id) const {
    for (std::size_t l = 0; l < city_.layers.size() && l < 64; ++l)
      if (city_.layers[l].id == id) return l;
    rows.fail({"id_does_not_exist", {{"what", "layer"}, {"id", id}}});
  }

  void read_conflicts() {
    Rows rows(database_, schema::conflicts(), Rows::Geometry::read);
    while (rows.next()) {
      Conflict conflict;
      const auto blob = rows.blob();
      conflict.kind = value_in<ConflictKind>(rows);
      if (!blob.empty() && !is_of_grid(conflict.kind)) {
        auto ground = decode_multipolygon(blob, city_.arrangement.lattice);
        if (!ground) rows.fail({"geometry_unusable", {{"type", "MULTIPOLYGON"}}});
        conflict.ground = std::move(*ground);
      }
      conflict.layer = layers_.label(rows, "layer");
      conflict.admin_level = rows.string();
      conflict.grid = grids_.label(rows, "grid");
      conflict.before = list(rows);
      conflict.after = list(rows);
      conflict.area_m2 = rows.real();
      conflict.population = rows.real();
      conflict.facts = facts(rows);
      city_.conflicts.push_back(std::move(conflict));
    }
  }

  static std::vector<std::string> list(Rows& rows) {
    const std::string text = rows.string();
    auto ids = list_of(text);
    if (!ids) rows.fail({"not_a_list_of_ids", {{"text", text}}});
    return std::move(*ids);
  }

  ConflictFacts facts(Rows& rows) const {
    const std::string cause = rows.string(), text = rows.string();
    auto facts = facts_of(city_, cause, text);
    if (!facts) rows.fail({"facts_unusable", {{"cause", cause}, {"text", text}}});
    return std::move(*facts);
  }

  void read_zones() {
    Rows rows(database_, schema::zones());
    while (rows.next()) {
      Zone zone;
      zone.layer = layers_.index(rows, "layer");
      rows.skip();  // department
      rows.skip();  // level
      zone.cell = cells_[zone.layer].label(rows, "feature");
      rows.skip();  // unit_name
      zone.grids = rows.index(city_.grids.size() + 1, "number of grids");
      zone.population = rows.real();
      zone.incidents = static_cast<std::uint64_t>(rows.integer());
      city_.zones.push_back(zone);
    }
  }

  void read_incidents() {
    EventTable& events = city_.events;
    auto interners = interners_of(events);
    Rows rows(database_, schema::incidents(), Rows::Geometry::read);
    while (rows.next()) {
      const auto at = decode_point(rows.blob(), city_.arrangement.lattice);
      if (!at) rows.fail({"geometry_unusable", {{"type", "POINT"}}});
      events.at.push_back(*at);
      events.id.push_back(rows.string());
      events.occurred_at.push_back(time(rows));
      for (TextInterner& interner : interners) interner.add(rows.text());
      events.closed_at.push_back(time(rows));
      rows.skip();                                                                      // grid_code
      city_.face_of_event.push_back(rows.index(city_.arrangement.face_count, "atom"));  // NULL reads as 0: outside
    }
  }

  // Events that came after the fusion and were not folded yet: they count in the zones as well.
  void read_log() {
    const EventRecords records = read_event_log(database_, city_.arrangement.face_count, folded_seq(database_));
    if (records.seq.empty()) return;
    merge_events(city_.events, city_.face_of_event, records.events, records.faces);
    const std::vector<Zone> counted = zones(city_);
    for (std::size_t z = 0; z < std::min(counted.size(), city_.zones.size()); ++z)
      city_.zones[z].incidents = counted[z].incidents;
  }

  static LocalTime time(Rows& rows) {
    const std::string_view text = rows.text();
    const auto time = formatted_local_time(text);
    if (!time) rows.fail({"not_a_local_time", {{"text", text}}});
    return *time;
  }

  void read_crosswalk() {
    Rows rows(database_, schema::crosswalk());
    while (rows.next()) {
      CrosswalkRow row;
      row.layer = layers_.index(rows, "layer");
      row.cell = cells_[row.layer].label(rows, "feature");
      row.grid = grids_.index(rows, "grid");
      for (double* value : {&row.area_m2, &row.population, &row.share_of_feature, &row.share_of_grid})
        *value = rows.real();
      city_.crosswalk.push_back(row);
    }
  }

  void read_responsibilities() {
    Rows rows(database_, schema::responsibilities());
    const std::size_t layers = city_.layers.size();
    while (rows.next()) {
      Responsibility duty;
      duty.grid = grids_.index(rows, "grid");
      duty.layer = layers_.index(rows, "layer");
      if (duty.grid * layers + duty.layer != city_.responsibilities.size()) rows.fail({"order_of_duties_broken"});
      rows.skip();  // department
      duty.cell = cells_[duty.layer].label(rows, "feature");
      rows.skip();  // role
      rows.skip();  // person_id
      duty.share = rows.real();
      duty.status = value_in<DutyStatus>(rows);
      city_.responsibilities.push_back(duty);
    }
    if (const std::size_t n = city_.responsibilities.size(); n != 0 && n != layers * city_.grids.size())
      throw DataError("duties_incomplete").within(database_.name());
  }

  void read_quality() {
    Rows rows(database_, schema::quality());
    while (rows.next()) {
      QualityRow row;
      row.stage = value_in<QualityStage>(rows);
      row.layer = layers_.label(rows, "layer");
      row.metric = value_in<QualityMetric>(rows);
      row.other_layer = layers_.label(rows, "layer");
      if (!rows.null_here())
        row.up_to_m = rows.real();
      else
        rows.skip();
      row.value = rows.real();
      city_.quality.push_back(row);
    }
  }

  void read_plans() {
    Rows rows(database_, schema::plans());
    while (rows.next()) {
      if (units_.empty() || units_.back().index(rows, "unit") != city_.plans.size())
        rows.fail({"order_of_units_broken"});
      UnitPlan p;
      p.atoms = rows.index(UINT32_MAX, "number of atoms");
      p.grids = rows.index(UINT32_MAX, "number of grids");
      for (double* value : {&p.households, &p.soft_cut_m, &p.lower_bound_m, &p.relaxed_by}) *value = rows.real();
      p.relaxed_proven = rows.integer() != 0;
      p.moved = rows.real();
      p.moved_bound = rows.real();
      p.status = value_in<PlanStatus>(rows);
      city_.plans.push_back(p);
    }
  }

  void read_succession() {
    Rows rows(database_, schema::succession());
    while (rows.next()) {
      Succession s{rows.string(), rows.string(), rows.real(), rows.real(), false, {}};
      s.retired = rows.integer() != 0;
      s.at = rows.string();
      city_.succession.push_back(std::move(s));
    }
  }

  void read_history() {
    Rows rows(database_, schema::history());
    while (rows.next()) {
      HistoryRow row;
      row.version = static_cast<int>(rows.integer());
      for (std::string* text : {&row.at, &row.who, &row.why, &row.approval, &row.operations}) *text = rows.string();
      city_.history.push_back(std::move(row));
    }
  }

  Database database_;
  City city_;
  Ids layers_, grids_;
  std::vector<Ids> cells_, units_;  // by layer, by admin level
  std::unordered_map<std::string, std::uint64_t> supports_;
};

}  // namespace

City read_project(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) throw DataError("project_missing").within(path.string());
  recover_project(path);
  return ProjectReader(path).read();
}

}  // namespace gridloom
