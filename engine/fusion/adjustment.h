// SPDX-License-Identifier: Apache-2.0
// Layers that were digitised each for itself, none of them right, are adjusted together.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/city/conflict.h"
#include "engine/city/delivery.h"

namespace gridloom {

struct AdjustedLayer {
  std::size_t layer = 0;
  LayerAdjustment by;
};

// Where more than half of the layers have next to no line in common with another, each has its own smooth distortion,
// as maps have that were georeferenced one by one. All of them are then estimated at once, by least squares: a layer's
// displacement is a bilinear field over nodes kSpacing apart; places along its lines are drawn to the lines of other
// layers beside them that run the same way, across these (point-to-line, Chen & Medioni 1992), with weights that
// forget lines which mean something else (Geman & McClure 1987, the scale narrowing round by round); fields are smooth,
// and small by the layer's accuracy, so that a layer moves the less the better it is (generalised least squares, as
// cadastral maps are adjusted: Merritt & Masters 1999). Administrative lines and locked layers stay.
//
// Moves the layers, none farther than its accuracy, where a fifth more of their places then lie within 2 m of another's
// line, and at least half do; says what it did. Does nothing and costs little where layers agree. `shift: keep` keeps a
// layer where it is. O(n) searches in the length of the lines, O(area / kSpacing²) unknowns a layer. The result does
// not depend on threads.
std::vector<AdjustedLayer> adjust_layers(FuseInput&, unsigned threads);

}  // namespace gridloom
