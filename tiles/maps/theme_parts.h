// SPDX-License-Identifier: Apache-2.0
// What the themes of several maps have in common.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tiles/maps/map_definition.h"

namespace gridloom {

// --- colours ---

// A hue for every label, another one than its neighbours' have.
std::vector<std::string> neighbour_colours(const Arrangement&, std::span<const Label> of_face, std::size_t count,
                                           const Palette&);

// The ramp's colours for so many classes, spread over its whole length.
std::vector<Colour> class_colours(const Palette&, std::size_t classes);

// --- words ---

// To so many decimals; divided by a whole number, so that the shortest text of the result has no more of them.
double rounded(double value, int decimals);

// Grids named by their codes, and where there is little room by what follows their parent's.
void name_grids(const City&, Theme&);

// Cells of a layer named by their names, and where there is little room by their ids.
void name_cells(const Layer&, Theme&);

// --- legends ---

void append(std::vector<LegendEntry>& to, std::vector<LegendEntry> more);

// The lines of `item` and of the administrative levels.
std::vector<LegendEntry> line_legend(const City&, const Palette&, Text item);

// The class of zero, then those between the breaks; `unit` follows the numbers.
std::vector<LegendEntry> class_legend(const std::vector<double>& breaks, const std::vector<Colour>&, const Palette&,
                                      const Text& unit);

// --- incidents ---

struct Rates {
  std::vector<std::uint64_t> count;  // per grid
  std::vector<double> per_km2;
};
Rates rates(const MapSubject&);

}  // namespace gridloom
