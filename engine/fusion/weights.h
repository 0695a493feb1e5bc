// SPDX-License-Identifier: Apache-2.0
// Areal weighting: areas laid over the faces of an arrangement.
#pragma once

#include <span>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/city/delivery.h"

namespace gridloom {

// What part of an area lies on a face.
struct AreaShare {
  std::uint32_t area = 0;
  FaceId face = kOutside;  // kOutside: on no included face
  double ground_m2 = 0;
};

// The pieces of every area, in an order that depends on the geometry alone; where areas overlap each counts. Shares of
// one area and face may come in several pieces. O(n log n).
std::vector<AreaShare> areal_shares(const Arrangement&, const std::vector<bool>& included,
                                    std::span<const std::span<const Ring>> areas, unsigned threads);

struct ArealWeights {
  std::vector<double> people;      // per face
  std::vector<double> households;  // per face; empty where none were delivered
};

// People (and households) per face. Each area's people are spread evenly over its ground on the faces with included[f];
// the total of the areas that count is kept to rounding. An area with less than a twentieth of its ground there belongs
// to a neighbouring city: its people are left out, and a finding says so. Where areas overlap each counts. O(n log n).
ArealWeights areal_weights(const Arrangement&, const std::vector<bool>& included, const DeliveredPopulation&,
                           unsigned threads, std::vector<Finding>&);

}  // namespace gridloom
