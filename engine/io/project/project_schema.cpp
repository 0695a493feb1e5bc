// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/project_schema.h"

#include <cctype>
#include <set>

namespace gridloom::project_schema {
namespace {

Column text(std::string name) { return {std::move(name), "TEXT"}; }
Column integer(std::string name) { return {std::move(name), "INTEGER"}; }
Column real(std::string name) { return {std::move(name), "REAL"}; }

Column typed(std::string name, FieldType type) {
  switch (type) {
    case FieldType::integer:
      return integer(std::move(name));
    case FieldType::real:
      return real(std::move(name));
    case FieldType::text:
      break;
  }
  return text(std::move(name));
}

std::string lower(std::string name) {
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

// SQL does not tell "Name" from "name": a further column of that name becomes "Name_2".
std::string free_name(const std::string& wanted, std::set<std::string>& taken) {
  std::string name = wanted;
  for (int n = 2; !taken.insert(lower(name)).second; ++n) name = wanted + "_" + std::to_string(n);
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
      "Unified governance grid",
      "POLYGON",
      {text("code"), text("name"), text("name_zh"), text("parent"), text("kind"), text("valid_from"), text("valid_to"),
       real("area_m2"), real("perimeter_m"), real("compactness"), real("population"), real("households"), text("band"),
       integer("locked"), integer("cells_split"), real("households_moved"), real("cut_against_m")}};
  for (const Layer& layer : city.layers) {
    table.columns.push_back(text(layer.id));
    table.columns.push_back(real(layer.id + "_share"));
  }
  return table;
}

Table atoms(const City& city) {
  Table table{"atoms", "Faces of the arrangement", "POLYGON", {integer("atom_id"), text("grid_code")}};
  for (const Layer& layer : city.layers) table.columns.push_back(text(layer.id));
  for (std::size_t n = 0; n < city.admin.size(); ++n) table.columns.push_back(text(admin_name(n)));
  table.columns.push_back(real("area_m2"));
  table.columns.push_back(real("population"));
  table.columns.push_back(real("households"));
  return table;
}

Table overlaps() {
  return {"overlaps",
          "Atoms with more than one feature of a layer: the further ones",
          "",
          {integer("atom_id"), text("layer"), text("feature_id")}};
}

Table boundaries() {
  return {"boundaries",
          "Arcs: every boundary once, with what lies left and right",
          "LINESTRING",
          {integer("from_node"), integer("to_node"), integer("left_atom"), integer("right_atom"), text("layers"),
           integer("support"), text("level"), real("length_m"), real("linework")}};
}

Table aligned(const Layer& layer) {
  Table table{aligned_name(layer.id), layer.title.en + " after alignment", "MULTIPOLYGON", {text("id"), text("name")}};
  std::set<std::string> taken{"fid", "geom", "id", "name"};
  for (const Field& field : layer.fields) table.columns.push_back(typed(free_name(field.name, taken), field.type));
  return table;
}

Table delivered(const Layer& layer) {
  return {delivered_name(layer.id), layer.title.en + " as delivered", "MULTIPOLYGON", {text("id")}};
}

Table admin(const City& city, std::size_t level) {
  return {admin_name(level),
          city.admin[level].title.en,
          "MULTIPOLYGON",
          {text("code"), text("name"), text("name_zh"), text("parent")}};
}

Table conflicts() {
  return {"conflicts",
          "What was delivered and cannot be kept as it is",
          "MULTIPOLYGON",
          {text("kind"), text("layer"), text("admin_level"), text("ids"), real("area_m2"), real("population"),
           text("note")}};
}

Table zones() {
  return {"zones",
          "Responsibility zones: grids of one responsible unit",
          "MULTIPOLYGON",
          {text("layer"), text("department"), integer("level"), text("unit_id"), text("unit_name"), integer("grids"),
           real("population"), integer("incidents")}};
}

Table zones_of(const Layer& layer) {
  Table view = zones();
  view.name = zones_name(layer.id);
  view.title = "Responsibility zones: " + layer.title.en;
  return view;
}

// The key comes first, as GeoPackage wants it of a view.
std::string create_zones_of(const Layer& layer) {
  const Table view = zones_of(layer);
  std::string columns = "fid, geom";
  for (const Column& column : view.columns) columns += ", " + sql_name(column.name);
  return "CREATE VIEW " + sql_name(view.name) + " AS SELECT " + columns + " FROM " + sql_name(zones().name) +
         " WHERE layer = " + sql_text(layer.id) + " AND geom IS NOT NULL";
}

Table incidents() {
  return {"incidents",
          "Incidents in local time",
          "POINT",
          {text("id"), text("occurred_at"), text("category"), text("subcategory"), text("agency"), text("severity"),
           text("status"), text("closed_at"), text("grid_code"), integer("atom_id")}};
}

Table crosswalk() {
  return {"crosswalk",
          "Layer by feature by grid",
          "",
          {text("layer"), text("feature_id"), text("grid_code"), real("area_m2"), real("population"),
           real("share_of_feature"), real("share_of_grid")}};
}

Table responsibilities() {
  return {"responsibilities",
          "Who answers for a grid in each layer",
          "",
          {text("grid_code"), text("layer"), text("department"), text("unit_id"), text("role"), text("person_id"),
           real("share"), text("status"), text("source")}};
}

Table quality() {
  return {"quality", "Measures", "", {text("stage"), text("layer"), text("metric"), real("value"), text("unit")}};
}

Table plans() {
  return {
      "plans",
      "How good the grids of each unit are",
      "",
      {text("unit"), integer("atoms"), integer("grids"), real("households"), real("soft_cut_m"), real("lower_bound_m"),
       real("relaxed_by"), integer("relaxed_proven"), real("moved"), real("moved_bound"), text("status")}};
}

Table succession() {
  return {"succession",
          "What became of grids: shares of their households",
          "",
          {text("old_code"), text("new_code"), real("share"), real("households"), integer("retired"), text("at")}};
}

Table history() {
  return {"history",
          "Published changes",
          "",
          {integer("version"), text("at"), text("who"), text("why"), text("approval"), text("operations")}};
}

Table meta() { return {"gridloom_meta", "About this project file", "", {text("key"), text("value")}}; }

}  // namespace gridloom::project_schema
