// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/noding.h"

#include <algorithm>
#include <iterator>

#include "engine/base/parallel.h"
#include "engine/geometry/box_index.h"

namespace gridloom {
namespace {

constexpr std::size_t kBlock = 4096;

// A segment meets the pixel of a point that is not one of its ends. `along` orders the points of one segment: the hot
// pixels a line meets are ordered by the projections of their centres, without ties.
struct Hit {
  std::uint32_t segment;
  std::int64_t along;
  Point pixel;
  friend auto operator<=>(const Hit&, const Hit&) = default;
};

void test(const Segment& s, std::uint32_t segment, Point p, std::vector<Hit>& hits) {
  if (s.a != p && s.b != p && meets_pixel(s, p)) hits.push_back({segment, along(s, p), p});
}

struct Found {
  std::vector<Hit> hits;         // of the pixels of segments' ends
  std::vector<Point> crossings;  // their pixels are hot as well
};

// Whatever happens where the boxes of two segments meet. Lattice points: a pixel meets no segment whose box its centre
// is outside of. Segments are asked for in the order of the tree, so that neighbours find their answers in the cache.
std::vector<Found> meet(std::span<const Segment> segments, const BoxIndex& index, unsigned threads) {
  std::vector<Found> found((segments.size() + kBlock - 1) / kBlock);
  parallel_blocks(segments.size(), kBlock, threads, [&](std::size_t block, std::size_t begin, std::size_t end) {
    Found& here = found[block];
    for (const std::uint32_t i : index.items().subspan(begin, end - begin)) {
      const Segment s = segments[i];
      // The first of the segments that start at a point asks for it, if they stand together.
      const bool asks = i == 0 || segments[i - 1].a != s.a;
      index.query(box_of(s), [&](std::uint32_t j) {
        if (j == i) return;
        const Segment& t = segments[j];
        const Box box = box_of(t);
        if (asks && box.intersects({s.a, s.a})) test(t, j, s.a, here.hits);
        if (box.intersects({s.b, s.b})) test(t, j, s.b, here.hits);
        if (j > i)
          if (const auto p = proper_crossing(s, t)) here.crossings.push_back(*p);
      });
    }
  });
  return found;
}

// All hits, ascending.
std::vector<Hit> hits(std::span<const Segment> segments, const BoxIndex& index, unsigned threads) {
  std::vector<Found> found = meet(segments, index, threads);
  parallel_for(found.size(), threads, [&](std::size_t block) {
    std::vector<Hit>& hits = found[block].hits;
    std::vector<Point>& crossings = found[block].crossings;
    std::sort(crossings.begin(), crossings.end());
    crossings.erase(std::unique(crossings.begin(), crossings.end()), crossings.end());
    for (const Point p : crossings) index.query({p, p}, [&](std::uint32_t j) { test(segments[j], j, p, hits); });
    crossings = {};
  });
  std::size_t n = 0;
  for (const Found& part : found) n += part.hits.size();
  std::vector<Hit> all;
  all.reserve(n);
  for (Found& part : found) {
    all.insert(all.end(), part.hits.begin(), part.hits.end());
    part = {};
  }
  parallel_sort(all, threads);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Piece piece(Point from, Point to, std::uint32_t source) {
  return from < to ? Piece{{from, to}, source, true} : Piece{{to, from}, source, false};
}

}  // namespace

std::vector<Piece> snap_round(std::span<const Segment> segments, unsigned threads) {
  std::vector<Box> boxes(segments.size());
  std::transform(segments.begin(), segments.end(), boxes.begin(), [](const Segment& s) { return box_of(s); });
  const BoxIndex index(boxes);
  const std::vector<Hit> cuts = hits(segments, index, threads);

  std::vector<Piece> pieces;
  pieces.reserve(segments.size() + cuts.size());
  auto cut = cuts.begin();
  for (std::uint32_t i = 0; i < segments.size(); ++i) {
    Point from = segments[i].a;
    for (; cut != cuts.end() && cut->segment == i; ++cut) {
      pieces.push_back(piece(from, cut->pixel, i));
      from = cut->pixel;
    }
    pieces.push_back(piece(from, segments[i].b, i));
  }
  parallel_sort(pieces, threads);
  return pieces;
}

}  // namespace gridloom
