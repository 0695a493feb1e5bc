// SPDX-License-Identifier: Apache-2.0
// A picture as shapes, words and images, to be written as SVG (svg.h) or as a PNG (png.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tiles/maps/colour.h"

namespace gridloom {

// In pixels from the upper left corner, x to the right and y down.
struct Spot {
  double x = 0, y = 0;
};

struct Tone {
  Colour colour;
  double alpha = 1;
};

struct Pen {
  Tone tone;
  double width = 1;  // pixels
};

// Lines, or rings that are filled by the even-odd rule.
struct Shape {
  std::vector<std::vector<Spot>> lines;
  bool closed = false;
  std::optional<Tone> fill;
  std::optional<Pen> pen;
  std::string css_class;  // in SVG; the style of a page goes before fill and pen
};

enum class Align { start, middle, end };

struct Lettering {
  Spot at;  // on the base line
  std::string text;
  double size = 12;  // pixels
  Colour colour;
  bool bold = false;
  Align align = Align::start;
  double halo = 0;  // width of the white around the letters, pixels
  std::string css_class;
};

// Pixels row by row from the top, stretched to a box.
struct Image {
  Spot at;
  double width = 0, height = 0;
  std::uint32_t nx = 0, ny = 0;
  std::vector<Tone> pixels;
  bool smooth = true;  // false: every pixel a rectangle of one colour
};

// What follows until ClipEnd is seen inside these rings only.
struct ClipBegin {
  std::vector<std::vector<Spot>> rings;
};
struct ClipEnd {};

// Later items lie on top.
struct Drawing {
  double width = 0, height = 0;
  std::vector<std::variant<Shape, Lettering, Image, ClipBegin, ClipEnd>> items;
};

// The four corners.
std::vector<Spot> rectangle(Spot upper_left, double width, double height);

}  // namespace gridloom
