// SPDX-License-Identifier: Apache-2.0
// Small maps as SVG, drawn by the style of the page.
#pragma once

#include <span>
#include <string>

#include "engine/geometry/lattice.h"
#include "engine/geometry/point.h"
#include "tiles/picture/drawing.h"

namespace gridloom {

// A window on the city, drawn layer by layer, the last on top. Points are lattice points; what lies outside the window
// is left out.
class MapPicture {
 public:
  // `window` becomes `width_px` wide; the height follows.
  MapPicture(const Box& window, double width_px);

  bool shows(const Box& box) const { return window_.intersects(box); }
  double metres_per_pixel() const { return mm_per_px_ / Lattice::kPerMetre; }

  // Everything added until the next `begin_...` is of this CSS class: lines, or rings that fill.
  void begin_lines(std::string css_class);
  void begin_rings(std::string css_class);
  void add_line(std::span<const Point>);
  void add_ring(std::span<const Point>);  // closed or open

  // The picture with a scale bar and an arrow to the north; `label` says what it shows to those who cannot see it.
  std::string svg(const std::string& label);

 private:
  Spot spot(Point) const;
  std::vector<std::vector<Spot>>& lines();

  Box window_;
  double mm_per_px_;
  Drawing drawing_;
};

// The box, larger by `share` of its longer side on every side, at least `least_m` wide and high, with height / width
// = `aspect`.
Box window_around(const Box&, double share, double least_m, double aspect);

}  // namespace gridloom
