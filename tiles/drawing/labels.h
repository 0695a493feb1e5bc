// SPDX-License-Identifier: Apache-2.0
// Which names a map shows at a zoom, and where: decided once for the whole map, so that no tile cuts or doubles one.
#pragma once

#include <string>
#include <vector>

#include "tiles/drawing/anchor.h"

namespace gridloom {

enum class LabelClass {
  upper,
  admin,
  item
};  // admin units above the lowest level, of the lowest, and what the map shows

struct LabelCandidate {
  LabelClass kind = LabelClass::item;
  std::string text;
  std::string short_text;  // in its stead where it does not fit; may be empty
  Anchor anchor;
  double size = 10;  // font size in pixels
};

struct PlacedLabel {
  LabelClass kind = LabelClass::item;
  std::string text;  // lines separated by '\n'
  Mercator at;
  double size = 10;
  double width = 0, height = 0;  // estimated, in pixels
};

// Takes candidates by class, then by room, then by order, each where it fits its polygon and meets no other; items only
// at zooms where a good part of them fits. Zoom as in TileId: a pixel is 2 * kMercatorHalf / (256 * 2^zoom) metres.
// O(candidates * placed).
std::vector<PlacedLabel> place_labels(const std::vector<LabelCandidate>&, unsigned zoom);

}  // namespace gridloom
