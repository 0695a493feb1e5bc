// SPDX-License-Identifier: Apache-2.0
#include "tiles/drawing/labels.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace gridloom {
namespace {

constexpr double kLatinWidth = 0.58;  // of the font size: mean advance of Latin letters and digits in the map's fonts
constexpr double kLineHeight = 1.25;
constexpr double kMargin_px = 5;     // between labels
constexpr std::size_t kWrapAt = 14;  // characters from which a name may take two lines

// How much wider than the inscribed circle's diameter a name may be, and the radius (pixels) beyond which the polygon
// is larger than a screen and its name no longer says where one is.
struct Rule {
  double widest = 1;
  double largest_px = 0;
};

Rule rule(LabelClass kind) {
  switch (kind) {
    case LabelClass::upper:
      return {2.6, 420};
    case LabelClass::admin:
      return {1.7, 330};
    case LabelClass::item:
      return {1.15, 2500};
  }
  return {};
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Estimated width in ems: three- and four-byte UTF-8 sequences are CJK and as wide as high.
double ems(const std::string& line) {
  double width = 0;
  for (char c : line)
    if (!is_continuation(c)) width += static_cast<unsigned char>(c) >= 0xE0 ? 1.0 : kLatinWidth;
  return width;
}

// Breaks a long name at the blank next to its middle.
std::string wrapped(const std::string& text) {
  if (text.size() < kWrapAt) return text;
  std::optional<std::size_t> best;
  const auto off = [&](std::size_t i) {
    return std::abs(2 * static_cast<long>(i) + 1 - static_cast<long>(text.size()));
  };
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == ' ' && (!best || off(i) < off(*best))) best = i;
  if (!best) return text;
  std::string lines = text;
  lines[*best] = '\n';
  return lines;
}

PlacedLabel measured(const LabelCandidate& c, const std::string& text) {
  PlacedLabel out{c.kind, wrapped(text), c.anchor.at, c.size, 0, c.size * kLineHeight};
  const std::size_t cut = out.text.find('\n');
  out.width = ems(out.text.substr(0, cut)) * c.size;
  if (cut != std::string::npos) {
    out.width = std::max(out.width, ems(out.text.substr(cut + 1)) * c.size);
    out.height *= 2;
  }
  return out;
}

bool fits(const PlacedLabel& l, double radius_px) {
  const double room = 2 * radius_px * rule(l.kind).widest;
  return l.width <= room && l.height <= std::max(room / 1.3, 2 * radius_px);
}

std::optional<PlacedLabel> fitted(const LabelCandidate& c, double metres_per_px) {
  const double radius_px = c.anchor.radius / metres_per_px;
  if (radius_px > rule(c.kind).largest_px) return std::nullopt;
  for (const std::string* text : {&c.text, &c.short_text}) {
    if (text->empty()) continue;
    PlacedLabel l = measured(c, *text);
    if (fits(l, radius_px)) return l;
  }
  return std::nullopt;
}

// Names of items begin to help when many can be read; a few numbers here and there are noise.
constexpr double kEnough = 0.35;

bool enough_items(const std::vector<LabelCandidate>& candidates, double metres_per_px) {
  std::size_t items = 0, readable = 0;
  for (const LabelCandidate& c : candidates) {
    if (c.kind != LabelClass::item) continue;
    ++items;
    if (fitted(c, metres_per_px)) ++readable;
  }
  return static_cast<double>(readable) >= kEnough * static_cast<double>(items);
}

bool collide(const PlacedLabel& a, const PlacedLabel& b, double metres_per_px) {
  return std::abs(a.at.x - b.at.x) / metres_per_px < (a.width + b.width) / 2 + kMargin_px &&
         std::abs(a.at.y - b.at.y) / metres_per_px < (a.height + b.height) / 2 + kMargin_px;
}

}  // namespace

std::vector<PlacedLabel> place_labels(const std::vector<LabelCandidate>& candidates, unsigned zoom) {
  const double metres_per_px = 2 * kMercatorHalf / std::exp2(zoom) / kTilePixels;
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const LabelCandidate &l = candidates[a], &r = candidates[b];
    return l.kind != r.kind ? l.kind < r.kind : l.anchor.radius > r.anchor.radius;
  });
  const bool items = enough_items(candidates, metres_per_px);
  std::vector<PlacedLabel> placed;
  for (std::size_t i : order) {
    if (candidates[i].kind == LabelClass::item && !items) break;
    const std::optional<PlacedLabel> l = fitted(candidates[i], metres_per_px);
    if (!l) continue;
    const auto meets = [&](const PlacedLabel& other) { return collide(*l, other, metres_per_px); };
    if (std::none_of(placed.begin(), placed.end(), meets)) placed.push_back(*l);
  }
  return placed;
}

}  // namespace gridloom
