// SPDX-License-Identifier: Apache-2.0
// Incidents per km² of each grid, in round classes.
#include "tiles/maps/class_breaks.h"
#include "tiles/maps/theme_parts.h"

namespace gridloom {
namespace {

Theme theme(const MapSubject& s) {
  const City& city = s.city;
  const Palette& p = s.palette;
  const Rates r = rates(s);
  const std::vector<double> breaks = round_breaks(r.per_km2, p.ramp.size());
  const std::vector<Colour> colours = class_colours(p, breaks.size() + 1);
  Theme t;
  t.drawn = t.served = {TileLayerKind::grids, 0};
  name_grids(city, t);
  for (std::size_t g = 0; g < city.grids.size(); ++g) {
    t.colour.push_back(text_of(r.count[g] == 0 ? p.none : colours[class_of(breaks, r.per_km2[g])]));
    t.properties.push_back(
        {city.grids[g].code, static_cast<std::int64_t>(r.count[g]), rounded(r.per_km2[g], 1), t.colour.back()});
  }
  t.legend = class_legend(breaks, colours, p, {"per km²", "件/km²"});
  append(t.legend, line_legend(city, p, {"Grid", "网格"}));
  return t;
}

}  // namespace

MapDefinition incidents_map() {
  return {
      .id = "incidents",
      .title = {"Incident density", "事件密度"},
      .description = {"Incidents per square kilometre in each grid", "各网格每平方公里事件数"},
      .icon = "M12 3c1 3.5 6 6 6 11a6 6 0 0 1-12 0c0-2.5 1.2-4 2.5-5.5.5 1.8 1.5 2.5 2 2.5C11.5 9 11 6 12 3z",
      .style = "night",
      .raster_tells_incidents = true,
      .vector_tells_incidents = true,
      .vector_layer = "incidents",
      .fields = {{"code", "String"}, {"incidents", "Number"}, {"per_km2", "Number"}, {"colour", "String"}},
      .theme = theme,
  };
}

}  // namespace gridloom
