// SPDX-License-Identifier: Apache-2.0
// The colours and sizes that a map's style sheet states in its <Parameters>.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tiles/maps/colour.h"

namespace gridloom {

struct Palette {
  Colour background;                                     // of the map, and of tiles without a city
  std::vector<Colour> hues;                              // qualitative, alike in lightness
  std::vector<double> tints;                             // shares of white that set neighbours of one hue apart
  std::vector<Colour> ramp;                              // sequential, from little to much
  Colour none;                                           // the class of zero on the ramp
  Colour uninhabited;                                    // a grid where nobody lives
  Colour special;                                        // a special grid
  Colour vacant;                                         // nobody answers here; no cell here
  Colour split;                                          // hatching of shared duty and of overlaps
  Colour frame_line, admin_line, zone_line, item_line;   // as the style draws them; for legends
  double upper_size = 0, admin_size = 0, item_size = 0;  // labels, in pixels
};

// From the parameters' names (with '-' for '_': "frame-line") and texts; lists are separated by blanks. Throws
// DataError naming `source` (the style file) and the parameter that is missing or malformed.
Palette read_palette(const std::map<std::string, std::string>& parameters, const std::string& source);

}  // namespace gridloom
