// SPDX-License-Identifier: Apache-2.0
// The main job: delivered layers in, a fused city out.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/progress.h"
#include "engine/city/city.h"
#include "engine/city/delivery.h"

namespace gridloom {

struct FuseOptions {
  unsigned threads = 1;  // the result does not depend on it
  std::string today;     // ISO date for valid_from and history; empty: the system's date
};

// What a person wants to read after the run; every number is also derivable from the city.
struct FuseStatistics {
  std::size_t raw_segments = 0;
  std::size_t distinct_segments = 0;
  std::size_t raw_faces = 0;       // bounded faces inside the frame before alignment
  std::size_t raw_thin_faces = 0;  // of these, mean width 2A/P under AlignOptions::min_width_m
  std::size_t thin_atoms = 0;
  std::size_t doubtful_parents = 0;  // features whose declared parent the overlaps speak against; findings name them
  double people_in_band = 0;         // of the grids the band speaks of, see quality.h
  std::vector<std::pair<std::string, double>> seconds;  // by stage
};

struct Fused {
  City city;
  FuseStatistics statistics;
  std::vector<Finding> findings;  // of reading and of fusion
};

// Reads nothing, writes nothing. Throws DataError where the input cannot be fused (no ground in the frame, more than 64
// layers, serial numbers exhausted) and Cancelled. O(n log n) in segments + crossings, plus regionalisation per unit.
Fused fuse(FuseInput, const FuseOptions&, Progress&);

}  // namespace gridloom
