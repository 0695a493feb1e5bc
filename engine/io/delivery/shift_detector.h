// SPDX-License-Identifier: Apache-2.0
// Finds layers that were delivered in GCJ-02 or BD-09 without saying so, by how well their lines fit the administrative
// lines before and after the shift is undone. Private to engine/io.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/geometry/nearest_segment.h"
#include "engine/io/datum.h"

namespace gridloom {

using GroundLine = std::vector<Projected>;  // a polyline or ring in the working CRS

// Distances to the nearest of many lines, up to a reach. O(n log n) to build, O(log n) a query on city-like data.
class SegmentIndex {
 public:
  SegmentIndex(std::span<const GroundLine> lines, double reach_m);
  // Metres to the nearest segment; `reach` when there is none so near.
  double distance(Projected p) const;

 private:
  double reach_m_;
  Lattice lattice_;  // around the lines
  NearestSegment segments_;
};

struct ShiftFinding {
  Datum datum = Datum::gcj02;
  double before_m = 0;        // median distance of the layer's lines to administrative lines, as delivered
  double after_m = 0;         // and with the shift undone
  double shift_m = 0;         // length of the shift at the layer's centre
  bool overwhelming = false;  // before >= 5 x after: undo it
};

// `lines`: a layer's lines on the ground as if it were WGS 84. A layer need not follow the administrative lines
// everywhere: the samples judged are those that lie within 150 m of an administrative line before or after. Empty where
// the lines fit as they are (less than twice better undone), where too few samples (60) are near any, and outside
// China. Reported between 2 and 5, undone from 5. Deterministic; O(lines + samples).
std::optional<ShiftFinding> find_shift(std::span<const GroundLine> lines, const SegmentIndex& admin,
                                       const std::string& working_crs);

}  // namespace gridloom
