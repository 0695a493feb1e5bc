// SPDX-License-Identifier: Apache-2.0
// Which CRS the coordinates of a file are in that does not say. Private to engine/io.
#pragma once

#include <optional>
#include <string>

#include "engine/base/errors.h"
#include "engine/io/delivery/ground.h"

namespace gridloom {

struct CrsGuess {
  std::string crs;  // "EPSG:4528"
  Reason why;       // the zone prefix of its eastings, ...
};

// Degrees are WGS 84; eastings of 13-23 and 25-45 million carry the zone prefix of a CGCS 2000 6° or 3° Gauss-Krüger
// zone (EPSG:4491-4501, 4513-4533). Where the city's frame is known (in the working CRS), the working CRS itself, the
// Gauss-Krüger and UTM zones without prefix around it and Web Mercator are tried too, and what fits the frame best is
// taken; what does not touch the frame is no guess. Empty when nothing fits.
std::optional<CrsGuess> guess_crs(const Extent& coordinates, const std::string& working_crs,
                                  const std::optional<Extent>& frame);

}  // namespace gridloom
