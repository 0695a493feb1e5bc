// SPDX-License-Identifier: Apache-2.0
#include "engine/io/inspection/overlay.h"

#include <cmath>
#include <stdexcept>
#include <unordered_map>

#include "engine/io/crs.h"

namespace gridloom {
namespace {

using Cells = std::vector<std::vector<Ring>>;

Lattice lattice_of(const std::string& crs, const std::vector<Extent>& extents) {
  Extent all;
  for (const Extent& e : extents) {
    all.add(e.min_x, e.min_y);
    all.add(e.max_x, e.max_y);
  }
  const Projected centre = all.centre();
  return {crs, std::round(centre.x / 1000) * 1000, std::round(centre.y / 1000) * 1000};
}

std::vector<Point> on_lattice(const std::vector<Projected>& line, const Lattice& lattice) {
  std::vector<Point> points;
  for (const Projected p : line) {
    const Point at = lattice.round(p);
    if (points.empty() || !(at == points.back())) points.push_back(at);
  }
  while (points.size() > 1 && points.front() == points.back()) points.pop_back();
  return points;
}

Cells cells_of(const InspectedTable& table, const Lattice& lattice) {
  PositionReader reader(table.source.crs.empty() ? table.crs : table.source.crs, lattice.crs);
  Cells cells(table.layer->features.size());
  for (std::size_t f = 0; f < cells.size(); ++f)
    for (const RawRing& raw : table.rings(f)) {
      try {
        std::vector<Point> points = on_lattice(ring_on_ground(raw, table.source.swapped, reader), lattice);
        if (points.size() > 2) cells[f].push_back({std::move(points), raw.hole});
      } catch (const std::out_of_range&) {
        // Far from everything else: no ground of this city.
      }
    }
  return cells;
}

}  // namespace

Overlay::Overlay(const std::vector<const InspectedTable*>& tables, const std::string& crs, unsigned threads) {
  for (const InspectedTable* table : tables) {
    PositionReader reader(table->source.crs.empty() ? table->crs : table->source.crs, crs);
    extents_.push_back(image_of(table->source.swapped ? table->extent.swapped() : table->extent, reader));
    cells_.push_back(table->layer->features.size());
  }
  ground_.resize(tables.size());
  overlapping_.resize(tables.size());
  if (tables.empty()) return;
  const Lattice lattice = lattice_of(crs, extents_);
  std::vector<Cells> cells;
  std::vector<StackLayer> stack;
  for (const InspectedTable* table : tables) cells.push_back(cells_of(*table, lattice));
  for (const Cells& layer : cells) {
    stack.emplace_back();
    for (const std::vector<Ring>& cell : layer) stack.back().cells.emplace_back(cell);
  }
  subdivision_ = build(lattice, stack, threads);
  for (const Int128 doubled : doubled_areas(subdivision_.arrangement))
    area_.push_back(static_cast<double>(doubled) / 2e6);
  area_[kOutside] = 0;
  for (std::size_t f = 0; f < area_.size(); ++f) {
    for (std::size_t t = 0; t < tables.size(); ++t) {
      const Labeling& labels = subdivision_.labelings[t];
      if (labels.of_face[f] == kGap) continue;
      ground_[t] += area_[f];
      if (!labels.further(static_cast<FaceId>(f)).empty()) overlapping_[t] += area_[f];
    }
  }
  for (std::size_t t = 0; t < tables.size(); ++t)
    if (ground_[t] > 0) overlapping_[t] /= ground_[t];
}

Overlap Overlay::overlap(std::size_t of, std::size_t in) const {
  Overlap overlap;
  overlap.best.assign(cells_[of], SIZE_MAX);
  std::vector<std::unordered_map<Label, double>> shares(cells_[of]);
  const auto& a = subdivision_.labelings[of].of_face;
  const auto& b = subdivision_.labelings[in].of_face;
  double common = 0, most = 0;
  for (std::size_t f = 0; f < area_.size(); ++f) {
    if (a[f] == kGap || b[f] == kGap) continue;
    common += area_[f];
    shares[static_cast<std::size_t>(a[f])][b[f]] += area_[f];
  }
  for (std::size_t c = 0; c < shares.size(); ++c) {
    double best = 0;
    for (const auto& [label, area] : shares[c])
      if (area > best || (area == best && static_cast<std::size_t>(label) < overlap.best[c])) {
        best = area;
        overlap.best[c] = static_cast<std::size_t>(label);
      }
    most += best;
  }
  overlap.covered = ground_[of] > 0 ? common / ground_[of] : 0;
  overlap.nested = common > 0 ? most / common : 0;
  return overlap;
}

}  // namespace gridloom
