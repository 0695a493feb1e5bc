// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/project_schema.h"

#include <cctype>
#include <set>

#include "engine/base/strings.h"

namespace gridloom::project_schema {
namespace {

Column text(std::string name) { return {std::move(name), "TEXT"}; }
Column integer(std::string name, std::string unit = "") { return {std::move(name), "INTEGER", std::move(unit)}; }
Column date(std::string name) { return {std::move(name), "DATE"}; }
Column real(std::string name, std::string unit) { return {std::move(name), "REAL", std::move(unit)}; }

constexpr const char *kArea = "m2", *kLength = "m", *kShare = "1";

Column typed(std::string name, FieldType type) {
  switch (type) {
    case FieldType::integer:
      return integer(std::move(name));
    case FieldType::real:
      return real(std::move(name), "");
    case FieldType::text:
      break;
  }
  return text(std::move(name));
}

// Tells neighbours apart: 0 to kColours - 1.
Column colour() {
  Column column = integer("colour");
  column.shown_only = true;
  return column;
}

Column made(std::string name, std::string type, std::string of) {
  Column column{std::move(name), std::move(type)};
  column.shown_only = true;
  column.made_of = std::move(of);
  return column;
}

// A time's text (format_local_time) as other software wants it: its day, and its moment where the clock is known.
// GeoPackage (OGC 12-128r17, table 1) wants a Z behind a DATETIME; it tells the city's wall clock all the same.
Column day_of(std::string name, const std::string& text) { return made(std::move(name), "DATE", "date(" + text + ")"); }
Column moment_of(std::string name, const std::string& text) {
  return made(std::move(name), "DATETIME",
              "iif(length(" + text + ") > 10, strftime('%Y-%m-%dT%H:%M:%fZ', " + text + "), NULL)");
}

Subject layer_at(std::size_t l) { return {static_cast<std::int32_t>(l), -1}; }
Subject level_at(std::size_t n) { return {-1, static_cast<std::int32_t>(n)}; }

Column of(Subject subject, std::string called, Column column) {
  column.of = subject;
  column.called = std::move(called);
  return column;
}

// SQL does not tell "Name" from "name": a further column of that name becomes "Name_2".
std::string free_name(const std::string& wanted, std::set<std::string>& taken) {
  std::string name = wanted;
  for (int n = 2; !taken.insert(lower_case(name)).second; ++n) name = wanted + "_" + std::to_string(n);
  return name;
}

}  // namespace

std::string aligned_name(const std::string& layer) { return "aligned_" + layer; }
std::string delivered_name(const std::string& layer) { return "delivered_" + layer; }
std::string zones_name(const std::string& layer) { return "zones_" + layer; }
std::string admin_name(std::size_t level) { return "admin_" + std::to_string(level); }

Table grids(const City& city) {
  Table table{
      "grids",
      "POLYGON",
      {text("code"), text("name"), text("name_zh"), text("parent"), text("kind"), date("valid_from"), date("valid_to"),
       real("area_m2", kArea), real("perimeter_m", kLength), real("compactness", kShare), real("population", "people"),
       real("households", "households"), text("band"), integer("locked"), integer("cells_split"),
       real("households_moved", "households"), real("cut_against_m", kLength), colour()}};
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    const std::string& id = city.layers[l].id;
    table.columns.push_back(of(layer_at(l), "layer", text(id)));
    table.columns.push_back(of(layer_at(l), "layer_share", real(id + "_share", kShare)));
  }
  return table;
}

Table atoms(const City& city) {
  Table table{"atoms", "POLYGON", {integer("atom_id"), text("grid_code")}};
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    table.columns.push_back(of(layer_at(l), "layer", text(city.layers[l].id)));
  for (std::size_t n = 0; n < city.admin.size(); ++n)
    table.columns.push_back(of(level_at(n), "admin", text(admin_name(n))));
  table.columns.push_back(real("area_m2", kArea));
  table.columns.push_back(real("population", "people"));
  table.columns.push_back(real("households", "households"));
  return table;
}

Table overlaps() { return {"overlaps", "", {integer("atom_id"), text("layer"), text("feature_id")}}; }

Table boundaries() {
  return {"boundaries",
          "LINESTRING",
          {integer("from_node"), integer("to_node"), integer("left_atom"), integer("right_atom"), text("layers"),
           integer("support", "layers"), text("level"), real("length_m", kLength), real("linework", kShare)}};
}

Table aligned(const City& city, std::size_t l) {
  const Layer& layer = city.layers[l];
  Table table{aligned_name(layer.id), "MULTIPOLYGON", {text("id"), text("name"), colour()}, layer_at(l), "aligned"};
  std::set<std::string> taken{"fid", "geom", "id", "name", "colour"};
  for (const Field& field : layer.fields)
    table.columns.push_back(of(layer_at(l), "field", typed(free_name(field.name, taken), field.type)));
  return table;
}

Table delivered(const City& city, std::size_t l) {
  return {delivered_name(city.layers[l].id), "MULTIPOLYGON", {text("id")}, layer_at(l), "delivered"};
}

Table admin(std::size_t level) {
  return {admin_name(level),
          "MULTIPOLYGON",
          {text("code"), text("name"), text("name_zh"), text("parent")},
          level_at(level),
          "admin"};
}

Table conflicts() {
  return {"conflicts",
          "MULTIPOLYGON",
          {text("kind"), text("layer"), text("admin_level"), text("grid_code"), text("ids_before"), text("ids_after"),
           real("area_m2", kArea), real("population", "people"), text("cause"), text("facts"), text("note"),
           text("note_zh")}};
}

Table drawn() { return {"drawn", "MULTIPOLYGON", {text("kind"), text("id")}}; }

Table zones() {
  return {"zones",
          "MULTIPOLYGON",
          {text("layer"), text("department"), integer("level"), text("unit_id"), text("unit_name"),
           integer("grids", "grids"), real("population", "people"), integer("incidents", "incidents"), colour()}};
}

Table zones_of(const City& city, std::size_t l) {
  Table view = zones();
  view.name = zones_name(city.layers[l].id);
  view.of = layer_at(l);
  view.called = "zones_of";
  return view;
}

// The key comes first, as GeoPackage wants it of a view.
std::string create_zones_of(const Layer& layer) {
  const Table view = zones();
  std::string columns = "fid, geom";
  for (const Column& column : view.columns) columns += ", " + sql_name(column.name);
  return "CREATE VIEW " + sql_name(zones_name(layer.id)) + " AS SELECT " + columns + " FROM " + sql_name(view.name) +
         " WHERE layer = " + sql_text(layer.id) + " AND geom IS NOT NULL";
}

Table incidents() {
  return {"incidents",
          "POINT",
          {text("id"), text("occurred_at"), text("category"), text("subcategory"), text("agency"), text("severity"),
           text("status"), text("closed_at"), text("grid_code"), integer("atom_id"),
           day_of("occurred_on", "occurred_at"), moment_of("occurred_time", "occurred_at"),
           day_of("closed_on", "closed_at"), moment_of("closed_time", "closed_at")}};
}

Table crosswalk() {
  return {"crosswalk",
          "",
          {text("layer"), text("feature_id"), text("grid_code"), real("area_m2", kArea), real("population", "people"),
           real("share_of_feature", kShare), real("share_of_grid", kShare)}};
}

Table responsibilities() {
  return {"responsibilities",
          "",
          {text("grid_code"), text("layer"), text("department"), text("unit_id"), text("role"), text("person_id"),
           real("share", kShare), text("status"), text("source")}};
}

Table quality() {
  return {"quality",
          "",
          {text("stage"), text("layer"), text("metric"), text("other_layer"), real("up_to_m", kLength),
           real("value", ""), text("unit")}};
}

Table plans() {
  return {"plans",
          "",
          {text("unit"), integer("atoms", "atoms"), integer("grids", "grids"), real("households", "households"),
           real("soft_cut_m", kLength), real("lower_bound_m", kLength), real("relaxed_by", "households"),
           integer("relaxed_proven"), real("moved", "households"), real("moved_bound", "households"), text("status")}};
}

Table succession() {
  return {"succession",
          "",
          {text("old_code"), text("new_code"), real("share", kShare), real("households", "households"),
           integer("retired"), date("at")}};
}

Table history() {
  return {
      "history", "", {integer("version"), date("at"), text("who"), text("why"), text("approval"), text("operations")}};
}

Table meta() { return {"gridloom_meta", "", {text("key"), text("value")}}; }

Table layers() {
  return {"layers",
          "",
          {text("id"), text("title"), text("title_zh"), text("department"), text("department_zh"), integer("rank"),
           real("accuracy_m", kLength), integer("locked"), integer("moved"), real("weight", kShare)}};
}

Table columns() {
  return {"columns",
          "",
          {text("table_name"), text("column_name"), text("value"), text("unit"), text("meaning"), text("meaning_zh")}};
}

std::vector<Index> indexes(const City& city) {
  constexpr bool kUnique = true;
  std::vector<Index> all{{"gridloom_meta", {"key"}, kUnique},
                         {"layers", {"id"}, kUnique},
                         {"columns", {"table_name", "column_name"}},
                         {"grids", {"code"}, kUnique},
                         {"grids", {"parent"}},
                         {"atoms", {"atom_id"}, kUnique},
                         {"atoms", {"grid_code"}},
                         {"overlaps", {"atom_id"}},
                         {"boundaries", {"left_atom"}},
                         {"boundaries", {"right_atom"}},
                         {"conflicts", {"kind", "layer"}},
                         {"conflicts", {"grid_code"}},
                         {"zones", {"layer", "level", "unit_id"}, kUnique},
                         {"incidents", {"id"}},
                         {"incidents", {"grid_code"}},
                         {"incidents", {"occurred_at"}},
                         {"incidents", {"occurred_on"}},
                         {"crosswalk", {"layer", "feature_id"}},
                         {"crosswalk", {"grid_code"}},
                         {"responsibilities", {"grid_code", "layer"}, kUnique},
                         {"responsibilities", {"layer", "unit_id"}},
                         {"quality", {"metric", "stage", "layer"}},
                         {"plans", {"unit"}, kUnique},
                         {"succession", {"old_code"}},
                         {"succession", {"new_code"}}};
  for (const Layer& layer : city.layers)
    for (const std::string& table : {aligned_name(layer.id), delivered_name(layer.id)})
      all.push_back({table, {"id"}, kUnique});
  for (std::size_t n = 0; n < city.admin.size(); ++n) {
    all.push_back({admin_name(n), {"code"}, kUnique});
    all.push_back({admin_name(n), {"parent"}});
  }
  return all;
}

std::vector<Table> tables(const City& city) {
  std::vector<Table> all{layers(), columns(), meta(), grids(city), atoms(city), overlaps(), boundaries()};
  for (std::size_t n = 0; n < city.admin.size(); ++n) all.push_back(admin(n));
  for (std::size_t l = 0; l < city.layers.size(); ++l) {
    for (const Table& table : {aligned(city, l), delivered(city, l), zones_of(city, l)}) all.push_back(table);
    all.back().columns.clear();  // those of `zones`
  }
  for (const auto& table : {zones(), drawn(), conflicts(), quality(), crosswalk(), responsibilities(), incidents(),
                            plans(), succession(), history()})
    all.push_back(table);
  return all;
}

}  // namespace gridloom::project_schema
