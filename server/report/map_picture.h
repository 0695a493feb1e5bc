// SPDX-License-Identifier: Apache-2.0
// Small maps as SVG: crisp at any size, and part of the page.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/geometry/point.h"

namespace gridloom {

// A window on the city, drawn layer by layer, the last on top. Points are lattice points; what lies outside the window
// is left out, and what would move by under half a pixel is made simpler.
class MapPicture {
 public:
  // `window` becomes `width_px` wide; the height follows.
  MapPicture(const Box& window, double width_px);

  bool shows(const Box& box) const { return window_.intersects(box); }
  double metres_per_pixel() const { return mm_per_px_ / Lattice::kPerMetre; }

  // Everything added until the next `begin` is one path of this CSS class, and style where that is given.
  void begin(std::string_view css_class, const std::string& style = "");
  void add_line(std::span<const Point>);
  // Closed or open ring; rings of one path fill by the even-odd rule.
  void add_ring(std::span<const Point>);

  // The picture with a scale bar and an arrow to the north; `label` says what it shows to those who cannot see it.
  std::string svg(const std::string& label);

 private:
  struct Pixel {
    long x, y;  // tenths
  };
  Pixel pixel(Point) const;
  void move_to(Pixel);
  void line_to(Pixel);
  void close_path();
  void add_scale_bar();
  void add_north();
  std::string words(const std::string& css_class, const std::string& x, const std::string& y,
                    const std::string& text) const;

  Box window_;
  double mm_per_px_;
  double width_px_;
  double height_px_;
  Pixel pen_{0, 0};
  std::string path_, head_, body_;
};

// The box, larger by `share` of its longer side on every side, at least `least_m` wide and high, with height / width
// = `aspect`.
Box window_around(const Box&, double share, double least_m, double aspect);

}  // namespace gridloom
