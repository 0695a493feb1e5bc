// SPDX-License-Identifier: Apache-2.0
// The table of unified grids: measures, codes, names.
#pragma once

#include <string>

#include "engine/arrangement/locate.h"
#include "engine/fusion/city.h"
#include "engine/fusion/unify.h"

namespace gridloom {

// Fills City::grids and City::grid_of_face from regions over its atoms. Codes are the parent's code and a serial
// number, counted in rows from north to south and in each row from west to east (DB11/T 2157-2023), per unit. Throws
// DataError when a unit needs more serial numbers than `options.serial_digits` give. Returns the region of each grid.
std::vector<std::uint32_t> number_grids(City&, const Regions&, const UnifyOptions& options,
                                        const std::string& valid_from);

// The atom a located point belongs to: on a line between grids the one whose grid has the lower code, and of its atoms
// the lowest. kOutside outside the city.
FaceId owning_atom(const City&, const Location&);

// A grid's name for people, in both languages: its parent and its serial number. Grid::name holds the city's own.
Text grid_title(const City&, const Grid&);

}  // namespace gridloom
