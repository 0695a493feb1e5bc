// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/theme_parts.h"

#include <cmath>
#include <iterator>
#include <stdexcept>

#include "engine/arrangement/colours.h"

namespace gridloom {

std::vector<std::string> neighbour_colours(const Arrangement& m, std::span<const Label> of_face, std::size_t count,
                                           const Palette& palette) {
  const auto graph = neighbours(m, of_face, count);
  std::vector<std::string> out;
  for (std::uint32_t c : colour_graph(graph, static_cast<std::uint32_t>(palette.hues.size())))
    out.push_back(text_of(palette.hues[c]));
  return out;
}

std::vector<Colour> class_colours(const Palette& p, std::size_t classes) {
  std::vector<Colour> out;
  for (std::size_t k = 0; k < classes; ++k)
    out.push_back(p.ramp[classes == 1 ? 0 : k * (p.ramp.size() - 1) / (classes - 1)]);
  return out;
}

double rounded(double value, int decimals) {
  const double units = std::pow(10.0, decimals);
  return std::round(value * units) / units;
}

void name_grids(const City& city, Theme& t) {
  t.named = {TileLayerKind::grids, 0};
  for (const Grid& g : city.grids) {
    const std::string& parent = city.admin.back().units[static_cast<std::size_t>(g.parent)].code;
    const bool nested = g.code.starts_with(parent) && g.code.size() > parent.size();
    t.names.push_back(both(g.code));
    t.short_names.push_back(both(nested ? g.code.substr(parent.size()) : g.code));
  }
}

void name_cells(const Layer& layer, Theme& t) {
  for (const Cell& c : layer.cells) {
    t.names.push_back(both(c.name.empty() ? c.id : c.name));
    t.short_names.push_back(both(c.id));
  }
}

std::vector<LegendEntry> line_legend(const City& city, const Palette& p, Text item) {
  std::vector<LegendEntry> out{{text_of(p.item_line), std::move(item)}};
  if (city.admin.size() > 1) out.push_back({text_of(p.admin_line), city.admin.back().title});
  if (city.admin.size() > 2) out.push_back({text_of(p.frame_line), city.admin[1].title});
  return out;
}

void append(std::vector<LegendEntry>& to, std::vector<LegendEntry> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<LegendEntry> class_legend(const std::vector<double>& breaks, const std::vector<Colour>& colours,
                                      const Palette& p, const Text& unit) {
  std::vector<LegendEntry> out{{text_of(p.none), {"none", "无"}}};
  for (std::size_t k = 0; k < colours.size(); ++k) {
    std::string range = "> 0";
    if (!breaks.empty())
      range = k == 0               ? "< " + legend_number(breaks[0])
              : k == breaks.size() ? "≥ " + legend_number(breaks[k - 1])
                                   : legend_number(breaks[k - 1]) + " – " + legend_number(breaks[k]);
    out.push_back({text_of(colours[k]), {range + " " + unit.en, range + " " + unit.zh}});
  }
  return out;
}

Rates rates(const MapSubject& s) {
  Rates out{{s.incidents.begin(), s.incidents.end()}, {}};
  out.count.resize(s.city.grids.size(), 0);
  for (std::size_t g = 0; g < s.city.grids.size(); ++g)
    out.per_km2.push_back(static_cast<double>(out.count[g]) / (s.city.grids[g].area_m2 / 1e6));
  return out;
}

}  // namespace gridloom
