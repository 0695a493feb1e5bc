// SPDX-License-Identifier: Apache-2.0
// One city snapshot, ready to be drawn at any zoom. Made on demand, once, and shared by all threads.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tiles/drawing/labels.h"
#include "tiles/drawing/strokes.h"
#include "tiles/maps/map_request.h"
#include "tiles/maps/map_table.h"
#include "tiles/pyramid/lazy.h"
#include "tiles/pyramid/patches.h"

namespace gridloom {

// What an arc of a level separates, the highest first. `rank` of an admin line: the index of the highest admin level
// whose units differ (1 is the first below the city); of a frame line 0. `own`: what the map is about changes there as
// well: the zone where the theme has zones, else the item.
struct Border {
  enum Kind : std::uint8_t { none, frame, admin, zone, item };
  Kind kind = none;
  std::uint8_t rank = 0;
  bool own = false;
  friend auto operator<=>(const Border&, const Border&) = default;
};

// A level with what all maps draw from it.
struct DrawnLevel {
  ZoomLevel level;
  BoxIndex arcs;                     // over the arcs' boxes
  std::vector<Border> admin_border;  // per arc: none, frame or admin
};

// What an arc separates on a map. O(1).
Border border_of(const DrawnLevel&, const Theme&, ArcId);

// The lines of a map at a level.
struct Strokes {
  std::vector<Border> borders;       // that occur, in drawing order: the lowest first
  std::vector<std::uint8_t> border;  // per arc: index in borders; UINT8_MAX: not drawn
  std::vector<StrokePlace> place;    // per arc
};

class Atlas {
 public:
  // `palettes`: by style. The city is shared, everything else copied.
  Atlas(std::shared_ptr<const City>, std::map<std::string, Palette> palettes);

  const City& city() const { return *city_; }
  const Palette& palette(const MapDefinition& map) const { return palettes_.at(map.style); }
  Mercator low() const { return low_; }  // corners of the city's box
  Mercator high() const { return high_; }

  // Levels above kFinestLevel are that level.
  const DrawnLevel& level(unsigned zoom) const;
  const Patches& patches(TileLayer, unsigned zoom) const;
  // The language plays no part. Without incidents: what does not tell them is the same with any.
  const Theme& theme(const MapRequest&) const;
  std::shared_ptr<const Theme> theme(const MapRequest&, const GridIncidents&) const;  // the newest epoch's are kept
  const std::vector<Anchor>& anchors_of(TileLayer) const;  // at a fine level, whatever the zoom
  const std::vector<PlacedLabel>& labels(const MapRequest&, unsigned zoom) const;
  const Strokes& strokes(const MapRequest&, unsigned zoom) const;

 private:
  using ThemeKey = std::pair<std::string, std::size_t>;  // map, layer
  using LabelKey = std::pair<MapRequest, unsigned>;

  DrawnLevel make_drawn_level(unsigned zoom) const;
  ThemeKey theme_key(const MapRequest&) const;
  Theme make_theme_of(const ThemeKey&, std::span<const std::uint64_t> incidents) const;
  std::vector<PlacedLabel> make_labels(const MapRequest&, unsigned zoom) const;

  std::shared_ptr<const City> city_;
  std::map<std::string, Palette> palettes_;
  CityLines lines_;
  Mercator low_, high_;
  Lazy<unsigned, DrawnLevel> levels_;
  Lazy<std::pair<TileLayer, unsigned>, Patches> patches_;
  Lazy<ThemeKey, Theme> themes_;
  Latest<std::pair<ThemeKey, bool>, Theme> counted_themes_;  // and whether of published incidents
  Lazy<std::pair<ThemeKey, unsigned>, Strokes> strokes_;
  Lazy<TileLayer, std::vector<Anchor>> anchors_;
  Lazy<LabelKey, std::vector<PlacedLabel>> labels_;
};

}  // namespace gridloom
