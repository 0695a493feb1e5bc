// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/theme.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "tiles/maps/class_breaks.h"

namespace gridloom {
namespace {

// --- labelings ---

template <class Say>
std::vector<Label> by_face(const City& city, Say&& say) {
  std::vector<Label> out(city.arrangement.face_count, kGap);
  for (FaceId f = 1; f < out.size(); ++f) out[f] = say(f);
  return out;
}

const Responsibility& duty(const City& city, Label grid, std::size_t layer) {
  return city.responsibility(static_cast<std::size_t>(grid), layer);
}

// --- colours ---

std::vector<std::string> neighbour_colours(const Arrangement& m, std::span<const Label> of_face, std::size_t count,
                                           const Palette& palette) {
  const auto graph = neighbours(m, of_face, count);
  std::vector<std::string> out;
  for (std::uint32_t c : colour_graph(graph, static_cast<std::uint32_t>(palette.hues.size())))
    out.push_back(text_of(palette.hues[c]));
  return out;
}

// Every unit of the lowest admin level has a hue of its own among its neighbours, every grid a tint of it.
std::vector<std::string> grid_colours(const City& city, const Palette& palette) {
  constexpr Colour kWhite{255, 255, 255};
  const AdminLevel& parents = city.admin.back();
  const auto hue = colour_graph(neighbours(city.arrangement, parents.of_face, parents.units.size()),
                                static_cast<std::uint32_t>(palette.hues.size()));
  const auto tint = colour_graph(neighbours(city.arrangement, city.grid_of_face, city.grids.size()),
                                 static_cast<std::uint32_t>(palette.tints.size()));
  std::vector<std::string> out;
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Grid& grid = city.grids[g];
    Colour base = palette.hues[hue[static_cast<std::size_t>(grid.parent)]];
    if (grid.kind == GridKind::special) base = palette.special;
    if (grid.kind == GridKind::uninhabited) base = palette.uninhabited;
    out.push_back(text_of(mix(base, kWhite, palette.tints[tint[g]])));
  }
  return out;
}

// --- words ---

// To so many decimals; divided by a whole number, so that the shortest text of the result has no more of them.
double rounded(double value, int decimals) {
  const double units = std::pow(10.0, decimals);
  return std::round(value * units) / units;
}

// "20,000", "0.5": numbers for legends.
std::string number(double v) {
  std::ostringstream plain;
  plain.precision(12);
  plain << v;
  std::string text = plain.str();
  const std::size_t point = std::min(text.find('.'), text.size());
  for (std::size_t i = point; i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

Text same(const std::string& text) { return {text, text}; }

std::vector<LegendEntry> line_legend(const City& city, const Palette& p, Text item) {
  std::vector<LegendEntry> out{{text_of(p.item_line), std::move(item)}};
  if (city.admin.size() > 1) out.push_back({text_of(p.admin_line), city.admin.back().title});
  if (city.admin.size() > 2) out.push_back({text_of(p.frame_line), city.admin[1].title});
  return out;
}

void append(std::vector<LegendEntry>& to, std::vector<LegendEntry> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

// --- incidents ---

using Incidents = std::span<const std::uint64_t>;  // per grid; empty: none anywhere

struct Rates {
  std::vector<std::uint64_t> count;  // per grid
  std::vector<double> per_km2;
};

Rates rates(const City& city, Incidents incidents) {
  Rates out{{incidents.begin(), incidents.end()}, {}};
  out.count.resize(city.grids.size(), 0);
  for (std::size_t g = 0; g < city.grids.size(); ++g)
    out.per_km2.push_back(static_cast<double>(out.count[g]) / (city.grids[g].area_m2 / 1e6));
  return out;
}

// The ramp's colours for the classes, spread over its whole length.
std::vector<Colour> class_colours(const Palette& p, std::size_t classes) {
  std::vector<Colour> out;
  for (std::size_t k = 0; k < classes; ++k)
    out.push_back(p.ramp[classes == 1 ? 0 : k * (p.ramp.size() - 1) / (classes - 1)]);
  return out;
}

std::vector<LegendEntry> class_legend(const std::vector<double>& breaks, const std::vector<Colour>& colours,
                                      const Palette& p) {
  std::vector<LegendEntry> out{{text_of(p.none), {"none", "无"}}};
  for (std::size_t k = 0; k < colours.size(); ++k) {
    std::string range = "> 0";
    if (!breaks.empty())
      range = k == 0               ? "< " + number(breaks[0])
              : k == breaks.size() ? "≥ " + number(breaks[k - 1])
                                   : number(breaks[k - 1]) + " – " + number(breaks[k]);
    out.push_back({text_of(colours[k]), {range + " per km²", range + " 件/km²"}});
  }
  return out;
}

// --- the maps ---

void name_grids(const City& city, Theme& t) {
  t.named = {GroundKind::grids, 0};
  for (const Grid& g : city.grids) {
    const std::string& parent = city.admin.back().units[static_cast<std::size_t>(g.parent)].code;
    const bool nested = g.code.starts_with(parent) && g.code.size() > parent.size();
    t.names.push_back(same(g.code));
    t.short_names.push_back(same(nested ? g.code.substr(parent.size()) : g.code));
  }
}

Theme grids_theme(const City& city, Incidents incidents, const Palette& p) {
  Theme t;
  t.drawn = t.served = {GroundKind::grids, 0};
  t.colour = grid_colours(city, p);
  name_grids(city, t);
  t.vector_layer = "grids";
  t.fields = {{"code", "String"},    {"name", "String"},       {"name_zh", "String"},    {"kind", "String"},
              {"parent", "String"},  {"population", "Number"}, {"households", "Number"}, {"incidents", "Number"},
              {"per_km2", "Number"}, {"colour", "String"}};
  const Rates r = rates(city, incidents);
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Grid& grid = city.grids[g];
    t.properties.push_back({grid.code, grid.name.en, grid.name.zh, std::string(word_of(grid.kind)),
                            city.admin.back().units[static_cast<std::size_t>(grid.parent)].code,
                            rounded(grid.population, 1), rounded(grid.households, 1),
                            static_cast<std::int64_t>(r.count[g]), rounded(r.per_km2[g], 1), t.colour[g]});
  }
  const auto has = [&](GridKind kind) {
    return std::any_of(city.grids.begin(), city.grids.end(), [&](const Grid& g) { return g.kind == kind; });
  };
  if (has(GridKind::special)) t.legend.push_back({text_of(p.special), {"Special grid", "专属网格"}});
  if (has(GridKind::uninhabited)) t.legend.push_back({text_of(p.uninhabited), {"Uninhabited grid", "无人居住网格"}});
  append(t.legend, line_legend(city, p, {"Grid", "网格"}));
  return t;
}

Theme department_theme(const City& city, std::size_t layer, const Palette& p) {
  const Layer& l = city.layers[layer];
  Theme t;
  t.drawn = {GroundKind::cells, layer};
  t.served = {GroundKind::whole_cells, layer};
  t.colour = neighbour_colours(city.arrangement, l.labels.of_face, l.cells.size(), p);
  t.overlays = {{"gap", {GroundKind::gaps, layer}}, {"hatch", {GroundKind::overlaps, layer}}};
  t.named = {GroundKind::cells, layer};
  t.lowest_names = false;
  t.vector_layer = "cells";
  t.fields = {{"id", "String"}, {"name", "String"}, {"colour", "String"}};
  for (std::size_t c = 0; c < l.cells.size(); ++c) {
    const Cell& cell = l.cells[c];
    t.names.push_back(same(cell.name.empty() ? cell.id : cell.name));
    t.short_names.push_back(same(cell.id));
    t.properties.push_back({cell.id, cell.name, t.colour[c]});
  }
  t.legend = {{text_of(p.vacant), {"No cell", "无覆盖"}}};
  if (!l.labels.overlaps.empty()) t.legend.push_back({text_of(p.split), {"Overlap", "重叠"}});
  append(t.legend, line_legend(city, p, l.title));
  return t;
}

Theme zones_theme(const City& city, std::size_t layer, const Palette& p) {
  const Layer& l = city.layers[layer];
  const Labeling units = labeling_of(city, {GroundKind::duties, layer});
  const std::vector<std::string> unit_colour = neighbour_colours(city.arrangement, units.of_face, l.cells.size(), p);
  Theme t;
  t.drawn = t.served = {GroundKind::grids, 0};
  t.overlays = {{"hatch", {GroundKind::splits, layer}}};
  t.named = {GroundKind::duties, layer};
  t.lowest_names = false;
  for (const Cell& c : l.cells) {
    t.names.push_back(same(c.name.empty() ? c.id : c.name));
    t.short_names.push_back(same(c.id));
  }
  t.vector_layer = "zones";
  t.fields = {{"code", "String"},   {"unit_id", "String"}, {"unit_name", "String"},
              {"status", "String"}, {"share", "Number"},   {"colour", "String"}};
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Responsibility& r = city.responsibility(g, layer);
    const Cell none;
    const Cell& unit = r.cell == kGap ? none : l.cells[static_cast<std::size_t>(r.cell)];
    t.zone.push_back(r.cell);
    t.colour.push_back(r.cell == kGap ? text_of(p.vacant) : unit_colour[static_cast<std::size_t>(r.cell)]);
    t.properties.push_back(
        {city.grids[g].code, unit.id, unit.name, std::string(word_of(r.status)), rounded(r.share, 4), t.colour.back()});
  }
  if (l.cells.size() <= p.hues.size())
    for (std::size_t c = 0; c < l.cells.size(); ++c) t.legend.push_back({unit_colour[c], t.names[c]});
  t.legend.push_back({text_of(p.split), {"Shared duty", "责任共担"}});
  t.legend.push_back({text_of(p.vacant), {"Vacant", "责任空缺"}});
  t.legend.push_back({text_of(p.zone_line), {"Zone of one unit", "责任区"}});
  append(t.legend, line_legend(city, p, {"Grid", "网格"}));
  return t;
}

Theme incidents_theme(const City& city, Incidents incidents, const Palette& p) {
  const Rates r = rates(city, incidents);
  const std::vector<double> breaks = round_breaks(r.per_km2, p.ramp.size());
  const std::vector<Colour> colours = class_colours(p, breaks.size() + 1);
  Theme t;
  t.drawn = t.served = {GroundKind::grids, 0};
  name_grids(city, t);
  t.vector_layer = "incidents";
  t.fields = {{"code", "String"}, {"incidents", "Number"}, {"per_km2", "Number"}, {"colour", "String"}};
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    t.colour.push_back(text_of(r.count[g] == 0 ? p.none : colours[class_of(breaks, r.per_km2[g])]));
    t.properties.push_back(
        {city.grids[g].code, static_cast<std::int64_t>(r.count[g]), rounded(r.per_km2[g], 1), t.colour.back()});
  }
  t.legend = class_legend(breaks, colours, p);
  append(t.legend, line_legend(city, p, {"Grid", "网格"}));
  return t;
}

}  // namespace

Labeling labeling_of(const City& city, GroundKey key) {
  const auto labels = [&]() -> const Labeling& { return city.layers[key.index].labels; };
  const auto only_if = [&](auto&& holds) {
    return Labeling{by_face(city, [&](FaceId f) { return holds(f) ? 0 : kGap; }), {}};
  };
  switch (key.kind) {
    case GroundKind::grids:
      return {city.grid_of_face, {}};
    case GroundKind::cells:
      return {labels().of_face, {}};
    case GroundKind::whole_cells:
      return labels();
    case GroundKind::gaps:
      return only_if([&](FaceId f) { return labels().of_face[f] == kGap; });
    case GroundKind::overlaps:
      return only_if([&](FaceId f) { return !labels().further(f).empty(); });
    case GroundKind::duties:
      return {by_face(city, [&](FaceId f) { return duty(city, city.grid_of_face[f], key.index).cell; }), {}};
    case GroundKind::splits:
      return only_if([&](FaceId f) { return duty(city, city.grid_of_face[f], key.index).status == DutyStatus::split; });
    case GroundKind::admin:
      return {city.admin[key.index].of_face, {}};
  }
  throw std::logic_error("unknown kind of ground");
}

std::size_t label_count(const City& city, GroundKey key) {
  switch (key.kind) {
    case GroundKind::grids:
      return city.grids.size();
    case GroundKind::cells:
    case GroundKind::whole_cells:
    case GroundKind::duties:
      return city.layers[key.index].cells.size();
    case GroundKind::gaps:
    case GroundKind::overlaps:
    case GroundKind::splits:
      return 1;
    case GroundKind::admin:
      return city.admin[key.index].units.size();
  }
  throw std::logic_error("unknown kind of ground");
}

namespace {

double spacing(const City& city, std::vector<Label> labels) {
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  const double area = std::accumulate(city.area_m2.begin(), city.area_m2.end(), 0.0);
  return std::sqrt(area / static_cast<double>(std::max<std::size_t>(labels.size(), 1)));
}

}  // namespace

bool needs_layer(const std::string& map) { return map == "department" || map == "zones"; }

bool tells_incidents(const std::string& map) { return map == "grids" || map == "incidents"; }

Theme make_theme(const City& city, Incidents incidents, const std::string& map, std::size_t layer,
                 const Palette& palette) {
  const auto make = [&] {
    if (map == "grids") return grids_theme(city, incidents, palette);
    if (map == "department") return department_theme(city, layer, palette);
    if (map == "zones") return zones_theme(city, layer, palette);
    if (map == "incidents") return incidents_theme(city, incidents, palette);
    throw std::invalid_argument("there is no map '" + map + "'");
  };
  Theme theme = make();
  theme.label_of_face = labeling_of(city, theme.drawn).of_face;
  theme.item_spacing_m = spacing(city, theme.label_of_face);
  theme.own_spacing_m = theme.zone.empty() ? theme.item_spacing_m : spacing(city, theme.zone);
  return theme;
}

}  // namespace gridloom
