// SPDX-License-Identifier: Apache-2.0
// What was repaired or seen on the way from files to the fused city, as facts, for the person who runs the command.
#pragma once

#include <string>
#include <variant>

#include "engine/base/errors.h"
#include "engine/city/conflict.h"

namespace gridloom {

// Of a feature whose data names a parent that hardly holds it.
struct DoubtedParent {
  std::string parent_layer;  // id
  std::string named, most;   // ids of its cells: the one that is named, and the one that holds most of the feature
  double named_share = 0, most_share = 0;
  double ground_m2 = 0;  // of the feature, where the parent layer has a cell
};

// Of a feature whose rings cross or overlap themselves: that ground was kept once.
struct CrossingRings {
  double ground_m2 = 0;
};

// Of a population area that lies outside the frame.
struct PeopleOutside {
  double people = 0;
};

// A reason is one of reading, for server/words as those of errors are.
using FindingFacts = std::variant<Reason, LayerShift, LayerAdjustment, DoubtedParent, CrossingRings, PeopleOutside>;

struct Finding {
  std::string file;
  std::string layer;
  std::string feature;
  FindingFacts facts;
};

}  // namespace gridloom
