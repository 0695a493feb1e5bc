// SPDX-License-Identifier: Apache-2.0
#include "engine/density/street_network.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/geometry/nearest_segment.h"

namespace gridloom {
namespace {

using Line = std::vector<Point>;

double metres_between(Point a, Point b) {
  return std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y) / 1000;
}

double length_of(const Line& line) {
  double sum = 0;
  for (std::size_t i = 1; i < line.size(); ++i) sum += metres_between(line[i - 1], line[i]);
  return sum;
}

// Ends of lines, and vertices that occur more than once.
std::vector<Point> nodes_of(const std::vector<Line>& lines) {
  std::vector<Point> all, nodes;
  for (const Line& line : lines) {
    if (line.size() < 2) continue;
    all.insert(all.end(), line.begin(), line.end());
    nodes.push_back(line.front());
    nodes.push_back(line.back());
  }
  std::sort(all.begin(), all.end());
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i] == all[i - 1]) nodes.push_back(all[i]);
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

// Without repeated points; what is left of a line without length is shorter than two points.
std::vector<Line> cleaned(std::span<const Line> lines) {
  std::vector<Line> out(lines.begin(), lines.end());
  for (Line& line : out) line.erase(std::unique(line.begin(), line.end()), line.end());
  return out;
}

std::size_t parts_of(const std::vector<Street>& streets, std::size_t nodes) {
  std::vector<std::uint32_t> root(nodes);
  std::iota(root.begin(), root.end(), 0u);
  const auto find = [&](std::uint32_t n) {
    while (root[n] != n) n = root[n] = root[root[n]];
    return n;
  };
  std::size_t parts = nodes;
  for (const Street& s : streets)
    if (const auto a = find(s.from), b = find(s.to); a != b) root[a] = b, --parts;
  return parts;
}

// Where a street is nearest to a point, in metres from its `from`.
double offset_along(Point from, Point to, double before_m, Point p) {
  const double dx = static_cast<double>(to.x) - from.x, dy = static_cast<double>(to.y) - from.y;
  const double px = static_cast<double>(p.x) - from.x, py = static_cast<double>(p.y) - from.y;
  const double share = std::clamp((px * dx + py * dy) / (dx * dx + dy * dy), 0.0, 1.0);
  return before_m + share * metres_between(from, to);
}

}  // namespace

StreetNetwork street_network(std::span<const std::vector<Point>> given) {
  const std::vector<Line> lines = cleaned(given);
  const std::vector<Point> nodes = nodes_of(lines);
  const auto node = [&](Point p) {
    const auto at = std::lower_bound(nodes.begin(), nodes.end(), p);
    return at != nodes.end() && *at == p ? at - nodes.begin() : std::ptrdiff_t{-1};
  };
  StreetNetwork network;
  network.nodes = nodes.size();
  std::set<Line> known;
  for (std::uint32_t l = 0; l < lines.size(); ++l) {
    const Line& line = lines[l];
    if (line.size() < 2) continue;
    Line street{line.front()};
    for (std::size_t i = 1; i < line.size(); ++i) {
      street.push_back(line[i]);
      if (node(line[i]) < 0) continue;
      const Line backward(street.rbegin(), street.rend());
      if (known.insert(std::min(street, backward)).second) {
        const double length = length_of(street);
        network.streets.push_back({static_cast<std::uint32_t>(node(street.front())),
                                   static_cast<std::uint32_t>(node(street.back())), length});
        network.length_m += length;
        network.line.push_back(std::move(street));
        network.of_line.push_back(l);
      }
      street = {line[i]};
    }
  }
  network.parts = parts_of(network.streets, network.nodes);
  return network;
}

StreetPlaces place_on_streets(const StreetNetwork& network, std::span<const Point> points,
                              std::span<const double> weights, double reach_m, unsigned threads) {
  struct Stretch {
    std::uint32_t street;
    Point from, to;  // along the street, whatever the order of the segment's ends
    double before_m;
  };
  std::vector<Segment> segments;
  std::vector<Stretch> of_segment;
  for (std::uint32_t s = 0; s < network.line.size(); ++s) {
    double before = 0;
    for (std::size_t i = 1; i < network.line[s].size(); ++i) {
      const Point from = network.line[s][i - 1], to = network.line[s][i];
      segments.push_back(segment_between(from, to));
      of_segment.push_back({s, from, to, before});
      before += metres_between(from, to);
    }
  }
  const NearestSegment index(std::move(segments));
  std::vector<std::pair<std::uint32_t, double>> place(points.size(), {UINT32_MAX, 0.0});
  parallel_blocks(points.size(), 1024, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t e = begin; e < end; ++e) {
      const auto found = index.nearest(points[e], reach_m * 1000, [](std::uint32_t) { return true; });
      if (!found) continue;
      const Stretch& on = of_segment[found->segment];
      const double offset = offset_along(on.from, on.to, on.before_m, points[e]);
      place[e] = {on.street, std::min(offset, network.streets[on.street].length_m)};
    }
  });
  StreetPlaces out;
  std::map<std::pair<std::uint32_t, double>, std::vector<double>> at;
  for (std::size_t e = 0; e < points.size(); ++e) {
    if (place[e].first == UINT32_MAX) {
      ++out.off;
      continue;
    }
    ++out.on;
    at[place[e]].push_back(weights.empty() ? 1 : weights[e]);
  }
  for (auto& [where, each] : at) {
    std::sort(each.begin(), each.end());  // the sum does not depend on the order given
    out.events.push_back({where.first, where.second, std::accumulate(each.begin(), each.end(), 0.0)});
  }
  return out;
}

std::vector<std::vector<Point>> street_pieces(const StreetNetwork& network, const NetworkDensity& density) {
  std::vector<Line> out;
  for (std::size_t s = 0; s < network.line.size(); ++s) {
    const Line& line = network.line[s];
    const std::size_t count = density.start[s + 1] - density.start[s];
    const double piece = network.streets[s].length_m / static_cast<double>(count);
    Line current{line.front()};
    std::size_t done = 0;
    double before = 0;
    for (std::size_t i = 1; i < line.size(); ++i) {
      const double length = metres_between(line[i - 1], line[i]);
      while (done + 1 < count && static_cast<double>(done + 1) * piece < before + length) {
        const double share = (static_cast<double>(++done) * piece - before) / length;
        const auto between = [share](std::int32_t a, std::int32_t b) {
          return static_cast<std::int32_t>(std::lround(a + share * (static_cast<double>(b) - a)));
        };
        const Point cut{between(line[i - 1].x, line[i].x), between(line[i - 1].y, line[i].y)};
        current.push_back(cut);
        out.push_back(std::exchange(current, {cut}));
      }
      current.push_back(line[i]);
      before += length;
    }
    out.push_back(std::move(current));
  }
  return out;
}

}  // namespace gridloom
