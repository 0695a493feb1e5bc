// SPDX-License-Identifier: Apache-2.0
// The maps of a report: the whole city and close-ups, before and after.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/city/city.h"
#include "server/report/map_picture.h"

namespace gridloom {

class CityPictures {
 public:
  // Keeps a reference to the city. O(n log n): dissolves grids and units once.
  explicit CityPictures(const City&);

  Box whole() const;
  // Where the delivered lines disagree most often: the window of 1.5 km with most slivers.
  Box busiest() const;

  // All departments' lines as delivered, each layer in its colour (CSS classes d0, d1, ...), the finest at the bottom.
  std::string delivered(const Box& window, double width_px, const std::string& label) const;
  // The units coloured, with the lines of the grids; in a close-up the grids, with the departments' aligned lines.
  std::string grids(const Box& window, double width_px, const std::string& label) const;
  // The grids some of whose households had another code before.
  std::string changed(const Box& window, double width_px, const std::string& label) const;
  // Lines by how many departments draw them (CSS classes s1, s2, ...).
  std::string support(const Box& window, double width_px, const std::string& label) const;
  // The ground of the conflict around its largest piece, its layer's lines as delivered and aligned, the grids around.
  // Empty where the conflict has no place.
  std::string conflict(const Conflict&, double width_px, const std::string& label) const;

  // Index of the grid with this code; kGap: there is none.
  Label grid(std::string_view code) const;

 private:
  // Ground by label, and colours that tell neighbours apart.
  struct Patches {
    Patches(const Arrangement&, const std::vector<Label>& of_face, std::size_t count);
    Dissolved ground;
    std::vector<std::uint32_t> hue;
  };

  void add_arcs(MapPicture&, const auto& takes) const;
  void add_delivered(MapPicture&, std::size_t layer) const;
  void add_ground(MapPicture&, const std::vector<ArcPolygon>&) const;
  void add_grid_lines(MapPicture&) const;
  bool edge_of(const std::vector<Label>& of_face, const Arc&) const;

  const City& city_;
  std::vector<Box> box_of_arc_;
  Patches grids_, units_;
  std::map<std::string_view, Label> grid_of_code_;
};

}  // namespace gridloom
