// SPDX-License-Identifier: Apache-2.0
// Drawings as PNG, by Cairo.
#pragma once

#include <string>

#include "tiles/picture/drawing.h"

namespace gridloom {

// On white. The same drawing gives the same bytes on one machine. Throws DataError where it is too large.
std::string png_of(const Drawing&);

// The image alone, a pixel a pixel.
std::string png_of(const Image&);

// Pixels from the first letter's origin to where the next one would stand.
double width_of(const std::string& text, double size, bool bold);

}  // namespace gridloom
