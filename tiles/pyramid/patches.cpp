// SPDX-License-Identifier: Apache-2.0
#include "tiles/pyramid/patches.h"

#include <algorithm>

namespace gridloom {
namespace {

std::vector<bool> used_labels(const Labeling& labeling, std::size_t count) {
  std::vector<bool> used(count, false);
  for (Label l : labeling.of_face)
    if (l >= 0 && static_cast<std::size_t>(l) < count) used[static_cast<std::size_t>(l)] = true;
  for (const OverlapLabel& o : labeling.overlaps) used[static_cast<std::size_t>(o.label)] = true;
  return used;
}

Box box_of(const Arrangement& m, const ArcRing& ring) {
  Box box;
  for (HalfEdge h : ring)
    for (Point p : m.points_of(h.arc())) box.extend(p);
  return box;
}

}  // namespace

std::vector<std::uint32_t> Patches::meeting(const Box& box) const {
  std::vector<std::uint32_t> found;
  index.query(box, [&](std::uint32_t i) { found.push_back(i); });
  std::sort(found.begin(), found.end());
  return found;
}

Patches make_patches(const ZoomLevel& level, const Labeling& of_city, std::size_t label_count) {
  Dissolved dissolved = dissolve(level.map, labels_at(level, of_city), label_count);
  const std::vector<bool> used = used_labels(of_city, label_count);
  Patches out;
  std::vector<Box> boxes;
  for (std::size_t l = 0; l < label_count; ++l) {
    std::vector<ArcPolygon>& polygons = dissolved.of_label[l];
    if (polygons.empty() && used[l]) out.collapsed.push_back(static_cast<Label>(l));
    for (ArcPolygon& p : polygons) {
      boxes.push_back(box_of(level.map, p.shell));
      out.all.push_back({static_cast<Label>(l), boxes.back(), std::move(p)});
    }
  }
  out.index = BoxIndex(boxes);
  return out;
}

}  // namespace gridloom
