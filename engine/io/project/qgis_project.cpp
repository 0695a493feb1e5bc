// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/qgis_project.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <array>
#include <memory>
#include <new>
#include <pugixml.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/strings.h"
#include "engine/io/project/project_schema.h"
#include "engine/io/project/qgis_style.h"

namespace gridloom {
namespace {

namespace schema = project_schema;
using Node = pugi::xml_node;

// From this scale on single incidents are told apart.
constexpr const char *kNear = "50000", *kFarthest = "100000000";

struct Srs {
  std::string authority, wkt;
};

Srs srs_in(Database& database, std::int32_t id) {
  Statement select(database,
                   "SELECT organization || ':' || organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE "
                   "srs_id = ?");
  if (!select.put(id).next()) return {};
  Srs srs{std::string(select.text()), ""};
  srs.wkt = select.text();
  if (srs.authority.starts_with("NONE")) srs.authority.clear();
  return srs;
}

void put(Node in, const char* element, const std::string& text) { in.append_child(element).text() = text.c_str(); }

void put_srs(Node in, const Srs& srs) {
  Node at = in.append_child("spatialrefsys");
  put(at, "wkt", srs.wkt);
  put(at, "authid", srs.authority);
}

void put_option(Node map, const char* name, const std::string& value, const char* type = "QString") {
  Node option = map.append_child("Option");
  option.append_attribute("type") = type;
  option.append_attribute("name") = name;
  option.append_attribute("value") = value.c_str();
}

const char* geometry_of(const Table& table) {
  if (table.geometry == "POINT") return "Point";
  if (table.geometry == "LINESTRING") return "Line";
  return table.geometry.empty() ? "No geometry" : "Polygon";
}

// A layer's id in the project. QGIS gives those of ten letters and less another name.
std::string layer_id(const std::string& name) { return "gridloom_" + name; }

// What a layer of the project is, beside its table.
struct Entry {
  Table table;
  std::string id{};     // in the project: the table's name, where it is there once
  std::string style{};  // the template; empty: of the table's kind
  bool drawn = false, read_only = false;
  const char *from_scale = "", *to_scale = "";  // the largest and the smallest number behind "1 :"; empty: all
};

struct Group {
  std::string id;
  std::vector<Entry> entries;
  std::vector<Group> groups{};
};

class ProjectDocument {
 public:
  ProjectDocument(const City& city, const ProjectWords& words, Tongue tongue, const std::string& file, const Srs& srs)
      : city_(city), styles_(city, words, tongue), file_(file), srs_(srs) {}

  std::string text() {
    std::string project(qgis_template("project"));
    fill(project, "title", styles_.say(city_.name));
    fill(project, "theme.grids", styles_.phrase("theme.grids"));
    fill(project, "crs", srs_.authority);
    document_.load_string(project.c_str(), pugi::parse_full);
    root_ = document_.child("qgis");
    for (const Group& group : groups()) add(root_.child("layer-tree-group"), group);
    add_relations();
    add_themes();
    set_place();
    std::ostringstream out;
    document_.save(out, "", pugi::format_raw);
    return out.str();
  }

 private:
  static void fill(std::string& text, const std::string& mark, const std::string& with) {
    const std::string braced = "{" + mark + "}";
    const std::string escaped = xml_escaped(with);
    for (std::size_t at = text.find(braced); at != std::string::npos; at = text.find(braced, at + escaped.size()))
      text.replace(at, braced.size(), escaped);
  }

  // From the top of the list, which is drawn last.
  std::vector<Group> groups() const {
    Group decisions{"group.decisions", {{schema::conflicts()}}};
    Group events{"group.incidents",
                 {{schema::incidents(), "incidents", "", false, false, kNear, ""},
                  {schema::incidents(), "incidents_heat", "heat", false, false, "", kNear}}};
    Group units{"group.admin", {}};
    for (std::size_t n = 0; n < city_.admin.size(); ++n) units.entries.push_back({schema::admin(n), "", "", true});
    Group grids{"group.grids", {{schema::grids(city_), "", "", true}}};
    Group aligned{"group.aligned", {}}, zones{"group.zones", {}}, delivered{"group.delivered", {}};
    for (std::size_t l = 0; l < city_.layers.size(); ++l) {
      aligned.entries.push_back({schema::aligned(city_, l)});
      zones.entries.push_back({schema::zones_of(city_, l)});
      delivered.entries.push_back({schema::delivered(city_, l), "", "", false, true});
    }
    Group evidence{"group.evidence",
                   {{schema::boundaries(), "", "", false, true},
                    {schema::atoms(city_), "", "", false, true},
                    {schema::drawn(), "", "", false, true},
                    {schema::responsibilities()},
                    {schema::crosswalk()},
                    {schema::quality()},
                    {schema::plans()},
                    {schema::succession()},
                    {schema::history()}}};
    return {decisions, events, units, grids, {"group.layers", {}, {aligned, zones, delivered}}, evidence};
  }

  void add(Node tree, const Group& group) {
    Node at = tree.append_child("layer-tree-group");
    at.append_attribute("name") = styles_.phrase(group.id).c_str();
    at.append_attribute("checked") = "Qt::Checked";
    at.append_attribute("expanded") = group.id == "group.grids" || group.id == "group.admin" ? "1" : "0";
    at.append_child("customproperties").append_child("Option");
    for (const Entry& entry : group.entries) add(at, entry);
    for (const Group& inner : group.groups) add(at, inner);
  }

  std::string source_of(const Table& table) const { return "./" + file_ + "|layername=" + table.name; }

  void add(Node tree, const Entry& entry) {
    const std::string id = layer_id(entry.id.empty() ? entry.table.name : entry.id);
    std::string title = styles_.title_of_table(entry.table);
    if (entry.table.kind() == "delivered")
      title = styles_.phrase("delivered_short") + " " + title_of_layer(entry.table);
    if (entry.style == "heat") title = styles_.phrase("heat");
    Node leaf = tree.append_child("layer-tree-layer");
    leaf.append_attribute("id") = id.c_str();
    leaf.append_attribute("name") = title.c_str();
    leaf.append_attribute("checked") = entry.drawn ? "Qt::Checked" : "Qt::Unchecked";
    leaf.append_attribute("expanded") = "0";
    leaf.append_attribute("source") = source_of(entry.table).c_str();
    leaf.append_attribute("providerKey") = "ogr";
    leaf.append_child("customproperties").append_child("Option");
    add_layer(entry, id, title);
  }

  std::string title_of_layer(const Table& table) const {
    return styles_.say(city_.layers[static_cast<std::size_t>(table.of.layer)].title);
  }

  void add_layer(const Entry& entry, const std::string& id, const std::string& title) {
    Node layer = root_.child("projectlayers").append_child("maplayer");
    const auto set = [&](const char* attribute, const char* value) { layer.append_attribute(attribute) = value; };
    const pugi::xml_document style = styles_.of(entry.table, entry.style);
    set("type", "vector");
    set("geometry", geometry_of(entry.table));
    set("readOnly", entry.read_only ? "1" : "0");
    set("labelsEnabled", style.child("qgis").attribute("labelsEnabled").value());
    set("hasScaleBasedVisibilityFlag", *entry.from_scale || *entry.to_scale ? "1" : "0");
    set("minScale", *entry.from_scale ? entry.from_scale : kFarthest);  // the farthest, in QGIS' words
    set("maxScale", *entry.to_scale ? entry.to_scale : "0");
    put(layer, "id", id);
    put(layer, "datasource", source_of(entry.table));
    put(layer, "layername", title);
    if (!entry.table.geometry.empty()) put_srs(layer.append_child("srs"), srs_);
    Node provider = layer.append_child("provider");
    provider.append_attribute("encoding") = "UTF-8";
    provider.text() = "ogr";
    for (Node part : style.child("qgis").children()) layer.append_copy(part);
    if (entry.table.name == "grids") name_the_responsible(layer);
  }

  // Where a grid names a unit by its id, its form shows the unit's name.
  void name_the_responsible(Node layer) {
    for (const Layer& of : city_.layers)
      for (Node field : layer.child("fieldConfiguration").children("field")) {
        if (of.id != field.attribute("name").value()) continue;
        Node widget = field.child("editWidget"), map = widget.child("config").child("Option");
        widget.attribute("type") = "ValueRelation";
        const std::string table = schema::aligned_name(of.id);
        put_option(map, "Layer", layer_id(table));
        put_option(map, "LayerName", styles_.say(of.title));
        put_option(map, "LayerSource", "./" + file_ + "|layername=" + table);
        put_option(map, "LayerProviderName", "ogr");
        put_option(map, "Key", "id");
        put_option(map, "Value", "name");
        put_option(map, "AllowNull", "true", "bool");
        put_option(map, "OrderByValue", "false", "bool");
      }
  }

  void add_relations() {
    for (const char* table : {"responsibilities", "crosswalk", "conflicts"}) {
      Node relation = root_.child("relations").append_child("relation");
      relation.append_attribute("id") = (std::string("grids_") + table).c_str();
      relation.append_attribute("name") = styles_.phrase(std::string("relation.") + table).c_str();
      relation.append_attribute("strength") = "Association";
      relation.append_attribute("referencedLayer") = layer_id("grids").c_str();
      relation.append_attribute("referencingLayer") = layer_id(table).c_str();
      Node field = relation.append_child("fieldRef");
      field.append_attribute("referencedField") = "code";
      field.append_attribute("referencingField") = "grid_code";
    }
  }

  void add_theme(const std::string& name, std::vector<std::string> visible) {
    Node preset = root_.child("visibility-presets").append_child("visibility-preset");
    preset.append_attribute("name") = name.c_str();
    preset.append_attribute("has-expanded-info") = "0";
    for (std::size_t n = 0; n < city_.admin.size(); ++n) visible.push_back(schema::admin_name(n));
    for (const std::string& id : visible) {
      Node layer = preset.append_child("layer");
      layer.append_attribute("id") = layer_id(id).c_str();
      layer.append_attribute("visible") = "1";
      layer.append_attribute("expanded") = "0";
    }
  }

  void add_themes() {
    add_theme(styles_.phrase("theme.grids"), {"grids"});
    add_theme(styles_.phrase("theme.decisions"), {"conflicts"});
    add_theme(styles_.phrase("theme.incidents"), {"incidents", "incidents_heat"});
    for (std::size_t l = 0; l < city_.layers.size(); ++l)
      add_theme(title_of_layer(schema::aligned(city_, l)), {schema::aligned_name(city_.layers[l].id)});
  }

  // The city, with a margin of a twentieth, in metres; `ratio` of width to height is made by more ground.
  std::array<double, 4> view(double ratio) const {
    const Arrangement& map = city_.arrangement;
    const Box box = box_of(map.points);
    const Projected low = map.lattice.metres(box.min), high = map.lattice.metres(box.max);
    double width = (high.x - low.x) * 1.1, height = (high.y - low.y) * 1.1;
    if (ratio > 0) (width < height* ratio ? width = height* ratio : height = width / ratio);
    const double x = (low.x + high.x) / 2, y = (low.y + high.y) / 2;
    return {x - width / 2, y - height / 2, x + width / 2, y + height / 2};
  }

  static void set_extent(Node at, const std::array<double, 4>& view, bool as_attributes) {
    constexpr const char* kNames[] = {"xmin", "ymin", "xmax", "ymax"};
    for (std::size_t i = 0; i < 4; ++i) {
      if (as_attributes) {
        at.remove_attribute(kNames[i]);
        at.append_attribute(kNames[i]) = view[i];
      } else {
        at.append_child(kNames[i]).text() = view[i];
      }
    }
  }

  // Where the canvas and the sheet's map look.
  void set_place() {
    Node crs = root_.child("projectCrs");
    crs.remove_children();
    put_srs(crs, srs_);
    Node canvas = root_.append_child("mapcanvas");
    canvas.append_attribute("name") = "theMapCanvas";
    put(canvas, "units", "meters");
    set_extent(canvas.append_child("extent"), view(0), false);
    put(canvas, "rotation", "0");
    put_srs(canvas.append_child("destinationsrs"), srs_);
    Node seen = root_.child("ProjectViewSettings").append_child("DefaultViewExtent");
    set_extent(seen, view(0), true);
    put_srs(seen, srs_);
    for (Node layout : root_.child("Layouts").children("Layout"))
      for (Node item : layout.children("LayoutItem"))
        if (Node extent = item.child("Extent")) set_sheet(item, extent);
  }

  // The part of the sheet says how wide and high the map is: "312,253,mm".
  void set_sheet(Node item, Node extent) {
    std::istringstream size(item.attribute("size").value());
    double width = 1, height = 1;
    char comma = ',';
    size >> width >> comma >> height;
    set_extent(extent, view(width / height), true);
  }

  const City& city_;
  QgisStyles styles_;
  std::string file_;
  Srs srs_;
  pugi::xml_document document_;
  Node root_;
};

// The archive .qgz that QGIS writes: one file in a zip. It is made in memory, which alone can run out.
std::vector<std::byte> zipped(const std::string& name, const std::string& text) {
  const std::string archive = "/vsimem/gridloom-" + name + ".zip";
  VSILFILE* file = VSIFOpenL(("/vsizip/" + archive + "/" + name + ".qgs").c_str(), "wb");
  if (!file) throw std::bad_alloc();
  const bool written = VSIFWriteL(text.data(), 1, text.size(), file) == text.size();
  if (VSIFCloseL(file) != 0 || !written) throw std::bad_alloc();
  vsi_l_offset size = 0;
  GByte* bytes = VSIGetMemFileBuffer(archive.c_str(), &size, TRUE);
  if (!bytes) throw std::bad_alloc();
  const std::unique_ptr<GByte, decltype(&CPLFree)> owner(bytes, &CPLFree);
  const auto* data = reinterpret_cast<const std::byte*>(bytes);
  return {data, data + size};
}

// QGIS keeps the archive as the text of its digits.
std::string hexadecimal(const std::vector<std::byte>& bytes) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte b : bytes) {
    text += kDigits[std::to_integer<int>(b) >> 4];
    text += kDigits[std::to_integer<int>(b) & 15];
  }
  return text;
}

}  // namespace

void write_qgis_projects(GeoPackageWriter& file, const City& city, const ProjectWords& words, const std::string& name) {
  Database& database = file.database();
  database.exec("CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)");
  Statement insert(database, "INSERT OR IGNORE INTO qgis_projects VALUES (?, ?, ?)");
  const Srs srs = srs_in(database, file.srs_id());
  for (const Tongue tongue : {Tongue::zh, Tongue::en}) {
    const std::string called = in(tongue, city.name).empty() ? city.id : in(tongue, city.name);
    const std::string content = hexadecimal(zipped("project", ProjectDocument(city, words, tongue, name, srs).text()));
    insert.put(called).put("{\"last_modified_time\":\"\",\"last_modified_user\":\"gridloom\"}").put(content).run();
  }
}

}  // namespace gridloom
