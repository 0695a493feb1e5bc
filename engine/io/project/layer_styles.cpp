// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/layer_styles.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/strings.h"
#include "engine/io/project/dictionary.h"
#include "engine/io/project/project_schema.h"

namespace gridloom {
namespace {

namespace schema = project_schema;
using Properties = std::vector<std::pair<const char*, std::string>>;

// "red,green,blue,opacity", as QML wants it. Soft tones that carry labels and neighbours alike.
constexpr std::array<std::string_view, 8> kSoft{"166,206,227,200", "178,223,138,200", "251,180,174,200",
                                                "253,205,172,200", "203,213,232,200", "244,202,228,200",
                                                "230,245,201,200", "241,226,204,200"};
constexpr std::string_view kInk = "45,55,72,255";
constexpr std::string_view kPaper = "255,255,255,255";

std::string symbol(std::string_view type, std::string_view layer_class, std::size_t number,
                   const Properties& properties) {
  std::string xml = "<symbol type=\"" + std::string(type) + "\" name=\"" + std::to_string(number) +
                    "\" alpha=\"1\" clip_to_extent=\"1\" force_rhr=\"0\"><layer class=\"" + std::string(layer_class) +
                    "\" enabled=\"1\" locked=\"0\" pass=\"0\">";
  for (const auto& [key, value] : properties)
    xml += std::string("<prop k=\"") + key + "\" v=\"" + xml_escaped(value) + "\"/>";
  return xml + "</layer></symbol>";
}

std::string fill(std::size_t number, std::string_view colour, std::string_view outline, double width_mm) {
  return symbol("fill", "SimpleFill", number,
                {{"color", std::string(colour)},
                 {"style", "solid"},
                 {"joinstyle", "round"},
                 {"outline_color", std::string(outline)},
                 {"outline_style", "solid"},
                 {"outline_width", std::to_string(width_mm)},
                 {"outline_width_unit", "MM"}});
}

// With a white rim of 5 m on the ground, between 0.05 and 0.2 mm on paper: where cells are small on the map, a line of
// one width would swallow them.
std::string patch(std::size_t number, std::string_view colour) {
  return symbol("fill", "SimpleFill", number,
                {{"color", std::string(colour)},
                 {"style", "solid"},
                 {"joinstyle", "round"},
                 {"outline_color", std::string(kPaper)},
                 {"outline_style", "solid"},
                 {"outline_width", "5"},
                 {"outline_width_unit", "RenderMetersInMapUnits"},
                 {"outline_width_map_unit_scale", "3x:0,0,1,0.05,1,0.2"}});
}

std::string outline(std::size_t number, std::string_view colour, double width_mm) {
  return symbol("fill", "SimpleFill", number,
                {{"style", "no"},
                 {"joinstyle", "round"},
                 {"outline_color", std::string(colour)},
                 {"outline_style", "solid"},
                 {"outline_width", std::to_string(width_mm)},
                 {"outline_width_unit", "MM"}});
}

std::string line(std::size_t number, std::string_view colour, double width_mm) {
  return symbol("line", "SimpleLine", number,
                {{"line_color", std::string(colour)},
                 {"line_style", "solid"},
                 {"line_width", std::to_string(width_mm)},
                 {"line_width_unit", "MM"},
                 {"capstyle", "round"},
                 {"joinstyle", "round"}});
}

std::string marker(std::size_t number, std::string_view colour, double size_mm) {
  return symbol("marker", "SimpleMarker", number,
                {{"name", "circle"},
                 {"color", std::string(colour)},
                 {"outline_style", "no"},
                 {"size", std::to_string(size_mm)},
                 {"size_unit", "MM"}});
}

std::string document(const std::string& renderer, int geometry_type) {
  return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
         "<qgis version=\"3.22.0\" styleCategories=\"Symbology\">" +
         renderer +
         "<blendMode>0</blendMode><featureBlendMode>0</featureBlendMode><layerOpacity>1</"
         "layerOpacity><layerGeometryType>" +
         std::to_string(geometry_type) + "</layerGeometryType></qgis>";
}

constexpr int kPoints = 0, kLines = 1, kPolygons = 2;  // QGIS' geometry types

std::string single(const std::string& symbol_xml, int geometry_type) {
  return document(
      "<renderer-v2 type=\"singleSymbol\" enableorderby=\"0\" forceraster=\"0\" symbollevels=\"0\"><symbols>" +
          symbol_xml + "</symbols><rotation/><sizescale/></renderer-v2>",
      geometry_type);
}

struct Category {
  std::string value, label, symbol_xml;
  bool drawn = true;  // else it waits in the legend for a tick
};

// Symbols are drawn level by level in the order of the categories, so that the last stays on top where lines meet.
std::string categorized(const std::string& attribute, const std::vector<Category>& categories, int geometry_type) {
  std::string entries, symbols;
  for (std::size_t i = 0; i < categories.size(); ++i) {
    entries += "<category symbol=\"" + std::to_string(i) + "\" value=\"" + xml_escaped(categories[i].value) +
               "\" label=\"" + xml_escaped(categories[i].label) + "\" render=\"" +
               (categories[i].drawn ? "true" : "false") + "\"/>";
    symbols += categories[i].symbol_xml;
  }
  return document("<renderer-v2 type=\"categorizedSymbol\" attr=\"" + xml_escaped(attribute) +
                      "\" enableorderby=\"0\" forceraster=\"0\" symbollevels=\"1\"><categories>" + entries +
                      "</categories><symbols>" + symbols + "</symbols><rotation/><sizescale/></renderer-v2>",
                  geometry_type);
}

// Neighbours told apart by colour, without a table of colours in the data. The categories are texts, and QGIS compares
// them by type: to the number 3 the text "3" is another.
std::string patchwork() {
  std::vector<Category> categories;
  for (std::size_t i = 0; i < kSoft.size(); ++i) categories.push_back({std::to_string(i), "", patch(i, kSoft[i])});
  return categorized("to_string((\"fid\" * 5) % " + std::to_string(kSoft.size()) + ")", categories, kPolygons);
}

// The meaning of a value; the value itself where nobody brought words.
std::string label_of(const ProjectWords& words, std::string_view table, std::string_view column,
                     std::string_view value) {
  const auto at = std::ranges::find_if(words.meanings, [&](const Meaning& meaning) {
    return meaning.table == table && meaning.column == column && meaning.value == value;
  });
  return at == words.meanings.end() ? std::string(value) : in_both(at->text);
}

// From the finest to the city's frame, each wider than the one before.
std::string boundary_style(const City& city, const ProjectWords& words) {
  const auto label = [&](std::string_view level) { return label_of(words, "boundaries", "level", level); };
  std::vector<Category> categories{
      {std::string(schema::kAtomBoundary), label(schema::kAtomBoundary), line(0, "203,213,224,255", 0.1)},
      {std::string(schema::kGridBoundary), label(schema::kGridBoundary), line(1, "113,128,150,255", 0.25)}};
  for (std::size_t n = city.admin.size(); n-- > 0;) {
    const double width = 0.35 + 0.25 * static_cast<double>(city.admin.size() - 1 - n);
    const std::size_t number = categories.size();
    categories.push_back(
        {city.admin[n].id, in_both(city.admin[n].title), line(number, n == 0 ? kInk : "155,44,44,255", width)});
  }
  return categorized("level", categories, kLines);
}

std::string conflict_style(const ProjectWords& words) {
  constexpr std::array<std::string_view, 10> kColours{
      "252,141,98,160", "231,41,138,160",  "255,217,47,160", "141,160,203,160", "117,112,179,160",
      "27,158,119,160", "102,102,102,160", "166,118,29,160", "0,0,0,160",       "49,130,189,160"};
  static_assert(kColours.size() == kWords<ConflictKind>.size());
  std::vector<Category> categories;
  for (std::size_t i = 0; i < kColours.size(); ++i) {
    const std::string kind(kWords<ConflictKind>[i].word);
    categories.push_back({kind, label_of(words, "conflicts", "kind", kind), fill(i, kColours[i], kColours[i], 0.3)});
  }
  return categorized("kind", categories, kPolygons);
}

// The table `zones` covers the city once for each layer: one of them is drawn, the others wait in the legend.
std::string zones_style(const City& city) {
  const auto on_the_map = [](const Zone& zone) { return zone.cell != kGap; };
  const auto first = std::find_if(city.zones.begin(), city.zones.end(), on_the_map);
  std::vector<Category> categories;
  for (std::size_t l = 0; l < city.layers.size(); ++l)
    categories.push_back({city.layers[l].id, in_both(city.layers[l].title), outline(l, kInk, 0.4),
                          first != city.zones.end() && first->layer == l});
  return categorized("layer", categories, kPolygons);
}

struct Style {
  std::string table, qml;
};

std::vector<Style> styles_of(const City& city, const ProjectWords& words) {
  std::vector<Style> styles{{"grids", patchwork()},
                            {"zones", zones_style(city)},
                            {"atoms", single(fill(0, "247,250,252,120", "160,174,192,255", 0.1), kPolygons)},
                            {"boundaries", boundary_style(city, words)},
                            {"conflicts", conflict_style(words)},
                            {"incidents", single(marker(0, "197,48,48,110", 1.2), kPoints)}};
  for (const Layer& layer : city.layers) {
    styles.push_back({schema::aligned_name(layer.id), patchwork()});
    styles.push_back({schema::delivered_name(layer.id), single(outline(0, "197,48,48,255", 0.15), kPolygons)});
    styles.push_back({schema::zones_name(layer.id), patchwork()});
  }
  for (std::size_t n = 0; n < city.admin.size(); ++n)
    styles.push_back(
        {schema::admin_name(n),
         single(outline(0, kInk, 0.9 - 0.25 * static_cast<double>(std::min<std::size_t>(n, 2))), kPolygons)});
  return styles;
}

}  // namespace

void write_layer_styles(GeoPackageWriter& file, const City& city, const ProjectWords& words) {
  Database& database = file.database();
  // The columns are QGIS' own.
  database.exec(
      "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), "
      "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML "
      "TEXT, "
      "styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)");
  Statement insert(
      database,
      "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
      "styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, 'geom', 'gridloom', ?, '', 1, '', '')");
  for (const Style& style : styles_of(city, words)) insert.put(style.table).put(style.qml).run();
}

}  // namespace gridloom
