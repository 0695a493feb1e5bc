// SPDX-License-Identifier: Apache-2.0
// From drawn lines to a network that densities run along, and events put on it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/density/network_density.h"
#include "engine/geometry/point.h"

namespace gridloom {

// Index: street. Streets run between nodes: the ends of lines, and places where lines share a vertex. Lines that cross
// without one (bridges, tunnels) are not joined.
struct StreetNetwork {
  std::vector<Street> streets;
  std::vector<std::vector<Point>> line;  // two points at least, consecutive ones differ
  std::vector<std::uint32_t> of_line;    // which of the lines given it is of: the first that draws it; ascending
  std::size_t nodes = 0;
  std::size_t parts = 0;  // connected ones
  double length_m = 0;
};

// Lines on the lattice; repeated points, lines without length and streets drawn twice are left out. Independent of the
// order of the lines but for the numbering. O(n log n) in the vertices.
StreetNetwork street_network(std::span<const std::vector<Point>> lines);

struct StreetPlaces {
  std::vector<StreetEvent> events;  // of one place: one, with the sum of the weights
  std::size_t on = 0;               // points that have a street
  std::size_t off = 0;              // that have none within the reach: left out
};

// Each point goes to the nearest street, the lowest number among equals. `weights` as in kernel_density; `reach_m` at
// most 1 000 000. O(points log n).
StreetPlaces place_on_streets(const StreetNetwork&, std::span<const Point>, std::span<const double> weights,
                              double reach_m, unsigned threads);

// The line of each piece that network_density has a value for, in its order; ends to the millimetre.
std::vector<std::vector<Point>> street_pieces(const StreetNetwork&, const NetworkDensity&);

}  // namespace gridloom
