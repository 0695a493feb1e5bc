// SPDX-License-Identifier: Apache-2.0
#include "tiles/picture/png.h"

#include <cairo/cairo.h>

#include <cmath>
#include <memory>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

constexpr const char* kFont = "Noto Sans CJK SC";

struct Destroy {
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_t* c) const { cairo_destroy(c); }
};
using Surface = std::unique_ptr<cairo_surface_t, Destroy>;
using Context = std::unique_ptr<cairo_t, Destroy>;

Surface surface_of(double width, double height) {
  Surface surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, static_cast<int>(width), static_cast<int>(height)));
  if (cairo_surface_status(surface.get()) != CAIRO_STATUS_SUCCESS) throw DataError("picture_too_large");
  return surface;
}

// Premultiplied, as Cairo wants it.
std::uint32_t argb(const Tone& tone) {
  const auto part = [&](std::uint8_t v) { return static_cast<std::uint32_t>(std::lround(v * tone.alpha)); };
  return static_cast<std::uint32_t>(std::lround(255 * tone.alpha)) << 24 | part(tone.colour.red) << 16 |
         part(tone.colour.green) << 8 | part(tone.colour.blue);
}

Surface surface_of(const Image& image) {
  Surface surface = surface_of(image.nx, image.ny);
  cairo_surface_flush(surface.get());
  unsigned char* data = cairo_image_surface_get_data(surface.get());
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  for (std::size_t j = 0; j < image.ny; ++j) {
    auto* row = reinterpret_cast<std::uint32_t*>(data + j * stride);
    for (std::size_t i = 0; i < image.nx; ++i) row[i] = argb(image.pixels[j * image.nx + i]);
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

std::string bytes_of(cairo_surface_t* surface) {
  std::string bytes;
  const auto add = [](void* to, const unsigned char* data, unsigned length) {
    static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
  };
  if (cairo_surface_write_to_png_stream(surface, add, &bytes) != CAIRO_STATUS_SUCCESS)
    throw DataError("picture_unwritten");
  return bytes;
}

// Letters advance by fractions of pixels, so that widths are in proportion to sizes.
void choose_font(cairo_t* context, double size, bool bold) {
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_set_font_options(context, options);
  cairo_font_options_destroy(options);
  cairo_select_font_face(context, kFont, CAIRO_FONT_SLANT_NORMAL,
                         bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(context, size);
}

double advance(cairo_t* context, const std::string& text) {
  cairo_text_extents_t extents;
  cairo_text_extents(context, text.c_str(), &extents);
  return extents.x_advance;
}

class Canvas {
 public:
  Canvas(double width, double height) : surface_(surface_of(width, height)), context_(cairo_create(surface_.get())) {
    cairo_set_line_join(pen(), CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(pen(), CAIRO_LINE_CAP_ROUND);
    ink({{255, 255, 255}});
    cairo_paint(pen());
  }

  void operator()(const Shape& shape) {
    trace(shape.lines, shape.closed);
    if (shape.fill) {
      ink(*shape.fill);
      cairo_fill_preserve(pen());
    }
    if (shape.pen) {
      ink(shape.pen->tone);
      cairo_set_line_width(pen(), shape.pen->width);
      cairo_stroke_preserve(pen());
    }
    cairo_new_path(pen());
  }

  void operator()(const Lettering& words) {
    choose_font(pen(), words.size, words.bold);
    const double width = advance(pen(), words.text);
    const double left = words.align == Align::start ? 0 : words.align == Align::end ? width : width / 2;
    cairo_move_to(pen(), words.at.x - left, words.at.y);
    if (words.halo > 0) {
      cairo_text_path(pen(), words.text.c_str());
      ink({{255, 255, 255}});
      cairo_set_line_width(pen(), 2 * words.halo);
      cairo_stroke(pen());
      cairo_move_to(pen(), words.at.x - left, words.at.y);
    }
    ink({words.colour});
    cairo_show_text(pen(), words.text.c_str());
  }

  void operator()(const Image& image) {
    const Surface pixels = surface_of(image);
    cairo_save(pen());
    cairo_translate(pen(), image.at.x, image.at.y);
    cairo_rectangle(pen(), 0, 0, image.width, image.height);
    cairo_scale(pen(), image.width / image.nx, image.height / image.ny);
    cairo_set_source_surface(pen(), pixels.get(), 0, 0);
    cairo_pattern_t* pattern = cairo_get_source(pen());
    cairo_pattern_set_filter(pattern, image.smooth ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST);
    cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD);
    cairo_fill(pen());
    cairo_restore(pen());
  }

  void operator()(const ClipBegin& clip) {
    cairo_save(pen());
    trace(clip.rings, true);
    cairo_clip(pen());
  }

  void operator()(ClipEnd) { cairo_restore(pen()); }

  std::string png() const { return bytes_of(surface_.get()); }

 private:
  cairo_t* pen() const { return context_.get(); }

  void ink(const Tone& tone) {
    const Colour c = tone.colour;
    cairo_set_source_rgba(pen(), c.red / 255.0, c.green / 255.0, c.blue / 255.0, tone.alpha);
  }

  void trace(const std::vector<std::vector<Spot>>& lines, bool closed) {
    cairo_set_fill_rule(pen(), CAIRO_FILL_RULE_EVEN_ODD);
    for (const std::vector<Spot>& line : lines) {
      cairo_new_sub_path(pen());
      for (const Spot s : line) cairo_line_to(pen(), s.x, s.y);
      if (closed) cairo_close_path(pen());
    }
  }

  Surface surface_;
  Context context_;
};

}  // namespace

std::string png_of(const Drawing& drawing) {
  Canvas canvas(drawing.width, drawing.height);
  for (const auto& item : drawing.items) std::visit(canvas, item);
  return canvas.png();
}

std::string png_of(const Image& image) { return bytes_of(surface_of(image).get()); }

double width_of(const std::string& text, double size, bool bold) {
  const Surface surface = surface_of(1.0, 1.0);
  const Context context(cairo_create(surface.get()));
  choose_font(context.get(), size, bold);
  return advance(context.get(), text);
}

}  // namespace gridloom
