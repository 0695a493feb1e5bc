// SPDX-License-Identifier: Apache-2.0
// One face cut along a line: noding and faces, without the rest of the arrangement. Private to engine/arrangement.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/geometry/point.h"

namespace gridloom {

struct CutFace {
  struct Wall {  // a piece of an old boundary line, walked as before
    std::vector<Point> line;
    std::uint32_t left = 0;  // part
  };
  struct Cut {  // a new boundary between two parts
    std::vector<Point> line;
    std::uint32_t left = 0, right = 0;
  };
  std::uint32_t parts = 0;               // part 0 is the largest
  std::vector<std::vector<Wall>> walls;  // parallel to the face's walls
  std::vector<Cut> cuts;
};

// `walls` are the lines of the face's boundary, each walked with the face on its left; beyond(i) gives the boundary
// lines of the face on the other side of wall i. Throws EditRefused.
CutFace cut_face(const Lattice&, const std::vector<std::vector<Point>>& walls, std::span<const Point> line,
                 const std::function<std::vector<std::vector<Point>>(std::size_t)>& beyond);

}  // namespace gridloom
