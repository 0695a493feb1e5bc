// SPDX-License-Identifier: Apache-2.0
// A density as a picture to show: the map over the lines of grids or units, title, legend with its unit, scale bar, and
// how it was made.
#pragma once

#include <string>

#include "server/analysis/density_analysis.h"

namespace gridloom {

// A PNG of request.width_px, in the request's language. Colours: yellow to dark red by the square root of the value;
// ratios blue (below 1) to red (above), by their logarithm. The same input gives the same picture on one machine.
std::string density_png(const DensityAnswer&, const DensityRequest&, const City&);

}  // namespace gridloom
