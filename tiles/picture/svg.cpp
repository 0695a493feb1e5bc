// SPDX-License-Identifier: Apache-2.0
#include "tiles/picture/svg.h"

#include <cmath>
#include <cstdlib>

#include "engine/base/strings.h"
#include "tiles/picture/png.h"

namespace gridloom {
namespace {

constexpr double kTenths = 10;
constexpr long kTooNear = 6;  // tenths of a pixel

std::string base64(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t three = 0;
    for (std::size_t i = at; i < at + 3; ++i)
      three = three << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    for (int shift = 18; shift >= 0; shift -= 6) out += kLetters[three >> shift & 63];
  }
  for (std::size_t i = 0; i < (3 - bytes.size() % 3) % 3; ++i) out[out.size() - 1 - i] = '=';
  return out;
}

std::string tenths(double pixels) { return std::to_string(std::lround(pixels * kTenths)); }

std::string attribute(std::string_view name, const std::string& value) {
  return " " + std::string(name) + "=\"" + value + "\"";
}

std::string share(double of_one) { return std::to_string(std::lround(100 * of_one)) + "%"; }

std::string ink(const std::string& name, const Tone& tone) {
  std::string out = attribute(name, text_of(tone.colour));
  if (tone.alpha < 1) out += attribute(name + "-opacity", share(tone.alpha));
  return out;
}

// "M... l... z"
class Path {
 public:
  Path(const std::vector<std::vector<Spot>>& lines, bool closed) {
    for (const std::vector<Spot>& line : lines) add(line, closed);
  }
  const std::string& text() const { return text_; }

 private:
  struct Tenths {
    long x, y;
  };
  static Tenths at(Spot s) { return {std::lround(s.x * kTenths), std::lround(s.y * kTenths)}; }
  bool near(Tenths t) const { return std::labs(t.x - pen_.x) + std::labs(t.y - pen_.y) <= kTooNear; }
  void line_to(Tenths t) {
    text_ += "l" + std::to_string(t.x - pen_.x) + " " + std::to_string(t.y - pen_.y);
    pen_ = t;
  }
  void add(const std::vector<Spot>& line, bool closed) {
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Tenths next = at(line[i]);
      if (i == 0) {
        text_ += "M" + std::to_string(next.x) + " " + std::to_string(next.y);
        pen_ = next;
      } else if (!near(next) || (i + 1 == line.size() && !closed)) {
        line_to(next);
      }
    }
    if (closed) text_ += "z";
  }

  Tenths pen_{0, 0};
  std::string text_;
};

class Writer {
 public:
  void operator()(const Shape& shape) {
    if (shape.lines.empty()) return;
    body_ += "<path" + look_of(shape) + attribute("d", Path(shape.lines, shape.closed).text()) + "/>";
  }

  void operator()(const Lettering& words) {
    std::string look = words.css_class.empty() ? "" : attribute("class", words.css_class);
    look += ink("fill", {words.colour});
    if (words.bold) look += attribute("font-weight", "bold");
    if (words.align != Align::start) look += attribute("text-anchor", words.align == Align::end ? "end" : "middle");
    if (words.halo > 0)
      look += attribute("paint-order", "stroke") + attribute("stroke", "#ffffff") +
              attribute("stroke-linejoin", "round") + attribute("stroke-width", tenths(2 * words.halo));
    body_ += "<text" + look + attribute("font-size", tenths(words.size)) + attribute("x", tenths(words.at.x)) +
             attribute("y", tenths(words.at.y)) + ">" + xml_escaped(words.text) + "</text>";
  }

  void operator()(const Image& image) {
    body_ += "<image" + attribute("x", tenths(image.at.x)) + attribute("y", tenths(image.at.y)) +
             attribute("width", tenths(image.width)) + attribute("height", tenths(image.height)) +
             attribute("preserveAspectRatio", "none") + (image.smooth ? "" : " style=\"image-rendering:pixelated\"") +
             attribute("href", "data:image/png;base64," + base64(png_of(image))) + "/>";
  }

  void operator()(const ClipBegin& clip) {
    const std::string id = "clip" + std::to_string(++clips_);
    body_ += "<clipPath" + attribute("id", id) + "><path clip-rule=\"evenodd\"" +
             attribute("d", Path(clip.rings, true).text()) + "/></clipPath><g" +
             attribute("clip-path", "url(#" + id + ")") + ">";
  }

  void operator()(ClipEnd) { body_ += "</g>"; }

  const std::string& body() const { return body_; }

 private:
  static std::string look_of(const Shape& shape) {
    std::string look = shape.css_class.empty() ? "" : attribute("class", shape.css_class);
    if (shape.fill)
      look += ink("fill", *shape.fill) + attribute("fill-rule", "evenodd");
    else if (!shape.closed || shape.css_class.empty())
      look += attribute("fill", "none");
    if (shape.pen)
      look += ink("stroke", shape.pen->tone) + attribute("stroke-width", tenths(shape.pen->width)) +
              attribute("stroke-linejoin", "round") + attribute("stroke-linecap", "round");
    return look;
  }

  std::string body_;
  int clips_ = 0;
};

}  // namespace

std::string svg_of(const Drawing& drawing, std::string_view attributes) {
  Writer writer;
  for (const auto& item : drawing.items) std::visit(writer, item);
  return "<svg " + std::string(attributes) +
         attribute("viewBox", "0 0 " + tenths(drawing.width) + " " + tenths(drawing.height)) + ">" + writer.body() +
         "</svg>";
}

std::string svg_file(const Drawing& drawing) {
  const std::string size = attribute("width", std::to_string(std::lround(drawing.width))) +
                           attribute("height", std::to_string(std::lround(drawing.height)));
  return svg_of(drawing,
                "xmlns=\"http://www.w3.org/2000/svg\" font-family=\"Noto Sans CJK SC, Noto Sans SC, sans-serif\"" +
                    size + " style=\"background:#fff\"") +
         "\n";
}

}  // namespace gridloom
