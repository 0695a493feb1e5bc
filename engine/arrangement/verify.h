// SPDX-License-Identifier: Apache-2.0
// Proof that an arrangement is one, in exact integer arithmetic, by code that shares nothing with the builder.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/arrangement/arrangement.h"
#include "engine/arrangement/labeling.h"
#include "engine/base/errors.h"

namespace gridloom {

// A violation: its kind, the place it was seen at (lattice point), and what is wrong there.
// Kinds: "crossing" (arcs meet elsewhere than at a node), "moved vertex" (an arc does not start or end at its node),
// "repeated point", "doubled arc", "dropped arc" (arc ends without partner, or a face's boundary does not close),
// "wrong side" (arcs around a node disagree about a face), "doubled face" (one face id on two separate
// pieces of ground), "euler" (V - E + F != 1 + C), "area" (a face's area is not positive, or the sum is off), "swapped
// label" (arc support and labels disagree), "not total" (a bounded face without a required label), "not contiguous",
// "not nested", "crosswalk" (sums that do not agree), "bad index". A recorded area that does not fit the geometry is a
// "moved vertex", too.
struct Fault {
  std::string kind;
  Point at;
  Reason what;
};

// O(n log n) for n arc segments of city-like data. Reports at most `limit` faults.
std::vector<Fault> verify(const Arrangement&, std::size_t limit = 100);

// For every arc, bit l set <=> labelings[l] differs (leading or further labels) between its two faces.
std::vector<std::uint64_t> arc_support(const Arrangement&, std::span<const Labeling* const> labelings);

}  // namespace gridloom
