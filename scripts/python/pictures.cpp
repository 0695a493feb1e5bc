// SPDX-License-Identifier: Apache-2.0
// Maps as pictures.
#include <pybind11/stl.h>

#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "bindings.h"
#include "cells.h"
#include "tiles/picture/furniture.h"
#include "tiles/picture/map_sheet.h"
#include "tiles/picture/png.h"
#include "tiles/picture/svg.h"

namespace gridloom::python {
namespace py = pybind11;
namespace {

using Rgb = std::array<std::uint8_t, 3>;

Colour colour_of(const Rgb& rgb) { return {rgb[0], rgb[1], rgb[2]}; }

py::tuple tuple_of(Colour c) { return py::make_tuple(c.red, c.green, c.blue); }

// Lines as a ragged array: line l has the points [line_at[l], line_at[l + 1]).
std::vector<std::vector<Spot>> spots_of(const MapSheet& sheet, const Array<double>& x, const Array<double>& y,
                                        const Array<std::int64_t>& line_at) {
  if (x.size() != y.size()) throw std::invalid_argument("x and y must have one length");
  const std::span<const std::int64_t> at = span_of(line_at);
  require_offsets(at, static_cast<std::size_t>(x.size()), "lines");
  std::vector<std::vector<Spot>> lines(at.size() - 1);
  for (std::size_t l = 0; l < lines.size(); ++l)
    for (std::int64_t i = at[l]; i < at[l + 1]; ++i) lines[l].push_back(sheet.at(x.data()[i], y.data()[i]));
  return lines;
}

// Rows of four bytes: red, green, blue, alpha.
std::vector<Tone> tones_of(const Array<std::uint8_t>& rgba) {
  if (rgba.ndim() < 2 || rgba.shape(rgba.ndim() - 1) != 4) throw std::invalid_argument("a colour has four parts");
  std::vector<Tone> tones;
  for (const std::uint8_t* p = rgba.data(); p != rgba.data() + rgba.size(); p += 4)
    tones.push_back({{p[0], p[1], p[2]}, p[3] / 255.0});
  return tones;
}

// A pen of the same colour covers the seams between neighbours.
void fill(MapSheet& sheet, const Array<double>& x, const Array<double>& y, const Array<std::int64_t>& ring_at,
          const Rgb& rgb) {
  constexpr double kSeam = 0.5;
  const Tone tone{colour_of(rgb)};
  sheet.add(Shape{spots_of(sheet, x, y, ring_at), true, tone, Pen{tone, kSeam}, ""});
}

void draw_lines(MapSheet& sheet, const Array<double>& x, const Array<double>& y, const Array<std::int64_t>& line_at,
                const Rgb& rgb, double width) {
  sheet.add(Shape{spots_of(sheet, x, y, line_at), false, {}, Pen{{colour_of(rgb)}, width}, ""});
}

void add_image(MapSheet& sheet, const Array<std::uint8_t>& rgba, const std::array<double, 4>& box) {
  if (rgba.ndim() != 3 || rgba.size() == 0) throw std::invalid_argument("an image has rows, columns and four parts");
  Image image;
  image.ny = static_cast<std::uint32_t>(rgba.shape(0));
  image.nx = static_cast<std::uint32_t>(rgba.shape(1));
  image.pixels = tones_of(rgba);
  sheet.add_image(std::move(image), {box[0], box[1], box[2], box[3]});
}

void add_label(MapSheet& sheet, double x, double y, const std::string& text) {
  constexpr double kSize = 12.5;
  const Spot at = sheet.at(x, y);
  sheet.add(Lettering{{at.x, at.y + 0.36 * kSize}, text, kSize, kInk, true, Align::middle, 1.5, ""});
}

ToneScale amounts(double strongest, bool more) {
  return {ScaleKind::amount, more ? std::numeric_limits<double>::max() : strongest, strongest};
}

// The colours from 0 to the strongest value, fading out as the amounts on the map do.
void add_ramp(MapSheet& sheet, const std::string& title, const std::vector<Rgb>& colours, double strongest, bool more) {
  const ToneScale scale = amounts(strongest, more);
  std::vector<Tone> tones;
  for (std::size_t i = 0; i < colours.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(colours.size() - 1);
    tones.push_back({colour_of(colours[i]), scale.tone_of_share(share).alpha});
  }
  sheet.add_ramp(title, tones, ticks_of(scale, " and more"));
}

void add_entries(MapSheet& sheet, const std::string& title, const std::vector<std::pair<Rgb, std::string>>& entries,
                 bool as_lines) {
  std::vector<std::pair<Colour, std::string>> out;
  for (const auto& [rgb, text] : entries) out.emplace_back(colour_of(rgb), text);
  sheet.add_entries(title, out, as_lines);
}

// Shape (..., 3) for shares of any shape.
Array<std::uint8_t> ramp(const Array<double>& shares) {
  std::vector<py::ssize_t> shape(shares.shape(), shares.shape() + shares.ndim());
  shape.push_back(3);
  Array<std::uint8_t> out(shape);
  std::uint8_t* to = out.mutable_data();
  for (const double share : span_of(shares)) {
    const Colour c = colour_at(colours_of(Ramp::day), share);
    for (const std::uint8_t part : {c.red, c.green, c.blue}) *to++ = part;
  }
  return out;
}

// Shape (rows, columns, 4).
Array<std::uint8_t> rgba_of(const Array<double>& values, double strongest) {
  const ToneScale scale = amounts(strongest, false);
  Array<std::uint8_t> out({values.shape(0), values.shape(1), py::ssize_t{4}});
  std::uint8_t* to = out.mutable_data();
  for (const double value : span_of(values)) {
    const Tone tone = scale.tone(value);
    const auto alpha = static_cast<std::uint8_t>(std::lround(255 * tone.alpha));
    for (const std::uint8_t part : {tone.colour.red, tone.colour.green, tone.colour.blue, alpha}) *to++ = part;
  }
  return out;
}

}  // namespace

void bind_pictures(py::module_& module) {
  for (const auto& [name, colour] : {std::pair{"INK", kInk}, {"FAINT", kFaint}, {"WATER", kWater}, {"LAND", kLand}})
    module.attr(name) = tuple_of(colour);
  module.def("ramp", &ramp);
  module.def("rgba_of", &rgba_of);
  py::class_<MapSheet>(module, "MapSheet")
      .def(py::init([](const std::array<double, 4>& box, const std::string& title, const std::string& subtitle,
                       const std::string& source, double width) {
        return MapSheet({box[0], box[1], box[2], box[3]}, {title, subtitle, source}, width);
      }))
      .def("fill", &fill)
      .def("lines", &draw_lines)
      .def("image", &add_image)
      .def("label", &add_label)
      .def("ramp", &add_ramp)
      .def("entries", &add_entries)
      .def("png", [](const MapSheet& sheet) { return py::bytes(png_of(sheet.drawing())); })
      .def("svg", [](const MapSheet& sheet) { return svg_file(sheet.drawing()); });
}

}  // namespace gridloom::python
