// SPDX-License-Identifier: Apache-2.0
// Proof of a whole city, and its canonical digest.
#pragma once

#include <string>
#include <vector>

#include "engine/arrangement/verify.h"
#include "engine/city/city.h"

namespace gridloom {

inline constexpr std::size_t kMostFaults = 100;  // that are told

// The arrangement's proof, and: every admin level, the grid labeling and the layers are total (id, gap or overlap),
// every grid is one edge-connected piece inside one unit of the lowest level, arc support agrees with the labels, units
// nest, grid areas and populations are the sums of their atoms. Then every stored number that follows from what else is
// stored, counted again by code that shares nothing with what produced it: crosswalk, responsibilities, zones, quality
// (verify_quality.h, verify_raw.h), grids' costs, plans, succession (verify_plans.h), conflicts (verify_conflicts.h).
// These faults name table, row, metric and both numbers.
//
// Not verifiable, because what they follow from is not stored:
//   atoms           people and households of an atom (the population areas), only their sums
//   conflicts       people to more than what the atoms allow, for an atom may lie in several areas; of administrative
//                   levels only the area (their lines as delivered); notes
//   layers that were moved before alignment (`shift`, adjustment): their conflicts but for area, raw contradictions
//   quality, raw    faces, thin_faces, nesting_confidence, reference_distance, suggested_accuracy: they follow from the
//                   subdivision before alignment; checked for sense
//   plans           lower_bound_m beyond its bounds, infeasible, relaxed_proven: what only a search can prove; of units
//                   with uninhabited grids a least and a most
//   succession      former grids: shares but for their proportion to households, and of days with two updates
//   grids           households_moved beyond its bounds, for the former grids are not stored; names, dates
//   history, incidents' attributes
//   `aligned_*`, `admin_*`, `zones`, `grids` geometry: copies of the atoms' that no reader takes
std::vector<Fault> verify(const City&, std::size_t limit = kMostFaults, unsigned threads = 1);

// Canonical digest (32 hex digits) of geometry (as seen from the lower left corner of the city's box), labelings, codes
// and derived tables. Independent of arc and face numbering, of arc direction, of threads and of input order; without
// timestamps.
std::string digest(const City&);

}  // namespace gridloom
