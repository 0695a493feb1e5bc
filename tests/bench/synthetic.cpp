// SPDX-License-Identifier: Apache-2.0
#include "bench/synthetic.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <unordered_map>

namespace gridloom::bench {
namespace {

constexpr std::int32_t kBlock = 120'000;  // mm
constexpr int kBends = 8;                 // segments of a block's side

std::uint64_t mixed(std::uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// A number that belongs to a few others.
template <class... Numbers>
std::uint64_t hash(std::uint64_t seed, Numbers... numbers) {
  ((seed = mixed(seed ^ static_cast<std::uint64_t>(numbers))), ...);
  return seed;
}

// In [-1, 1).
double unit(std::uint64_t h) { return static_cast<double>(h >> 11) / 4503599627370496.0 - 1.0; }

// Value noise with bilinear interpolation: smooth over `wave` mm.
double noise(std::uint64_t seed, std::int64_t x, std::int64_t y, std::int64_t wave) {
  const std::int64_t i = x >= 0 ? x / wave : -((-x + wave - 1) / wave),
                     j = y >= 0 ? y / wave : -((-y + wave - 1) / wave);
  const double u = static_cast<double>(x - i * wave) / static_cast<double>(wave);
  const double v = static_cast<double>(y - j * wave) / static_cast<double>(wave);
  const auto at = [&](std::int64_t a, std::int64_t b) { return unit(hash(seed, a, b)); };
  const double low = at(i, j) + u * (at(i + 1, j) - at(i, j)),
               high = at(i, j + 1) + u * (at(i + 1, j + 1) - at(i, j + 1));
  return low + v * (high - low);
}

struct LayerStyle {
  int region;     // blocks in a row of a region
  double jitter;  // share of the most
  int every;      // keeps one bend in so many
  int dropped;    // one region in so many is joined to its neighbour
  int ragged;     // one cell in so many is digitised by itself: slivers along its borders; 0: none
};

// Coarse layers are simplified and lie off more, as in life.
constexpr LayerStyle kStyles[] = {{1, 0, 1, 0, 0},   {2, 0, 1, 9, 40}, {2, .01, 1, 7, 0},  {3, .05, 2, 0, 0},
                                  {3, 0, 1, 5, 20},  {4, .2, 2, 9, 0}, {4, .01, 1, 0, 30}, {6, .5, 4, 6, 0},
                                  {6, .05, 1, 8, 0}, {8, 1, 8, 0, 0},  {8, 0, 1, 7, 25},   {12, .2, 4, 0, 0}};

// Segments of all layers for one block, about: each region's border is drawn from both sides.
double segments_per_block(int layers) {
  double sum = 0;
  for (int l = 0; l < layers; ++l) {
    const LayerStyle& s = kStyles[l % std::size(kStyles)];
    sum += 4.0 * kBends / s.every / s.region;
  }
  return sum;
}

struct Corner {
  int column, row;
  friend bool operator==(const Corner&, const Corner&) = default;
};

class Streets {
 public:
  Streets(const SyntheticOptions& o, int side) : o_(o), side_(side) {}

  // Streets are crooked: their corners and bends lie off the chessboard, for all layers alike.
  Point at(std::int64_t x, std::int64_t y) const {
    const std::int64_t half = static_cast<std::int64_t>(side_) * kBlock / 2;
    const double dx =
        noise(o_.seed, x, y, kBlock * 2 / 3) * .25 * kBlock + noise(o_.seed + 1, x, y, kBlock / kBends) * 6'000;
    const double dy =
        noise(o_.seed + 2, x, y, kBlock * 2 / 3) * .25 * kBlock + noise(o_.seed + 3, x, y, kBlock / kBends) * 6'000;
    return {static_cast<std::int32_t>(x - half + std::llround(dx)),
            static_cast<std::int32_t>(y - half + std::llround(dy))};
  }

  // The same point as a layer has it; ragged cells have it a few centimetres off.
  Point drawn(Point p, int layer, std::uint64_t raggedness) const {
    const double most = 1000 * displacement_m(o_, layer);
    const std::uint64_t seed = hash(o_.seed, 100, layer);
    double dx = most * noise(seed, p.x, p.y, 20 * kBlock) + .2 * most * noise(seed + 1, p.x, p.y, kBlock);
    double dy = most * noise(seed + 2, p.x, p.y, 20 * kBlock) + .2 * most * noise(seed + 3, p.x, p.y, kBlock);
    if (raggedness != 0) {
      dx += 80 * unit(hash(raggedness, p.x, p.y));
      dy += 80 * unit(hash(raggedness, p.y, p.x));
    }
    return {static_cast<std::int32_t>(p.x + std::llround(dx)), static_cast<std::int32_t>(p.y + std::llround(dy))};
  }

 private:
  const SyntheticOptions& o_;
  int side_;
};

class LayerMaker {
 public:
  LayerMaker(const SyntheticOptions& o, int side, int layer)
      : o_(o), side_(side), layer_(layer), style_(kStyles[layer % std::size(kStyles)]), streets_(o, side) {}

  std::vector<std::vector<Ring>> cells() {
    const int across = (side_ + style_.region - 1) / style_.region;
    std::vector<std::vector<std::pair<Corner, Corner>>> edges(static_cast<std::size_t>(across) * across);
    for (int r = 0; r < side_; ++r)
      for (int c = 0; c < side_; ++c) {
        const int own = region(c, r);
        if (own < 0) continue;
        auto& out = edges[static_cast<std::size_t>(own)];
        if (region(c, r - 1) != own) out.push_back({{c, r}, {c + 1, r}});
        if (region(c + 1, r) != own) out.push_back({{c + 1, r}, {c + 1, r + 1}});
        if (region(c, r + 1) != own) out.push_back({{c + 1, r + 1}, {c, r + 1}});
        if (region(c - 1, r) != own) out.push_back({{c, r + 1}, {c, r}});
      }
    std::vector<std::vector<Ring>> out;
    for (std::size_t k = 0; k < edges.size(); ++k) {
      if (edges[k].empty()) continue;
      out.push_back(rings(edges[k], hash(o_.seed, 7, layer_, k)));
      if (o_.odd_rings > 0 && hash(o_.seed, 8, layer_, k) % static_cast<std::uint64_t>(o_.odd_rings) == 0) spoil(out);
    }
    return out;
  }

 private:
  // The region of a block: square, frayed by a block at its rim; -1 outside and on the odd lake.
  int region(int c, int r) const {
    if (c < 0 || r < 0 || c >= side_ || r >= side_) return -1;
    const int across = (side_ + style_.region - 1) / style_.region;
    int i = c / style_.region, j = r / style_.region;
    const std::uint64_t h = hash(o_.seed, 5, layer_, c, r);
    if (h % 211 == 0) return -1;
    if (style_.region > 1 && h % 7 == 1 && c % style_.region == 0 && i > 0) --i;
    if (style_.region > 1 && h % 7 == 2 && r % style_.region == 0 && j > 0) --j;
    if (style_.region > 3 && h % 53 == 3) i = (i + across / 2) % across;  // an exclave
    if (style_.dropped > 0 && i > 0 && hash(o_.seed, 6, layer_, i, j) % static_cast<std::uint64_t>(style_.dropped) == 0)
      --i;
    return j * across + i;
  }

  std::vector<Ring> rings(const std::vector<std::pair<Corner, Corner>>& edges, std::uint64_t cell) const {
    const auto key = [](Corner c) {
      return static_cast<std::uint64_t>(c.column) << 32 | static_cast<std::uint32_t>(c.row);
    };
    std::unordered_multimap<std::uint64_t, std::size_t> from;
    for (std::size_t e = 0; e < edges.size(); ++e) from.emplace(key(edges[e].first), e);
    const bool ragged = style_.ragged > 0 && cell % static_cast<std::uint64_t>(style_.ragged) == 0;
    std::vector<char> used(edges.size(), 0);
    std::vector<Ring> out;
    for (std::size_t start = 0; start < edges.size(); ++start) {
      if (used[start]) continue;
      Ring ring;
      for (std::size_t e = start; !used[e];) {
        used[e] = 1;
        draw_side(edges[e].first, edges[e].second, ragged ? cell | 1 : 0, ring.points);
        // Where two ways lead on, the left one keeps pieces that touch at a corner apart.
        const auto [begin, end] = from.equal_range(key(edges[e].second));
        std::size_t next = start;
        int best = -2;
        for (auto i = begin; i != end; ++i) {
          if (used[i->second]) continue;
          const int turn = left_turn(edges[e], edges[i->second]);
          if (turn > best) best = turn, next = i->second;
        }
        e = next;
      }
      ring.hole = doubled_area(ring.points) < 0;
      out.push_back(std::move(ring));
    }
    return out;
  }

  static int left_turn(const std::pair<Corner, Corner>& a, const std::pair<Corner, Corner>& b) {
    const int ax = a.second.column - a.first.column, ay = a.second.row - a.first.row;
    const int bx = b.second.column - b.first.column, by = b.second.row - b.first.row;
    return ax * by - ay * bx;
  }

  // The bends of a block's side, from whichever end, without its last corner.
  void draw_side(Corner a, Corner b, std::uint64_t raggedness, std::vector<Point>& out) const {
    for (int k = 0; k < kBends; k += o_.simplified ? style_.every : 1) {
      const std::int64_t x = static_cast<std::int64_t>(a.column) * kBlock +
                             static_cast<std::int64_t>(b.column - a.column) * kBlock * k / kBends;
      const std::int64_t y =
          static_cast<std::int64_t>(a.row) * kBlock + static_cast<std::int64_t>(b.row - a.row) * kBlock * k / kBends;
      const Point p = streets_.drawn(streets_.at(x, y), layer_, raggedness);
      if (out.empty() || out.back() != p) out.push_back(p);
    }
  }

  // The last cell gets a bow-tie, a spike, or a twin.
  void spoil(std::vector<std::vector<Ring>>& cells) const {
    std::vector<Point>& p = cells.back().front().points;
    const std::uint64_t h = hash(o_.seed, 9, layer_, cells.size());
    const std::size_t at = 1 + h % (p.size() - 2);
    if (h % 3 == 0) {
      std::swap(p[at], p[at + 1 < p.size() ? at + 1 : 0]);
    } else if (h % 3 == 1) {
      const Point tip{p[at].x + 30'000, p[at].y + 17'000}, foot = p[at];
      p.insert(p.begin() + static_cast<std::ptrdiff_t>(at), {foot, tip});
    } else {
      cells.push_back(cells.back());
    }
  }

  const SyntheticOptions& o_;
  int side_, layer_;
  const LayerStyle& style_;
  Streets streets_;
};

}  // namespace

double displacement_m(const SyntheticOptions& o, int layer) {
  return (o.alike ? 1 : kStyles[layer % std::size(kStyles)].jitter) * o.most_jitter / 1000;
}

SyntheticStack synthetic(const SyntheticOptions& o) {
  const int side = std::max(
      2, static_cast<int>(std::lround(std::sqrt(static_cast<double>(o.segments) / segments_per_block(o.layers)))));
  SyntheticStack out;
  for (int l = 0; l < o.layers; ++l) out.push_back(LayerMaker(o, side, l).cells());
  return out;
}

std::vector<StackLayer> view(const SyntheticStack& stack) {
  std::vector<StackLayer> out;
  for (const auto& cells : stack) {
    out.emplace_back();
    for (const auto& rings : cells) out.back().cells.emplace_back(rings);
  }
  return out;
}

}  // namespace gridloom::bench
