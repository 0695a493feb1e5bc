// SPDX-License-Identifier: Apache-2.0
// Areas that a drawing (CAD, or lines in any other file) has as closed lines. Private to engine/io.
#pragma once

#include <string>
#include <vector>

#include "engine/city/finding.h"
#include "engine/io/delivery/ground.h"
#include "engine/io/delivery/vector_file.h"

namespace gridloom {

struct GroundRing {
  std::vector<Projected> points;  // in the working CRS
  bool hole = false;
  bool drawn = false;  // by a closed line: what lies in it is not yet a hole
};

// A line that does not come back to its start.
struct OpenLine {
  double gap_m = 0;
  Projected start, end;
};

// The rings that the lines of one feature draw; lines that continue one another are taken together. An opening of no
// more than `tolerance_m` is closed. O(lines²) in one feature.
struct ClosedLines {
  std::vector<GroundRing> rings;
  std::vector<double> closed_gaps_m;
  std::vector<OpenLine> open;
};
ClosedLines close_lines(std::vector<std::vector<Projected>> lines, double tolerance_m);

// Rings that lie in one another: of different ids, the inner one is a hole of the outer one and ground of its own; of
// one id, it is ground and hole by turns. `rings` and `ids` by feature. O(rings² ) boxes, and points where boxes nest.
void nest_drawn_rings(std::vector<std::vector<GroundRing>>& rings, const std::vector<std::string>& ids);

// CAD writes an area's name as a text inside it. Gives the value of the field Text, where a drawn area has none, from
// the text that lies in it, and takes points off the layer: they are lettering there. `rings` and the layer's features
// stay parallel. Texts in no area, and second ones, are told.
void take_labels(RawLayer& layer, std::vector<std::vector<GroundRing>>& rings,
                 const std::vector<std::optional<Projected>>& points, const std::string& layer_id,
                 std::vector<Finding>& findings);

}  // namespace gridloom
