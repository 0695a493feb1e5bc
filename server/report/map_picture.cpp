// SPDX-License-Identifier: Apache-2.0
#include "server/report/map_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "server/report/html.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

constexpr long kTenths = 10;
constexpr long kTooNear = 6;       // tenths of a pixel
constexpr double kLarge_px = 500;  // wider maps are shown smaller than they are drawn

}  // namespace

MapPicture::MapPicture(const Box& window, double width_px)
    : window_(window),
      mm_per_px_((static_cast<double>(window.max.x) - window.min.x) / width_px),
      width_px_(width_px),
      height_px_((static_cast<double>(window.max.y) - window.min.y) / mm_per_px_) {}

MapPicture::Pixel MapPicture::pixel(Point p) const {
  const double scale = kTenths / mm_per_px_;
  return {std::lround((static_cast<double>(p.x) - window_.min.x) * scale),
          std::lround((static_cast<double>(window_.max.y) - p.y) * scale)};
}

void MapPicture::begin(std::string_view css_class, const std::string& style) {
  close_path();
  head_ =
      "<path class=\"" + std::string(css_class) + "\"" + (style.empty() ? "" : " style=\"" + style + "\"") + " d=\"";
}

void MapPicture::close_path() {
  if (!path_.empty()) body_ += head_ + path_ + "\"/>";
  path_.clear();
}

void MapPicture::move_to(Pixel p) {
  path_ += "M" + std::to_string(p.x) + " " + std::to_string(p.y);
  pen_ = p;
}

void MapPicture::line_to(Pixel p) {
  path_ += "l" + std::to_string(p.x - pen_.x) + " " + std::to_string(p.y - pen_.y);
  pen_ = p;
}

void MapPicture::add_line(std::span<const Point> line) {
  bool down = false;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const std::array ends{line[i], line[i + 1]};
    if (!shows(box_of(ends))) {
      down = false;
      continue;
    }
    if (!down) move_to(pixel(line[i]));
    down = true;
    const Pixel next = pixel(line[i + 1]);
    const bool last = i + 2 == line.size();
    if (last || std::labs(next.x - pen_.x) + std::labs(next.y - pen_.y) > kTooNear) line_to(next);
  }
}

void MapPicture::add_ring(std::span<const Point> ring) {
  if (ring.empty() || !shows(box_of(ring))) return;
  move_to(pixel(ring.front()));
  for (Point p : ring.subspan(1)) {
    const Pixel next = pixel(p);
    if (std::labs(next.x - pen_.x) + std::labs(next.y - pen_.y) > kTooNear) line_to(next);
  }
  path_ += "z";
}

void MapPicture::add_scale_bar() {
  const double most = 0.3 * width_px_ * metres_per_pixel();
  double metres = std::pow(10, std::floor(std::log10(most)));
  for (double step : {5.0, 2.0})
    if (metres * step <= most) {
      metres *= step;
      break;
    }
  const std::string length = fixed(metres / metres_per_pixel() * kTenths, 0);
  const std::string left = "60", bottom = fixed(height_px_ * kTenths - 60, 0);
  const std::string text = metres >= 1000 ? fixed(metres / 1000, 0) + " km" : fixed(metres, 0) + " m";
  body_ += "<path class=\"scale\" d=\"M" + left + " " + bottom + "h" + length + "\"/>" +
           words("scale-text", left, fixed(height_px_ * kTenths - 100, 0), text);
}

// Up is the north of the grid: of the working projection.
void MapPicture::add_north() {
  const long x = std::lround(width_px_ * kTenths) - 170;
  body_ += "<path class=\"north\" d=\"M" + std::to_string(x) + " 60l70 190l-70 -45l-70 45z\"/>" +
           words("north-text", std::to_string(x - 45), "400", "N");
}

std::string MapPicture::words(const std::string& css_class, const std::string& x, const std::string& y,
                              const std::string& text) const {
  const double size = width_px_ > kLarge_px ? 170 : 120;
  return "<text class=\"" + css_class + "\" font-size=\"" + fixed(size, 0) + "\" x=\"" + x + "\" y=\"" + y + "\">" +
         text + "</text>";
}

std::string MapPicture::svg(const std::string& label) {
  close_path();
  add_scale_bar();
  add_north();
  return "<svg class=\"map\" role=\"img\" viewBox=\"0 0 " + fixed(width_px_ * kTenths, 0) + " " +
         fixed(height_px_ * kTenths, 0) + "\" aria-label=\"" + html(label) + "\">" + body_ + "</svg>";
}

Box window_around(const Box& box, double share, double least_m, double aspect) {
  const double width = static_cast<double>(box.max.x) - box.min.x, height = static_cast<double>(box.max.y) - box.min.y;
  const double margin = 2 * share * std::max(width, height), least = least_m * Lattice::kPerMetre;
  double w = std::max(width + margin, least), h = std::max(height + margin, least);
  w = std::max(w, h / aspect);
  h = w * aspect;
  const double x = (static_cast<double>(box.min.x) + box.max.x) / 2,
               y = (static_cast<double>(box.min.y) + box.max.y) / 2;
  const auto at = [](double v) { return static_cast<std::int32_t>(std::lround(std::clamp(v, -1e9, 1e9))); };
  return {{at(x - w / 2), at(y - h / 2)}, {at(x + w / 2), at(y + h / 2)}};
}

}  // namespace gridloom
