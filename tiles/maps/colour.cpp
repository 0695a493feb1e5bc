// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/colour.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "engine/base/errors.h"
#include "tiles/maps/ramps.inc"

namespace gridloom {
namespace {

std::uint8_t mixed(std::uint8_t a, std::uint8_t b, double share) {
  return static_cast<std::uint8_t>(std::lround(a + (b - a) * share));
}

// "#rrggbb #rrggbb ..."
std::vector<Colour> parse_ramp(std::string_view text) {
  std::vector<Colour> out;
  for (std::size_t at = 0; at < text.size(); at += 8) out.push_back(parse_colour(text.substr(at, 7)));
  return out;
}

}  // namespace

Colour parse_colour(std::string_view text) {
  std::uint32_t value = 0;
  const bool shaped = text.size() == 7 && text[0] == '#';
  if (shaped) {
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + 7, value, 16);
    if (error == std::errc() && end == text.data() + 7)
      return {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8 & 255),
              static_cast<std::uint8_t>(value & 255)};
  }
  throw DataError("not_a_colour", {{"text", text}});
}

std::string text_of(Colour c) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", c.red, c.green, c.blue);
  return text;
}

// By luma (Rec. 601).
bool is_dark(Colour c) { return 299 * c.red + 587 * c.green + 114 * c.blue < 128 * 1000; }

Colour mix(Colour a, Colour b, double share) {
  return {mixed(a.red, b.red, share), mixed(a.green, b.green, share), mixed(a.blue, b.blue, share)};
}

const std::vector<Colour>& colours_of(Ramp ramp) {
  static const std::vector<Colour> day = parse_ramp(kDayRamp), night = parse_ramp(kNightRamp),
                                   diverging = parse_ramp(kDivergingRamp);
  return ramp == Ramp::day ? day : ramp == Ramp::night ? night : diverging;
}

Colour colour_at(std::span<const Colour> ramp, double share) {
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(ramp.size() - 1);
  const std::size_t low = std::min(static_cast<std::size_t>(at), ramp.size() - 2);
  return mix(ramp[low], ramp[low + 1], at - static_cast<double>(low));
}

}  // namespace gridloom
