// SPDX-License-Identifier: Apache-2.0
// Any bytes as a stack of layers, and what must hold of every arrangement made from one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/arrangement/adjacency.h"
#include "engine/arrangement/build.h"
#include "engine/arrangement/locate.h"
#include "engine/arrangement/snapshot.h"
#include "engine/arrangement/verify.h"
#include "engine/geometry/ring.h"
#include "fuzz/bytes.h"

namespace gridloom::fuzz {

using Stack = std::vector<std::vector<std::vector<Ring>>>;

struct Case {
  Stack stack;
  std::vector<Point> cut;  // a line to cut the largest face with
};

// Two bytes a vertex: coordinates 0 .. 63 times a stretch that the first byte chooses, so that lines meet, touch and
// run over each other often, and pass near corners without touching them. The top bits end rings, cells and layers.
inline Case case_from(Bytes bytes) {
  constexpr std::int32_t kStretch[] = {1, 1, 2, 3, 7, 1000, 999'983, 8'000'009};
  Case out;
  if (bytes.empty()) return out;
  const std::int32_t sx = kStretch[bytes[0] & 7], sy = kStretch[bytes[0] >> 3 & 7];
  out.stack.assign(1, {{Ring{}}});
  for (std::size_t i = 1; i + 1 < bytes.size() && i < 600; i += 2) {
    const Point p{(bytes[i] & 63) * sx - 5, (bytes[i + 1] & 63) * sy - 9};
    if (out.cut.size() < 3) {
      out.cut.push_back(p);
      continue;
    }
    out.stack.back().back().back().points.push_back(p);
    const int end = bytes[i] >> 6;
    if (end >= 1) out.stack.back().back().push_back(Ring{{}, (bytes[i + 1] & 64) != 0});
    if (end >= 2) out.stack.back().push_back({Ring{}});
    if (end >= 3 && (bytes[i + 1] & 128) && out.stack.size() < 6) out.stack.push_back({{Ring{}}});
  }
  return out;
}

inline std::vector<StackLayer> view_of(const Case& c) {
  std::vector<StackLayer> view;
  for (const auto& cells : c.stack) {
    view.emplace_back();
    for (const auto& rings : cells) view.back().cells.emplace_back(rings);
  }
  return view;
}

inline std::string check_stack(Bytes data) {
  const Case c = case_from(data);
  const std::vector<StackLayer> view = view_of(c);
  const Lattice lattice{"EPSG:32650", 0, 0};
  const Subdivision s = build(lattice, view, 1);
  const Arrangement& m = s.arrangement;
  const auto said = [](const std::vector<Fault>& faults) {
    return faults.front().kind + ": " + plain_text(faults.front().what);
  };
  if (const auto faults = verify(m); !faults.empty()) return said(faults);
  if (!(build(lattice, view, 4).arrangement == m)) return "threads make a difference";

  const std::vector<Int128> area = doubled_areas(m);
  for (std::size_t l = 0; l < view.size(); ++l) {
    const Dissolved ground = dissolve(m, s.labelings[l], view[l].cells.size());
    std::vector<Int128> labelled(view[l].cells.size(), 0);
    for (FaceId f = 1; f < m.face_count; ++f)
      if (s.labelings[l].of_face[f] != kGap) labelled[s.labelings[l].of_face[f]] += area[f];
    for (const OverlapLabel& o : s.labelings[l].overlaps) labelled[o.label] += area[o.face];
    for (std::size_t cell = 0; cell < labelled.size(); ++cell) {
      Int128 sum = 0;
      for (const ArcPolygon& polygon : ground.of_label[cell]) {
        sum += doubled_area(points_of(m, polygon.shell));
        for (const ArcRing& hole : polygon.holes) sum += doubled_area(points_of(m, hole));
      }
      if (sum != labelled[cell]) return "dissolved ground is not that of the faces";
    }
  }

  const PointLocator locator(m);
  for (Point p : c.cut) {
    const Location at = locator.locate(p);
    if (at.face >= m.face_count) return "located in no face";
  }
  if (m.face_count < 2) return "";
  FaceId largest = 1;
  for (FaceId f = 1; f < m.face_count; ++f)
    if (area[f] > area[largest]) largest = f;
  try {
    const Snapshot after = Snapshot(m, s.labelings).cut(largest, c.cut);
    if (const auto faults = verify(after.flat().arrangement); !faults.empty()) return "after a cut, " + said(faults);
  } catch (const EditRefused&) {
  }
  return "";
}

}  // namespace gridloom::fuzz
