// SPDX-License-Identifier: Apache-2.0
// Colours that tell neighbours apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/arrangement/labeling.h"

namespace gridloom {

// Which labels share a boundary, and how long it is in arc points: a plain measure of how much it matters.
struct Neighbour {
  std::uint32_t label = 0;
  std::uint32_t weight = 0;
};
using Neighbours = std::vector<std::vector<Neighbour>>;  // sorted by label

// Gaps and the outside have no neighbours. O(arcs log arcs).
Neighbours neighbours(const Arrangement&, std::span<const Label> of_face, std::size_t label_count);

// A colour index below `colours` for every label, different for neighbours as far as that many colours allow: the most
// constrained label first (Brélaz, "New methods to color the vertices of a graph", 1979), each taking among the colours
// that its neighbours left the one used least so far, so that all are used alike. When none is left it takes the one
// with the shortest shared boundary. Deterministic. O((labels * colours + boundaries) log labels).
std::vector<std::uint32_t> colour_graph(const Neighbours&, std::uint32_t colours);

}  // namespace gridloom
