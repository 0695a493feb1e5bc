// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "engine/geometry/predicates.h"

namespace gridloom {

// Distance in lattice units (mm) from a point to a closed segment.
double distance(Point p, const Segment& s);

// Does every point of `from` lie within `limit` (mm) of some segment of `to`? Points are tested at the ends of the
// segments and every `limit` between; the answer errs by less than that spacing's share of curvature. False when `to`
// is empty.
bool within(std::span<const Segment> from, std::span<const Segment> to, double limit);

}  // namespace gridloom
