// SPDX-License-Identifier: Apache-2.0
// How today's grids live on in new ones: homes of atoms, codes that stay, codes that are given up.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/city/city.h"
#include "engine/fusion/unify.h"
#include "engine/fusion/weights.h"

namespace gridloom {

// A code stays with the grid in which at least this share of its households live on.
inline constexpr double kKeepsCode = 0.7;

// The grids of a city that was fused before, for a city on another lattice of the same CRS. Throws DataError where the
// CRS differs or a grid lies off the new lattice.
Predecessor predecessor_of(const City&, const Lattice&);

// Today's grids laid over the atoms.
struct Inheritance {
  std::vector<AreaShare> shares;    // area: index in Predecessor::grids
  std::vector<Label> home_of_face;  // atom -> grid that covers most of it, the lower of equals; kGap: none
};

// O(n log n).
Inheritance inherit(const Arrangement& atoms, std::span<const DrawnGrid> today, unsigned threads);

struct KeptCodes {
  std::vector<Label> heir_of;   // [region] today's grid whose code it keeps; kGap: it gets a new code
  std::set<std::string> taken;  // codes that were ever given: never again
};

// A region keeps the code of the grid of which it holds at least kKeepsCode of the households (of the area where nobody
// lives), of several the one with most households; never across units. Households of an atom are spread evenly over its
// ground.
KeptCodes keep_codes(const City&, const Regions&, const Predecessor&, const Inheritance&);

// Fills City::succession (the predecessor's, then what became of each of its grids that did not stay whole) and
// Grid::households_moved.
void record_succession(City&, const Predecessor&, const Inheritance&, const std::string& at);

}  // namespace gridloom
