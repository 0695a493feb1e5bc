// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/qgis_style.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "engine/base/strings.h"
#include "engine/io/project/dictionary.h"
#include "engine/io/project/project_schema.h"

namespace gridloom {
namespace {

namespace schema = project_schema;
using Node = pugi::xml_node;

constexpr std::pair<std::string_view, std::string_view> kTemplates[] = {
#include "engine/io/project/qgis_templates.inc"
};

void replace_all(std::string& text, const std::string& mark, const std::string& with) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size()))
    text.replace(at, mark.size(), with);
}

void set_property(Node symbol, const char* key, const std::string& value) {
  for (Node property : symbol.child("layer").children("prop"))
    if (std::string_view(property.attribute("k").value()) == key) property.attribute("v") = value.c_str();
}

Node found_by(Node parent, const char* attribute, const std::string& value) {
  return parent.find_child([&](Node child) { return value == child.attribute(attribute).value(); });
}

Node append_named(Node parent, const char* element, const std::string& field) {
  Node at = parent.append_child(element);
  at.append_attribute(std::string_view(element) == "alias" ? "field" : "name") = field.c_str();
  return at;
}

void put_option(Node map, const char* name, const char* value, const char* type = "QString") {
  Node option = map.append_child("Option");
  option.append_attribute("name") = name;
  option.append_attribute("value") = value;
  option.append_attribute("type") = type;
}

}  // namespace

std::string in(Tongue tongue, const Text& text) {
  if (tongue == Tongue::both) return in_both(text);
  const std::string &own = tongue == Tongue::en ? text.en : text.zh, &other = tongue == Tongue::en ? text.zh : text.en;
  return own.empty() ? other : own;
}

std::string_view qgis_template(std::string_view name) {
  for (const auto& [of, text] : kTemplates)
    if (of == name) return text;
  throw std::logic_error("no template for QGIS: " + std::string(name));
}

std::string style_text(const pugi::xml_document& style) {
  std::ostringstream text;
  style.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>" + text.str();
}

std::string qgis_category_style(std::string_view name, std::span<const std::pair<std::string, Text>> categories) {
  pugi::xml_document style;
  style.load_string(std::string(qgis_template(name)).c_str(), pugi::parse_full);
  Node all = style.child("qgis").child("renderer-v2").child("categories");
  for (Node category = all.first_child(), next; category; category = next) {
    next = category.next_sibling();
    const std::string_view value = category.attribute("value").value();
    const auto given = std::ranges::find(categories, value, &std::pair<std::string, Text>::first);
    if (given == categories.end())
      all.remove_child(category);
    else
      category.attribute("label") = in_both(given->second).c_str();
  }
  return style_text(style);
}

std::string QgisStyles::phrase(std::string_view id) const {
  const auto at = std::ranges::find(words_.phrases, id, &Phrase::id);
  return at == words_.phrases.end() ? std::string(id) : say(at->text);
}

std::string QgisStyles::meaning(std::string_view table, std::string_view column, std::string_view value) const {
  const auto at = std::ranges::find_if(
      words_.meanings, [&](const Meaning& m) { return m.table == table && m.column == column && m.value == value; });
  return at == words_.meanings.end() ? std::string(value) : say(at->text);
}

// In the list of layers a department's layer goes by its title, all others by what they are.
std::string QgisStyles::title_of_table(const Table& table) const {
  if (table.kind() == "aligned" || table.kind() == "zones_of")
    return say(city_.layers[static_cast<std::size_t>(table.of.layer)].title);
  if (table.kind() == "admin") return say(city_.admin[static_cast<std::size_t>(table.of.level)].title);
  const auto at = std::ranges::find(words_.phrases, table.kind(), &Phrase::id);
  if (at != words_.phrases.end()) return say(at->text);
  const std::string meaning = say(meaning_of(city_, words_, table));
  return meaning.empty() ? table.name : meaning;
}

// Where a name has one language only, it is that.
std::string QgisStyles::label_of(const Table& table) const {
  if (table.kind() == "zones_of") return "coalesce(\"unit_name\", \"unit_id\")";
  if (table.kind() != "admin") return "coalesce(\"name\", \"id\")";
  if (tongue_ == Tongue::en) return "coalesce(\"name\", \"name_zh\", \"code\")";
  if (tongue_ == Tongue::zh) return "coalesce(\"name_zh\", \"name\", \"code\")";
  return "if(\"name_zh\" = \"name\", \"name\", coalesce(concat(\"name_zh\", '\\n', \"name\"), \"code\"))";
}

std::string QgisStyles::filled(std::string text, const Table& table) const {
  const auto fill = [&](const std::string& mark, const std::string& with) {
    replace_all(text, "{" + mark + "}", xml_escaped(with));
  };
  fill("label", label_of(table));
  if (table.kind() == "boundaries")
    for (const std::string_view level : {schema::kAtomBoundary, schema::kGridBoundary})
      fill(std::string(level), meaning("boundaries", "level", level));
  if (table.kind() == "conflicts")
    for (const auto& [word, kind] : kWords<ConflictKind>) fill(std::string(word), meaning("conflicts", "kind", word));
  fill("incidents", title_of_table(schema::incidents()));
  return text;
}

// One category for each level, from the lowest to the frame, each line wider than the one before.
void QgisStyles::add_levels(Node document) const {
  Node renderer = document.child("renderer-v2"), categories = renderer.child("categories"),
       symbols = renderer.child("symbols");
  Node category = found_by(categories, "value", "{level}");
  Node symbol = found_by(symbols, "name", category.attribute("symbol").value());
  std::size_t number = static_cast<std::size_t>(std::distance(symbols.begin(), symbols.end())) - 1;
  for (std::size_t n = city_.admin.size(); n-- > 0; ++number) {
    Node line = symbols.append_copy(symbol), of = categories.append_copy(category);
    const std::string name = std::to_string(number);
    line.attribute("name") = name.c_str();
    line.child("layer").attribute("pass") = name.c_str();
    set_property(line, "line_width", std::to_string(0.35 + 0.2 * static_cast<double>(city_.admin.size() - 1 - n)));
    if (n == 0) set_property(line, "line_color", "45,55,72,255");
    of.attribute("symbol") = name.c_str();
    of.attribute("value") = city_.admin[n].id.c_str();
    of.attribute("label") = say(city_.admin[n].title).c_str();
  }
  categories.remove_child(category);
  symbols.remove_child(symbol);
}

// The finer the level, the thinner its line and the smaller its names. The frame of several levels needs none, for it
// is the sheet's own.
void QgisStyles::set_level(Node document, int level) const {
  struct Look {
    const char *line, *width, *size, *bold, *ink, *priority, *farthest;  // mm, points; 1 : farthest, 0 always
  };
  static constexpr Look kLooks[] = {{"45,55,72,255", "0.8", "12", "1", "45,55,72,255", "10", "0"},
                                    {"45,55,72,255", "0.45", "11", "1", "45,55,72,255", "9", "0"},
                                    {"74,85,104,220", "0.15", "7", "0", "74,85,104,255", "6", "800000"}};
  const Look& look = kLooks[std::min<std::size_t>(static_cast<std::size_t>(level), std::size(kLooks) - 1)];
  const Node symbol = document.child("renderer-v2").child("symbols").first_child();
  set_property(symbol, "outline_width", look.width);
  set_property(symbol, "outline_color", look.line);
  Node settings = document.child("labeling").child("settings"), text = settings.child("text-style");
  text.attribute("fontSize") = look.size;
  text.attribute("fontWeight") = *look.bold == '1' ? "75" : "50";
  text.attribute("namedStyle") = *look.bold == '1' ? "Bold" : "Regular";
  text.attribute("textColor") = look.ink;
  settings.child("placement").attribute("priority") = look.priority;
  Node rendering = settings.child("rendering");
  rendering.attribute("scaleVisibility") = *look.farthest == '0' ? "0" : "1";
  rendering.attribute("scaleMax") = look.farthest;
  if (level == 0 && city_.admin.size() > 1) document.attribute("labelsEnabled") = "0";
}

// The table `zones` covers the city once for each layer: one of them is drawn, the others wait in the legend for a
// tick.
void QgisStyles::add_layers(Node document) const {
  const auto first = std::ranges::find_if(city_.zones, [](const Zone& zone) { return zone.cell != kGap; });
  Node renderer = document.child("renderer-v2"), categories = renderer.child("categories"),
       symbols = renderer.child("symbols");
  Node category = categories.first_child(), symbol = symbols.first_child();
  for (std::size_t l = 0; l < city_.layers.size(); ++l) {
    const std::string name = std::to_string(l);
    symbols.append_copy(symbol).attribute("name") = name.c_str();
    Node of = categories.append_copy(category);
    of.attribute("symbol") = name.c_str();
    of.attribute("value") = city_.layers[l].id.c_str();
    of.attribute("label") = say(city_.layers[l].title).c_str();
    of.attribute("render") = first != city_.zones.end() && first->layer == l ? "true" : "false";
  }
  categories.remove_child(category);
  symbols.remove_child(symbol);
}

// Whoever fuses a city reads back one thing that people change in its file: which grids are locked.
void QgisStyles::add_fields(Node document, const Table& table) const {
  Node configuration = document.append_child("fieldConfiguration"), aliases = document.append_child("aliases"),
       editable = document.append_child("editable");
  const auto allow = [&](const std::string& field, bool yes) {
    append_named(editable, "field", field).append_attribute("editable") = yes ? "1" : "0";
  };
  allow("fid", false);
  for (const Column& column : table.columns) {
    const bool lock = table.name == "grids" && column.name == "locked";
    allow(column.name, lock);
    const std::string title = say(title_of(city_, words_, table, column));
    if (!title.empty()) append_named(aliases, "alias", column.name).append_attribute("name") = title.c_str();
    Node widget = append_named(configuration, "field", column.name).append_child("editWidget");
    widget.append_attribute("type") = lock ? "CheckBox" : column.name == "colour" ? "Hidden" : "";
    Node map = widget.append_child("config").append_child("Option");
    map.append_attribute("type") = "Map";
    if (!lock) continue;
    put_option(map, "CheckedState", "1");
    put_option(map, "UncheckedState", "0");
  }
}

pugi::xml_document QgisStyles::of(const Table& table, std::string_view as) const {
  static constexpr std::pair<std::string_view, std::string_view> kShared[] = {{"aligned", "cells"},
                                                                              {"zones_of", "cells"}};
  std::string_view name = as.empty() ? table.kind() : as;
  for (const auto& [kind, shared] : kShared)
    if (name == kind) name = shared;
  pugi::xml_document document;
  if (!table.geometry.empty())
    document.load_string(filled(std::string(qgis_template(name)), table).c_str(), pugi::parse_full);
  else
    document.append_child("qgis");
  Node root = document.child("qgis");
  if (name == "boundaries") add_levels(root);
  if (name == "zones") add_layers(root);
  if (name == "admin") set_level(root, table.of.level);
  add_fields(root, table);
  return document;
}

}  // namespace gridloom
