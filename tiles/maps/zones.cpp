// SPDX-License-Identifier: Apache-2.0
// The unified grid by the unit of one layer that answers for it.
#include "tiles/maps/theme_parts.h"

namespace gridloom {
namespace {

Theme theme(const MapSubject& s) {
  const City& city = s.city;
  const Palette& p = s.palette;
  const Layer& l = city.layers[s.layer];
  const Labeling units = labeling_of(city, {TileLayerKind::duties, s.layer});
  const std::vector<std::string> unit_colour = neighbour_colours(city.arrangement, units.of_face, l.cells.size(), p);
  Theme t;
  t.drawn = t.served = {TileLayerKind::grids, 0};
  t.overlays = {{"hatch", {TileLayerKind::splits, s.layer}}};
  t.named = {TileLayerKind::duties, s.layer};
  t.lowest_names = false;
  name_cells(l, t);
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    const Responsibility& r = city.responsibility(g, s.layer);
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

}  // namespace

MapDefinition zones_map() {
  return {
      .id = "zones",
      .title = {"Responsibility", "责任区"},
      .description = {"The unified grid coloured by the unit that answers for it", "统一网格按责任单位着色,依格定责"},
      .icon = "M12 3l7.5 3v5.5c0 4.7-3.2 7.9-7.5 9.5-4.3-1.6-7.5-4.8-7.5-9.5V6zM8.8 12l2.3 2.3 4.3-4.6",
      .style = "units",
      .needs_layer = true,
      .vector_layer = "zones",
      .fields = {{"code", "String"},
                 {"unit_id", "String"},
                 {"unit_name", "String"},
                 {"status", "String"},
                 {"share", "Number"},
                 {"colour", "String"}},
      .theme = theme,
  };
}

}  // namespace gridloom
