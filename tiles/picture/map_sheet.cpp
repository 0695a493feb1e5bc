// SPDX-License-Identifier: Apache-2.0
#include "tiles/picture/map_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "engine/base/errors.h"
#include "tiles/maps/legend.h"
#include "tiles/picture/furniture.h"
#include "tiles/picture/png.h"

namespace gridloom {
namespace {

constexpr double kMargin = 28, kPanel = 270, kHead = 86, kFoot = 30;  // pixels
constexpr double kLeastWidth = 400;
constexpr double kTallest = 1.5;  // height of the map to its width
constexpr double kBar = 22;       // width of colours in the legend
constexpr double kLeading = 1.45;
constexpr double kTickRoom = 18;
constexpr double kScaleRoom = 60;  // below the legend, for the scale bar
constexpr std::uint32_t kTones = 256;

// Bytes of the UTF-8 character that begins with `lead`.
std::size_t length_of(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4; }

// Broken between words, and between the characters of Chinese.
std::vector<std::string> wrapped(const std::string& text, double room, double size, bool bold) {
  std::vector<std::string> lines{""};
  std::string word;
  const auto flush = [&] {
    if (!lines.back().empty() && width_of(lines.back() + word, size, bold) > room) {
      lines.emplace_back();
      word.erase(0, word.find_first_not_of(' '));
    }
    lines.back() += word;
    word.clear();
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = length_of(static_cast<unsigned char>(text[i]));
    if (text[i] == ' ' || length >= 3) flush();
    word += text.substr(i, length);
    i += length;
  }
  flush();
  return lines;
}

// Smaller than `size` where it would not fit, but to be read.
Lettering fitted(Spot at, const std::string& text, double room, double size, bool bold, Colour colour) {
  const double width = width_of(text, size, bold);
  return {at, text, width > room ? std::max(8.0, size * room / width) : size, colour, bold, Align::start, 0, ""};
}

// Three digits: of the ticks, all that there are, but for the inverse of a factor.
std::string tick_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return legend_number(std::strtod(text, nullptr));
}

}  // namespace

std::vector<LegendTick> ticks_of(const ToneScale& scale, const std::string& and_more) {
  std::vector<LegendTick> ticks;
  for (const double value : scale.ticks()) ticks.push_back({scale.share(value), tick_text(value)});
  if (!scale.more()) return ticks;
  std::erase_if(ticks, [](const LegendTick& tick) { return tick.share > 1 - 1e-9; });
  ticks.push_back({1, tick_text(scale.top()) + and_more});
  return ticks;
}

MapSheet::MapSheet(const MapBounds& bounds, Heading heading, double width_px)
    : heading_(std::move(heading)), bounds_(bounds), width_(std::round(width_px)) {
  const double wide = bounds.east - bounds.west, tall = bounds.north - bounds.south;
  if (!(wide > 0 && tall > 0)) throw DataError("picture_without_area");
  if (!(width_ >= kLeastWidth)) throw DataError("picture_too_narrow", {{"least", kLeastWidth}});
  map_w_ = width_ - kPanel - 3 * kMargin;
  map_h_ = std::round(std::clamp(map_w_ * tall / wide, std::min(300.0, map_w_), kTallest * map_w_));
  px_per_metre_ = std::min(map_w_ / wide, map_h_ / tall);
  left_ = kMargin + (map_w_ - wide * px_per_metre_) / 2;
  top_ = kHead + (map_h_ - tall * px_per_metre_) / 2;
  panel_x_ = width_ - kPanel - kMargin;
  legend_y_ = kHead;
}

Spot MapSheet::at(double east, double north) const {
  return {left_ + (east - bounds_.west) * px_per_metre_, top_ + (bounds_.north - north) * px_per_metre_};
}

void MapSheet::add_image(Image image, const MapBounds& box) {
  image.at = at(box.west, box.north);
  image.width = (box.east - box.west) * px_per_metre_;
  image.height = (box.north - box.south) * px_per_metre_;
  add(std::move(image));
}

void MapSheet::add_lines(double x, const std::string& text, double size, Colour colour, bool bold) {
  for (std::string& line : wrapped(text, width_ - kMargin - x, size, bold)) {
    legend_.emplace_back(Lettering{{x, legend_y_ + size}, std::move(line), size, colour, bold, Align::start, 0, ""});
    legend_y_ += kLeading * size;
  }
}

void MapSheet::add_ramp(const std::string& title, const std::vector<Tone>& tones, std::vector<LegendTick> ticks) {
  add_lines(panel_x_, title, 14, kInk, true);
  const double high = std::min(300.0, map_h_ - 40);
  const Spot corner{panel_x_, std::round(legend_y_ + 6)};
  Image ramp{corner, kBar, high, 1, static_cast<std::uint32_t>(tones.size()), {tones.rbegin(), tones.rend()}, true};
  legend_.emplace_back(Shape{{rectangle(corner, kBar, high)}, true, Tone{kLand}, {}, ""});
  legend_.emplace_back(std::move(ramp));
  legend_.emplace_back(Shape{{rectangle(corner, kBar, high)}, true, {}, Pen{{kFaint}, 1}, ""});
  std::sort(ticks.begin(), ticks.end(), [](const auto& a, const auto& b) { return a.share > b.share; });
  double last = -kTickRoom;
  for (LegendTick& tick : ticks) {
    const double y = corner.y + high * (1 - tick.share), right = corner.x + kBar;
    if (y - last < kTickRoom) continue;
    last = y;
    legend_.emplace_back(Shape{{{{right, y}, {right + 5, y}}}, false, {}, Pen{{kFaint}, 1}, ""});
    legend_.emplace_back(Lettering{{right + 10, y + 5}, std::move(tick.text), 13, kInk, false, Align::start, 0, ""});
  }
  legend_y_ = corner.y + high + kMargin;
}

void MapSheet::add_ramp(const std::string& title, const ToneScale& scale, const std::string& and_more) {
  std::vector<Tone> tones;
  for (std::uint32_t i = 0; i < kTones; ++i) tones.push_back(scale.tone_of_share(i / (kTones - 1.0)));
  add_ramp(title, tones, ticks_of(scale, and_more));
}

void MapSheet::add_entries(const std::string& title, const std::vector<std::pair<Colour, std::string>>& entries,
                           bool as_lines) {
  constexpr double kSize = 13, kWide = 26, kHigh = 15;
  if (!title.empty()) add_lines(panel_x_, title, 14, kInk, true);
  for (const auto& [colour, text] : entries) {
    legend_y_ += 4;
    const double from = as_lines ? legend_y_ + kHigh / 2 - 1 : legend_y_, high = as_lines ? 3 : kHigh;
    Shape swatch{{rectangle({panel_x_, from}, kWide, high)}, true, Tone{colour}, {}, ""};
    if (!as_lines) swatch.pen = Pen{{kFaint, 0.5}, 1};
    legend_.emplace_back(std::move(swatch));
    add_lines(panel_x_ + kWide + 10, text, kSize, kInk, false);
  }
  legend_y_ += kMargin / 2;
}

void MapSheet::add_note(const std::string& text) {
  add_lines(panel_x_, text, 12.5, kFaint, false);
  legend_y_ += kMargin / 2;
}

Drawing MapSheet::drawing() const {
  const double map_bottom = kHead + std::max(map_h_, std::ceil(legend_y_ - kHead + kScaleRoom));
  const std::vector<Spot> frame = rectangle({kMargin, kHead}, map_w_, map_h_);
  Drawing out{width_, map_bottom + kFoot + kMargin, {}};
  out.items.emplace_back(Shape{{frame}, true, Tone{kWater}, {}, ""});
  out.items.emplace_back(ClipBegin{{frame}});
  out.items.insert(out.items.end(), map_.begin(), map_.end());
  out.items.emplace_back(ClipEnd{});
  out.items.emplace_back(Shape{{frame}, true, {}, Pen{{kFaint, 0.5}, 1}, ""});
  out.items.insert(out.items.end(), legend_.begin(), legend_.end());
  const double room = width_ - 2 * kMargin;
  out.items.emplace_back(fitted({kMargin, 42}, heading_.title, room, 25, true, kInk));
  out.items.emplace_back(fitted({kMargin, 68}, heading_.subtitle, room, 14, false, kFaint));
  out.items.emplace_back(fitted({kMargin, out.height - 18}, heading_.source, room, 11.5, false, kFaint));
  add_scale_bar(out, {panel_x_, map_bottom - 1}, px_per_metre_, kPanel - 60, 12);
  add_north_arrow(out, {width_ - kMargin - 10, map_bottom - 1}, 13);
  return out;
}

}  // namespace gridloom
