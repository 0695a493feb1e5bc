// SPDX-License-Identifier: Apache-2.0
// Is a metre on the map a metre on the ground? That a CRS counts in metres does not say so: Web Mercator's are 1.3
// times too long in New York.
#pragma once

#include <string>

#include "engine/geometry/lattice.h"

namespace gridloom {

// National grids, conformal (to 4 in a thousand) or of equal area (to 9), are within it all over their countries.
inline constexpr double kMostScaleError = 0.01;

// By how much of their length lines on the map differ from those on the ground at a place, in the direction where they
// do most (Tissot's indicatrix). NaN where nobody can tell: PROJ does not know the CRS, it is not projected, or the
// place has no longitude and latitude. About a millisecond.
double scale_error(const std::string& crs, Projected at);

// Throws DataError with the CRS to take instead where the error is above kMostScaleError; `name` is what the CRS is
// called there.
void require_true_scale(const std::string& name, const std::string& crs, Projected at);

}  // namespace gridloom
