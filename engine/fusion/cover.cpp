// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/cover.h"

#include <algorithm>
#include <map>

namespace gridloom {

CoverTable cover_table(const Labeling& labeling) {
  CoverTable table;
  table.states.push_back({});
  std::map<CoverState, std::uint32_t> known{{{}, 0}};
  for (FaceId f = 0; f < labeling.of_face.size(); ++f) {
    CoverState state;
    if (labeling.of_face[f] != kGap) state.push_back(labeling.of_face[f]);
    for (const OverlapLabel& o : labeling.further(f)) state.push_back(o.label);
    const auto [at, fresh] = known.emplace(state, static_cast<std::uint32_t>(table.states.size()));
    if (fresh) table.states.push_back(std::move(state));
    table.of_face.push_back(at->second);
  }
  return table;
}

}  // namespace gridloom
