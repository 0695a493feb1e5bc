// SPDX-License-Identifier: Apache-2.0
#include "engine/arrangement/noding.h"

#include <algorithm>
#include <iterator>

#include "engine/geometry/box_index.h"
#include "engine/parallel.h"

namespace gridloom {
namespace {

constexpr std::size_t kBlock = 4096;

template <class T>
std::vector<T> joined(std::vector<std::vector<T>> parts) {
  std::vector<T> all;
  std::size_t n = 0;
  for (const auto& part : parts) n += part.size();
  all.reserve(n);
  for (auto& part : parts) {
    all.insert(all.end(), part.begin(), part.end());
    part = {};
  }
  return all;
}

std::vector<Point> crossings(std::span<const Segment> segments, const BoxIndex& index, unsigned threads) {
  std::vector<std::vector<Point>> found((segments.size() + kBlock - 1) / kBlock);
  parallel_blocks(segments.size(), kBlock, threads, [&](std::size_t block, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i)
      index.query(box_of(segments[i]), [&](std::uint32_t j) {
        if (j <= i) return;
        if (const auto p = proper_crossing(segments[i], segments[j])) found[block].push_back(*p);
      });
  });
  return joined(std::move(found));
}

std::vector<Point> hot_pixels(std::span<const Segment> segments, const BoxIndex& index, unsigned threads) {
  std::vector<Point> hot = crossings(segments, index, threads);
  hot.reserve(hot.size() + 2 * segments.size());
  for (const Segment& s : segments) {
    hot.push_back(s.a);
    hot.push_back(s.b);
  }
  parallel_sort(hot, threads);
  hot.erase(std::unique(hot.begin(), hot.end()), hot.end());
  return hot;
}

// A segment meets the pixel of a point that is not one of its ends. `along` orders the points of one segment: the hot
// pixels a line meets are ordered by the projections of their centres, without ties.
struct Hit {
  std::uint32_t segment;
  std::int64_t along;
  Point pixel;
  friend auto operator<=>(const Hit&, const Hit&) = default;
};

std::vector<Hit> hits(std::span<const Segment> segments, std::span<const Point> hot, const BoxIndex& index,
                      unsigned threads) {
  std::vector<std::vector<Hit>> found((hot.size() + kBlock - 1) / kBlock);
  parallel_blocks(hot.size(), kBlock, threads, [&](std::size_t block, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Point p = hot[i];
      index.query({p, p}, [&](std::uint32_t j) {
        const Segment& s = segments[j];
        if (s.a != p && s.b != p && meets_pixel(s, p)) found[block].push_back({j, along(s, p), p});
      });
    }
  });
  std::vector<Hit> all = joined(std::move(found));
  parallel_sort(all, threads);
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
  const std::vector<Point> hot = hot_pixels(segments, index, threads);
  const std::vector<Hit> cuts = hits(segments, hot, index, threads);

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
