// SPDX-License-Identifier: Apache-2.0
// Layers that were delivered as a whole some metres off.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/city/conflict.h"
#include "engine/city/delivery.h"

namespace gridloom {

struct Shift {
  std::size_t layer = 0;
  LayerShift found;
  bool clear = false;  // half of the lines fit once moved, at nine times the odds
};

// Per layer that does not fit: less than four fifths of its lines lie within 5 m of a trusted line (administrative, of
// better accuracy, among equals of higher rank), and at least a quarter, at four times the odds, would, once moved by
// at least 2 m. The translation minimises the distances from sampled places to the lines beside them, the nearest three
// tenths at a time, then eight tenths of those within 15 m (point-to-line iterative closest points: Chen & Medioni
// 1992; trimmed: Chetverikov et al. 2002), starting from the best twelve of all vectors of a 10 m lattice up to 200 m
// long; a longer shift is not found. O(n log n) once and 3 * 10^5 searches per layer that does not fit. The result does
// not depend on threads. Stops within a fraction of a second when a WatchScope says so.
std::vector<Shift> find_shifts(const FuseInput&, unsigned threads);

// Undoes what the layers' words say: `apply` what was found, `detect` what is clear, `keep` and locked layers nothing.
// Every shift is told with its outcome.
std::vector<Shift> undo_shifts(FuseInput&, unsigned threads);

}  // namespace gridloom
