// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/lawful_gaps.h"

#include <numeric>

namespace gridloom {

std::vector<char> lawful_gaps(const Arrangement& m, const Frame& frame, const CoverTable& covers,
                              const Labeling* areas) {
  const auto gap = [&](FaceId f) { return frame.inside(f) && covers.states[covers.of_face[f]].empty(); };
  std::vector<FaceId> piece(m.face_count);
  std::iota(piece.begin(), piece.end(), FaceId{0});
  const auto find = [&](FaceId f) {
    while (piece[f] != f) f = piece[f] = piece[piece[f]];
    return f;
  };
  for (const Arc& a : m.arcs)
    if (gap(a.left) && gap(a.right)) piece[find(a.left)] = find(a.right);
  const std::vector<Int128> area = doubled_areas(m);
  std::vector<Int128> whole(m.face_count, 0), lawful(m.face_count, 0);
  for (FaceId f = 1; f < m.face_count; ++f) {
    whole[find(f)] += area[f];
    if (!areas || areas->of_face[f] != kGap) lawful[find(f)] += area[f];
  }
  std::vector<char> out(m.face_count, 0);
  for (FaceId f = 1; f < m.face_count; ++f) out[f] = gap(f) && 2 * lawful[find(f)] >= whole[find(f)];
  return out;
}

}  // namespace gridloom
