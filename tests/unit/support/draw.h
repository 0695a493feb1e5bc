// SPDX-License-Identifier: Apache-2.0
// Draws cases for the tests of the core: ASCII maps, random city-like stacks, and slow obvious answers to compare with.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/arrangement/build.h"
#include "engine/arrangement/labeling.h"
#include "engine/geometry/ring.h"

namespace gridloom::draw {

using Rings = std::vector<Ring>;
using Cells = std::vector<Rings>;  // of one layer
using Stack = std::vector<Cells>;  // of all layers
using Rows = std::vector<std::string_view>;

inline constexpr std::int32_t kSquare = 1000;  // side of a drawn square: 1 m
inline const Lattice kLattice{"EPSG:32618", 500000, 4500000};

inline std::vector<StackLayer> view(const Stack& stack) {
  std::vector<StackLayer> out;
  for (const Cells& cells : stack) {
    out.emplace_back();
    for (const Rings& rings : cells) out.back().cells.emplace_back(rings);
  }
  return out;
}

inline Subdivision build_stack(const Stack& stack, unsigned threads = 1) {
  return build(kLattice, view(stack), threads);
}

// --- random numbers: the same on every platform ---

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  // In [low, high].
  std::int32_t between(std::int64_t low, std::int64_t high) {
    return static_cast<std::int32_t>(low +
                                     static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1)));
  }
  bool one_in(int n) { return between(1, n) == 1; }
  double real() { return static_cast<double>(engine_() >> 11) / 9007199254740992.0; }
  template <class T>
  void shuffle(std::vector<T>& v) {
    for (std::size_t i = v.size(); i > 1; --i)
      std::swap(v[i - 1], v[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(i) - 1))]);
  }

 private:
  std::mt19937_64 engine_;
};

// --- tracing regions of squares ---

using Corner = std::pair<int, int>;  // column, row from below

// The outline of every region of a grid of squares, `of_square[row][column]`, rows from below, negative: nobody. Rings
// of corners with the ground on the left; regions that touch at a corner come apart there.
inline std::vector<std::vector<std::vector<Corner>>> outlines(const std::vector<std::vector<int>>& of_square,
                                                              int regions) {
  const int rows = static_cast<int>(of_square.size()), columns = static_cast<int>(of_square[0].size());
  const auto at = [&](int c, int r) { return c < 0 || r < 0 || c >= columns || r >= rows ? -1 : of_square[r][c]; };
  std::vector<std::vector<std::vector<Corner>>> out(regions);
  for (int region = 0; region < regions; ++region) {
    std::set<std::pair<Corner, Corner>> edges;
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) {
        if (at(c, r) != region) continue;
        if (at(c, r - 1) != region) edges.insert({{c, r}, {c + 1, r}});
        if (at(c + 1, r) != region) edges.insert({{c + 1, r}, {c + 1, r + 1}});
        if (at(c, r + 1) != region) edges.insert({{c + 1, r + 1}, {c, r + 1}});
        if (at(c - 1, r) != region) edges.insert({{c, r + 1}, {c, r}});
      }
    while (!edges.empty()) {
      std::vector<Corner> ring;
      auto edge = *edges.begin();
      while (edges.erase(edge) > 0) {
        ring.push_back(edge.first);
        const auto [from, to] = edge;
        const int dx = to.first - from.first, dy = to.second - from.second;
        // Left, straight, right: on the same square as long as possible.
        for (const auto& [tx, ty] : {std::pair{-dy, dx}, std::pair{dx, dy}, std::pair{dy, -dx}}) {
          edge = {to, {to.first + tx, to.second + ty}};
          if (edges.contains(edge)) break;
        }
      }
      out[region].push_back(std::move(ring));
    }
  }
  return out;
}

inline Ring ring_of(std::vector<Point> points) {
  Ring ring{std::move(points), false};
  ring.hole = doubled_area(ring.points) < 0;
  return ring;
}

// --- ASCII maps ---

// One layer: every letter of `names` is a cell, in that order; anything else is nobody's. The first row is the
// northernmost. Rings have vertices at turns only, so that neighbours differ in density.
inline Cells cells(const Rows& rows, std::string_view names, std::int32_t square = kSquare) {
  std::vector<std::vector<int>> grid;
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
    grid.emplace_back();
    for (char c : *row)
      grid.back().push_back(names.find(c) == std::string_view::npos ? -1 : static_cast<int>(names.find(c)));
  }
  Cells out;
  for (const auto& region : outlines(grid, static_cast<int>(names.size()))) {
    out.emplace_back();
    for (const auto& corners : region) {
      std::vector<Point> points;
      const std::size_t n = corners.size();
      for (std::size_t i = 0; i < n; ++i) {
        const Corner &p = corners[(i + n - 1) % n], &q = corners[i], &r = corners[(i + 1) % n];
        if ((q.first - p.first) * (r.second - q.second) != (q.second - p.second) * (r.first - q.first))
          points.push_back({q.first * square, q.second * square});
      }
      out.back().push_back(ring_of(std::move(points)));
    }
  }
  return out;
}

// Centre of the drawn square, rows counted from above as drawn.
inline Point centre(const Rows& rows, std::size_t column, std::size_t row, std::int32_t square = kSquare) {
  return {static_cast<std::int32_t>(column) * square + square / 2,
          static_cast<std::int32_t>(rows.size() - 1 - row) * square + square / 2};
}

// --- slow answers ---

inline Int128 turn(Point a, Point b, Point c) {
  return static_cast<Int128>(static_cast<std::int64_t>(b.x) - a.x) * (static_cast<std::int64_t>(c.y) - a.y) -
         static_cast<Int128>(static_cast<std::int64_t>(b.y) - a.y) * (static_cast<std::int64_t>(c.x) - a.x);
}

inline bool on(Point a, Point b, Point p) {
  return turn(a, b, p) == 0 && std::min(a.x, b.x) <= p.x && p.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= p.y &&
         p.y <= std::max(a.y, b.y);
}

// Winding number of a closed point list (the last point need not repeat the first) around p; empty on the line itself.
inline std::optional<int> winding(std::span<const Point> ring, Point p) {
  int wound = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const Point a = ring[i], b = ring[(i + 1) % ring.size()];
    if (on(a, b, p)) return std::nullopt;
    if (a.y <= p.y && b.y > p.y && turn(a, b, p) > 0) ++wound;
    if (b.y <= p.y && a.y > p.y && turn(a, b, p) < 0) --wound;
  }
  return wound;
}

// Winding number of a cell, shells counted counter-clockwise and holes clockwise; empty on a ring.
inline std::optional<int> winding(const Rings& rings, Point p) {
  int sum = 0;
  for (const Ring& ring : rings) {
    const auto wound = winding(ring.points, p);
    if (!wound) return std::nullopt;
    Int128 area = 0;
    for (std::size_t i = 0; i < ring.points.size(); ++i)
      area += turn({0, 0}, ring.points[i], ring.points[(i + 1) % ring.points.size()]);
    sum += (area < 0) != ring.hole ? -*wound : *wound;
  }
  return sum;
}

// The cells of a layer that cover p by their rings, ascending; empty optional on a ring of any of them.
inline std::optional<std::vector<Label>> covering(const Cells& layer, Point p) {
  std::vector<Label> out;
  for (std::size_t c = 0; c < layer.size(); ++c) {
    const auto wound = winding(layer[c], p);
    if (!wound) return std::nullopt;
    if (*wound != 0) out.push_back(static_cast<Label>(c));
  }
  return out;
}

// The cells of a layer that cover a face, ascending.
inline std::vector<Label> cover(const Labeling& l, FaceId f) {
  std::vector<Label> out;
  if (l.of_face[f] != kGap) out.push_back(l.of_face[f]);
  for (const OverlapLabel& o : l.overlaps)
    if (o.face == f) out.push_back(o.label);
  return out;
}

// Is p inside the face, by counting the face's own arcs above p? Undefined on an arc.
inline bool inside(const Arrangement& m, FaceId f, Point p) {
  bool odd = false;
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    if ((m.arcs[a].left == f) == (m.arcs[a].right == f)) continue;
    const auto q = m.points_of(a);
    for (std::size_t i = 0; i + 1 < q.size(); ++i) {
      const Point s = std::min(q[i], q[i + 1]), t = std::max(q[i], q[i + 1]);
      if (s.x <= p.x && p.x < t.x && turn(s, t, p) < 0) odd = !odd;
    }
  }
  return odd;
}

// All faces whose closed ground holds p, ascending, the outside included: one, unless p lies on an arc. O(points).
inline std::vector<FaceId> faces_at(const Arrangement& m, Point p) {
  std::set<FaceId> touching;
  std::vector<bool> odd(m.face_count, false);
  for (const Arc& arc : m.arcs)
    for (std::uint32_t i = arc.first; i + 1 < arc.first + arc.count; ++i) {
      if (on(m.points[i], m.points[i + 1], p)) touching.insert({arc.left, arc.right});
      const Point s = std::min(m.points[i], m.points[i + 1]), t = std::max(m.points[i], m.points[i + 1]);
      if (arc.left == arc.right || s.x > p.x || p.x >= t.x || turn(s, t, p) >= 0) continue;
      odd[arc.left] = !odd[arc.left];
      odd[arc.right] = !odd[arc.right];
    }
  if (!touching.empty()) return {touching.begin(), touching.end()};
  for (FaceId f = 1; f < m.face_count; ++f)
    if (odd[f]) return {f};
  return {kOutside};
}

// --- random city-like stacks ---

struct CityOptions {
  int columns = 10, rows = 10;
  int layers = 3;
  int regions = 24;             // per layer, roughly
  std::int32_t block = 40'000;  // mm
  int bends = 3;                // segments of every block side
  int slack = 3;                // borders that are meant to be the same differ by at most so much in x and y
  bool ragged = false;          // so do the borders of neighbours within a layer: slivers and gaps between them
  int odd_rings = 0;            // one ring in so many is invalid; 0: none
  int empty_squares = 0;        // one square in so many is nobody's; 0: none
};

// Layers over one network of crooked streets: every layer picks its own regions of blocks and digitises the streets by
// itself.
class RandomCity {
 public:
  RandomCity(std::uint64_t seed, const CityOptions& o) : random_(seed), o_(o) {}

  Stack stack() {
    Stack out;
    for (int l = 0; l < o_.layers; ++l) out.push_back(layer());
    return out;
  }

 private:
  using Street = std::vector<Point>;  // both ends included

  Point corner(Corner c) {
    const auto [at, fresh] = corners_.try_emplace(c);
    if (fresh) {
      const std::int32_t sway = o_.block / 4;
      at->second = {c.first * o_.block + random_.between(-sway, sway),
                    c.second * o_.block + random_.between(-sway, sway)};
    }
    return at->second;
  }

  // From the lower to the higher corner; bends stay near enough to the chord that streets never cross.
  const Street& street(Corner from, Corner to) {
    const auto [at, fresh] = streets_.try_emplace({from, to});
    if (fresh) {
      const Point a = corner(from), b = corner(to);
      const std::int32_t sway = o_.block / 16;
      at->second.push_back(a);
      for (int i = 1; i < o_.bends; ++i)
        at->second.push_back({a.x + (b.x - a.x) * i / o_.bends + random_.between(-sway, sway),
                              a.y + (b.y - a.y) * i / o_.bends + random_.between(-sway, sway)});
      at->second.push_back(b);
    }
    return at->second;
  }

  std::vector<std::vector<int>> regions() {
    std::vector<std::vector<int>> of(o_.rows, std::vector<int>(o_.columns, -1));
    std::vector<Corner> frontier;
    for (int i = 0; i < o_.regions; ++i) {
      const Corner seed{random_.between(0, o_.columns - 1), random_.between(0, o_.rows - 1)};
      if (of[seed.second][seed.first] < 0) frontier.push_back(seed);
      of[seed.second][seed.first] = i;
    }
    while (!frontier.empty()) {
      const std::size_t k =
          static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(frontier.size()) - 1));
      const auto [c, r] = frontier[k];
      std::vector<Corner> free;
      for (const auto& [dc, dr] : {Corner{1, 0}, Corner{0, 1}, Corner{-1, 0}, Corner{0, -1}}) {
        const Corner next{c + dc, r + dr};
        if (next.first < 0 || next.second < 0 || next.first >= o_.columns || next.second >= o_.rows) continue;
        if (of[next.second][next.first] < 0) free.push_back(next);
      }
      if (free.empty()) {
        frontier.erase(frontier.begin() + static_cast<std::ptrdiff_t>(k));
        continue;
      }
      const Corner next =
          free[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(free.size()) - 1))];
      of[next.second][next.first] = of[r][c];
      frontier.push_back(next);
    }
    for (auto& row : of)
      for (int& region : row)
        if (o_.empty_squares > 0 && random_.one_in(o_.empty_squares)) region = -1;
    return of;
  }

  // How the layer (or the cell, when ragged) drew a place: the same whenever it drew it.
  Point drawn(Point p) {
    const auto [at, fresh] = drawn_.try_emplace(p);
    if (fresh) at->second = {p.x + random_.between(-o_.slack, o_.slack), p.y + random_.between(-o_.slack, o_.slack)};
    return at->second;
  }

  Ring ring(const std::vector<Corner>& corners, bool dense) {
    Ring out;
    for (std::size_t i = 0; i < corners.size(); ++i) {
      const Corner a = corners[i], b = corners[(i + 1) % corners.size()];
      Street way = street(std::min(a, b), std::max(a, b));
      if (b < a) std::reverse(way.begin(), way.end());
      for (std::size_t k = 0; k + 1 < way.size(); ++k) {
        out.points.push_back(drawn(way[k]));
        // Half way, the same seen from both sides.
        if (dense) out.points.push_back(drawn({(way[k].x + way[k + 1].x) / 2, (way[k].y + way[k + 1].y) / 2}));
      }
    }
    out.hole = doubled_area(out.points) < 0;
    return out;
  }

  void spoil(Rings& rings, std::size_t which) {
    std::vector<Point>& p = rings[which].points;
    const std::size_t i = static_cast<std::size_t>(random_.between(1, static_cast<std::int64_t>(p.size()) - 3));
    const auto place = p.begin() + static_cast<std::ptrdiff_t>(i);
    switch (random_.between(0, 4)) {
      case 0:
        std::swap(p[i], p[i + 1]);
        break;  // a bow-tie
      case 1:
        p.insert(place + 1, {{p[i].x + 5'000, p[i].y + 7'001}, p[i]});
        break;  // a spike
      case 2:
        p.insert(place, p[i]);
        break;  // a repeated point
      case 3:
        std::reverse(p.begin(), p.end());
        break;  // the wrong way round
      default:
        rings.push_back(rings[which]);  // the ring twice
    }
  }

  Cells layer() {
    drawn_.clear();
    const bool dense = random_.one_in(3);
    Cells out;
    for (const auto& region : outlines(regions(), o_.regions)) {
      out.emplace_back();
      if (o_.ragged) drawn_.clear();
      for (const auto& corners : region) out.back().push_back(ring(corners, dense));
      for (std::size_t i = 0, n = out.back().size(); i < n; ++i)
        if (o_.odd_rings > 0 && random_.one_in(o_.odd_rings)) spoil(out.back(), i);
    }
    return out;
  }

  Random random_;
  CityOptions o_;
  std::map<Corner, Point> corners_;
  std::map<std::pair<Corner, Corner>, Street> streets_;
  std::map<Point, Point> drawn_;
};

inline Stack random_city(std::uint64_t seed, const CityOptions& options) { return RandomCity(seed, options).stack(); }

inline std::size_t segment_count(const Stack& stack) {
  std::size_t n = 0;
  for (const Cells& layer : stack)
    for (const Rings& cell : layer)
      for (const Ring& ring : cell) n += ring.points.size();
  return n;
}

// Every kind of a fault list, for messages and for asking what was caught.
template <class Faults>
std::set<std::string> kinds(const Faults& faults) {
  std::set<std::string> out;
  for (const auto& f : faults) out.insert(f.kind);
  return out;
}

template <class Faults>
std::string said(const Faults& faults) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(faults.size(), 5); ++i)
    out += faults[i].kind + ": " + plain_text(faults[i].what) + "\n";
  return out;
}

}  // namespace gridloom::draw
