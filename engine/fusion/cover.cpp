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
    CoverState state = cover_of(labeling, f);
    const auto [at, fresh] = known.emplace(state, static_cast<std::uint32_t>(table.states.size()));
    if (fresh) table.states.push_back(std::move(state));
    table.of_face.push_back(at->second);
  }
  return table;
}

std::vector<char> covered_cells(const CoverTable& covers, std::size_t cells) {
  std::vector<char> out(cells, 1);
  for (std::uint32_t state : covers.of_face)
    if (covers.states[state].size() == 1) out[static_cast<std::size_t>(covers.states[state].front())] = 0;
  return out;
}

}  // namespace gridloom
