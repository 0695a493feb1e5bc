// SPDX-License-Identifier: Apache-2.0
#include "tiles/picture/drawing.h"

namespace gridloom {

std::vector<Spot> rectangle(Spot at, double width, double height) {
  return {at, {at.x + width, at.y}, {at.x + width, at.y + height}, {at.x, at.y + height}};
}

}  // namespace gridloom
