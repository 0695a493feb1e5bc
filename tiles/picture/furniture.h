// SPDX-License-Identifier: Apache-2.0
// What stands on every map picture, and the colours of its neutral parts.
#pragma once

#include "tiles/picture/drawing.h"

namespace gridloom {

inline constexpr Colour kInk{0x26, 0x2a, 0x33}, kFaint{0x70, 0x76, 0x82}, kPaper{0xff, 0xff, 0xff},
    kWater{0xe2, 0xe9, 0xf0}, kLand{0xfa, 0xf9, 0xf6}, kUnknown{0xd3, 0xd6, 0xda};

// A bar of a round length in metres, at most `most_px` long, with its lower left corner at `at`; its text above it.
void add_scale_bar(Drawing&, Spot at, double px_per_metre, double most_px, double text_size);

// An arrow upwards with an N above it, its foot at `at`. The height of both: 3.2 times the size of the letter.
void add_north_arrow(Drawing&, Spot at, double text_size);

}  // namespace gridloom
