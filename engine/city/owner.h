// SPDX-License-Identifier: Apache-2.0
// Whose a located point is.
#pragma once

#include "engine/arrangement/locate.h"
#include "engine/city/city.h"

namespace gridloom {

// The atom a located point belongs to: on a line between grids the one whose grid has the lower code, and of its atoms
// the lowest. kOutside outside the city.
FaceId owning_atom(const City&, const Location&);

}  // namespace gridloom
