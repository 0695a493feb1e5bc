// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "engine/geometry/point.h"

namespace gridloom {

// Does the ring go round the point, or through it? By crossings, exact; open and closed point lists alike. O(points).
bool encloses(std::span<const Point> ring, Point p);

}  // namespace gridloom
