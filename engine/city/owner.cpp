// SPDX-License-Identifier: Apache-2.0
#include "engine/city/owner.h"

#include <string>

namespace gridloom {

FaceId owning_atom(const City& city, const Location& location) {
  if (location.touching.empty()) return location.face;
  const auto code = [&](FaceId atom) -> const std::string& { return city.grids[city.grid_of_face[atom]].code; };
  FaceId best = kOutside;
  for (FaceId atom : location.touching)
    if (atom != kOutside && (best == kOutside || code(atom) < code(best))) best = atom;
  return best;
}

}  // namespace gridloom
