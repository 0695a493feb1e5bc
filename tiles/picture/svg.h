// SPDX-License-Identifier: Apache-2.0
// Drawings as SVG: crisp at any size, and part of a page.
#pragma once

#include <string>
#include <string_view>

#include "tiles/picture/drawing.h"

namespace gridloom {

// One element; `attributes` go into it as they are. Its unit is a tenth of a pixel, in whole numbers; points of a line
// that would stand within 0.6 pixels of the one before are left out.
std::string svg_of(const Drawing&, std::string_view attributes);

// The drawing as a file of its own.
std::string svg_file(const Drawing&);

}  // namespace gridloom
