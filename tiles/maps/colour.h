// SPDX-License-Identifier: Apache-2.0
// A colour, and the ramps that tell amounts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gridloom {

struct Colour {
  std::uint8_t red = 0, green = 0, blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

// "#rrggbb"; throws DataError for anything else.
Colour parse_colour(std::string_view);
std::string text_of(Colour);

// Whether light words read better on it than dark ones do.
bool is_dark(Colour);

// `share` of b in a.
Colour mix(Colour a, Colour b, double share);

// The ramps of styles/palette.ent, as they were when the build was configured.
enum class Ramp {
  day,        // from little to much on light ground
  night,      // the same on dark ground
  diverging,  // from below to above something in the middle
};
const std::vector<Colour>& colours_of(Ramp);

// The colour at a share of the way along a ramp, 0 to 1 and no farther. The ramp has at least two colours.
Colour colour_at(std::span<const Colour> ramp, double share);

}  // namespace gridloom
