// SPDX-License-Identifier: Apache-2.0
// Conflicts, and what they are about, in words.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/arrangement/locate.h"
#include "engine/city/city.h"

namespace gridloom {

// Names with the id or code where the name does not say it: "Precinct 1", "East station (P1)".
Text title_of(const Layer&, const Cell&);
Text title_of(const AdminUnit&);
Text title_of(const Grid&);

// Gaps that were filled and slivers that went to a neighbour, all within the tolerances: no meeting need look at them.
bool settled(const Conflict&);

// What a meeting hears of a conflict: who disagrees on how many people and where, what the fusion proposes, and what
// is to be decided by whom.
struct Question {
  Text finding, proposal, decision;
};

class Questions {
 public:
  // Keeps a reference to the city. O(n log n).
  explicit Questions(const City&);

  // O(atoms) for a nesting, else about O(log n + size of the ground).
  Question about(const Conflict&) const;

 private:
  Text cell(std::size_t layer, const std::string& id) const;
  Text cells(std::size_t layer, const std::vector<std::string>& ids) const;
  Text unit(const std::string& level, const std::string& code) const;
  FaceId face_of(const Conflict&) const;
  Text place(const Conflict&) const;

  // The layer whose line decided a nesting, and the two of its cells that the line parts.
  struct Parent {
    std::size_t layer = 0;
    Label holds = kGap;   // the ground
    Label others = kGap;  // most of the cell that it was delivered in
  };
  std::vector<Parent> parents(const Conflict&) const;

  Question open_gap(const Conflict&) const;
  Question overlap(const Conflict&) const;
  Question nesting(const Conflict&) const;
  Question level_nesting(const Conflict&) const;
  Question split_duty(const Conflict&) const;

  const City& city_;
  PointLocator locator_;
  std::vector<std::map<std::string_view, Label>> cell_of_id_;                          // per layer
  std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> crosswalk_;  // layer, grid -> rows
};

}  // namespace gridloom
