// SPDX-License-Identifier: Apache-2.0
#include "server/report/map_picture.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/strings.h"
#include "server/report/html.h"
#include "tiles/picture/furniture.h"
#include "tiles/picture/svg.h"

namespace gridloom {
namespace {

constexpr double kLarge_px = 500;  // wider maps are shown smaller than they are drawn

}  // namespace

MapPicture::MapPicture(const Box& window, double width_px)
    : window_(window),
      mm_per_px_((static_cast<double>(window.max.x) - window.min.x) / width_px),
      drawing_{width_px, (static_cast<double>(window.max.y) - window.min.y) / mm_per_px_, {}} {}

Spot MapPicture::spot(Point p) const {
  return {(static_cast<double>(p.x) - window_.min.x) / mm_per_px_,
          (static_cast<double>(window_.max.y) - p.y) / mm_per_px_};
}

void MapPicture::begin_lines(std::string css_class) {
  drawing_.items.emplace_back(Shape{{}, false, {}, {}, std::move(css_class)});
}

void MapPicture::begin_rings(std::string css_class) {
  drawing_.items.emplace_back(Shape{{}, true, {}, {}, std::move(css_class)});
}

std::vector<std::vector<Spot>>& MapPicture::lines() { return std::get<Shape>(drawing_.items.back()).lines; }

void MapPicture::add_line(std::span<const Point> line) {
  bool down = false;
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    const std::array ends{line[i], line[i + 1]};
    const bool seen = shows(box_of(ends));
    if (seen && !down) lines().push_back({spot(line[i])});
    if (seen) lines().back().push_back(spot(line[i + 1]));
    down = seen;
  }
}

void MapPicture::add_ring(std::span<const Point> ring) {
  if (ring.empty() || !shows(box_of(ring))) return;
  std::vector<Spot>& spots = lines().emplace_back();
  spots.reserve(ring.size());
  for (const Point p : ring) spots.push_back(spot(p));
}

// Up is the north of the grid: of the working projection.
std::string MapPicture::svg(const std::string& label) {
  const double text = drawing_.width > kLarge_px ? 17 : 12;
  add_scale_bar(drawing_, {6, drawing_.height - 6}, 1 / metres_per_pixel(), 0.3 * drawing_.width, text);
  add_north_arrow(drawing_, {drawing_.width - 0.85 * text, 3.3 * text}, text);
  return svg_of(drawing_, "class=\"map\" role=\"img\" aria-label=\"" + xml_escaped(label) + "\"");
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
