// SPDX-License-Identifier: Apache-2.0
// The hard skeleton: which administrative units every face belongs to.
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/build.h"
#include "engine/city/city.h"

namespace gridloom {

// Admin levels over the faces of a raw subdivision: total inside the frame, nested exactly.
struct Frame {
  std::vector<AdminLevel> levels;   // of_face: kGap outside the frame
  std::vector<Conflict> conflicts;  // in the levels' own lines; ground left empty, faces in conflict_faces
  std::vector<std::vector<FaceId>> conflict_faces;
  // Grids whose lines no merge of faces may cross: special and locked ones, and those of today that are to stay as they
  // are. Empty: there are none.
  std::vector<Label> fixed_grid_of_face, todays_grid_of_face;
  bool inside(FaceId f) const { return levels.back().of_face[f] != kGap; }
  // Per face a number that it shares with those it may merge with; kGap outside the frame.
  std::vector<Label> plots() const;
};

// `labelings` are those of the levels that were delivered, in order; a level without units (the top one only) is the
// union of the next. The frame is what the highest delivered level covers. A unit belongs to the unit above that it
// names, or else that covers most of it. Ground where a level contradicts the one above, or has no unit, goes to the
// neighbouring unit with the longest border when it is narrower (2A/P) than the level's accuracy or smaller than a
// hectare, and where there is none under its parent to the unit beside it under another; other ground becomes a unit of
// its own, "<parent code>000": directly under its parent. Loose pieces under 1 m2, noise of two lines rounded apart, go
// to the unit with the longest border or leave the frame. Everything but full agreement is a conflict.
Frame resolve_frame(const FuseInput&, const Arrangement&, std::span<const Labeling> labelings);

}  // namespace gridloom
