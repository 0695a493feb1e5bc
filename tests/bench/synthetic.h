// SPDX-License-Identifier: Apache-2.0
// Synthetic cities and provinces: stacks of layers over one network of streets, as messy as delivered ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/arrangement/build.h"
#include "engine/geometry/ring.h"

namespace gridloom::bench {

struct SyntheticOptions {
  std::uint64_t seed = 1;
  std::size_t segments = 100'000;      // of all layers together, roughly: the ground grows, its density stays
  int layers = 12;                     // districts of 1 to 12 blocks; each digitises the streets by itself
  std::int32_t most_jitter = 100'000;  // mm: layers lie off by 0, 0, 1, 5, 20, 50, 100 % ... of it, smoothly in space
  bool alike = false;                  // all layers lie off by most_jitter
  bool simplified = true;              // coarse layers keep one bend in so many
  int odd_rings = 100;                 // one ring in so many is a bow-tie, has a spike or is delivered twice; 0: none
};

using SyntheticStack = std::vector<std::vector<std::vector<Ring>>>;  // layer, cell, ring

// The same stack for the same options on every machine. O(segments).
SyntheticStack synthetic(const SyntheticOptions&);

// How far a layer lies off at most, but for a fifth more.
double displacement_m(const SyntheticOptions&, int layer);

std::vector<StackLayer> view(const SyntheticStack&);

}  // namespace gridloom::bench
