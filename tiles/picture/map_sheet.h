// SPDX-License-Identifier: Apache-2.0
// The layout of a map to show: title, the map, a legend beside it, scale bar, arrow to the north, and its source.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tiles/picture/drawing.h"
#include "tiles/picture/tone_scale.h"

namespace gridloom {

// East and north, metres.
struct MapBounds {
  double west = 0, south = 0, east = 0, north = 0;
};

struct LegendTick {
  double share = 0;  // of the way up
  std::string text;
};

// `and_more` follows the last number where there are higher values.
std::vector<LegendTick> ticks_of(const ToneScale&, const std::string& and_more);

class MapSheet {
 public:
  struct Heading {
    std::string title, subtitle, source;
  };

  // `width_px` of the whole, the height follows. Throws DataError for bounds without an area or a width under 400.
  MapSheet(const MapBounds&, Heading, double width_px);

  // --- the map, drawn in the order of the calls; what lies outside the bounds is not seen ---

  double px_per_metre() const { return px_per_metre_; }
  Spot at(double east, double north) const;
  template <class Item>
  void add(Item item) {
    map_.emplace_back(std::move(item));
  }
  void add_image(Image, const MapBounds&);

  // --- the legend, from the top down ---

  // `tones` from the bottom up; ticks that would stand too near a higher one are left out.
  void add_ramp(const std::string& title, const std::vector<Tone>& tones, std::vector<LegendTick>);
  void add_ramp(const std::string& title, const ToneScale&, const std::string& and_more);
  // Colours with their meaning, as boxes or as lines.
  void add_entries(const std::string& title, const std::vector<std::pair<Colour, std::string>>&, bool as_lines);
  void add_note(const std::string&);

  Drawing drawing() const;

 private:
  // In lines as wide as there is room. Moves legend_y_ below them.
  void add_lines(double x, const std::string& text, double size, Colour, bool bold);

  Heading heading_;
  MapBounds bounds_;
  double width_, map_w_, map_h_, px_per_metre_, left_, top_, panel_x_, legend_y_;
  std::vector<decltype(Drawing::items)::value_type> map_, legend_;
};

}  // namespace gridloom
