// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/displacement.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "engine/arrangement/locate.h"
#include "engine/base/parallel.h"
#include "engine/geometry/nearest_segment.h"

namespace gridloom {
namespace {

constexpr std::size_t kSamples = 5000;
constexpr double kFarthest_m = 1000;
constexpr double kSameLine_m = 0.002;

// Every segment of an arrangement, with the arc it belongs to.
class Segments {
 public:
  explicit Segments(const Arrangement& m) : nearest_(all(m)) {
    for (ArcId a = 0; a < m.arcs.size(); ++a) arc_.insert(arc_.end(), m.arcs[a].count - 1, a);
  }

  // Metres to the nearest segment of an arc that counts; kFarthest_m where none is as near.
  double nearest_m(Point p, const std::vector<char>& counts) const {
    const auto found =
        nearest_.nearest(p, kFarthest_m * Lattice::kPerMetre, [&](std::uint32_t s) { return counts[arc_[s]] != 0; });
    return found ? found->distance / Lattice::kPerMetre : kFarthest_m;
  }

 private:
  static std::vector<Segment> all(const Arrangement& m) {
    std::vector<Segment> out;
    for (ArcId a = 0; a < m.arcs.size(); ++a) {
      const auto p = m.points_of(a);
      for (std::size_t i = 0; i + 1 < p.size(); ++i) out.push_back(segment_between(p[i], p[i + 1]));
    }
    return out;
  }

  NearestSegment nearest_;
  std::vector<ArcId> arc_;
};

// The middles of at most kSamples stretches of equal length, none under a metre, along segments walked in order.
class Places {
 public:
  explicit Places(double metres) : step_(std::max(1.0, metres / kSamples)), to_next_(step_ / 2) {}

  void walk(Point a, Point b) {
    const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y;
    const double metres = std::hypot(dx, dy) / Lattice::kPerMetre;
    for (; to_next_ <= metres; to_next_ += step_)
      places.push_back({a.x + static_cast<std::int32_t>(std::lround(dx * to_next_ / metres)),
                        a.y + static_cast<std::int32_t>(std::lround(dy * to_next_ / metres))});
    to_next_ -= metres;
  }

  std::vector<Point> places;

 private:
  double step_, to_next_;  // metres; from here to the next place
};

// Along the arcs that count.
std::vector<Point> sampled(const Arrangement& m, const std::vector<char>& counts, const std::vector<double>& length) {
  double all = 0;
  for (ArcId a = 0; a < m.arcs.size(); ++a) all += counts[a] ? length[a] : 0;
  Places out(all);
  for (ArcId a = 0; a < m.arcs.size(); ++a) {
    if (!counts[a]) continue;
    const auto p = m.points_of(a);
    for (std::size_t i = 0; i + 1 < p.size(); ++i) out.walk(p[i], p[i + 1]);
  }
  return std::move(out.places);
}

using Ends = std::pair<Point, Point>;  // of a segment, the lower one first

// The segments that a cell's rings draw an odd number of times: a spike, or a line between two parts, ends nothing.
void add_border(std::span<const Ring> rings, std::vector<Ends>& out) {
  std::vector<Ends> drawn;
  for (const Ring& r : rings)
    for (std::size_t i = 0; i < r.points.size(); ++i)
      drawn.push_back(std::minmax(r.points[i], r.points[(i + 1) % r.points.size()]));
  std::sort(drawn.begin(), drawn.end());
  for (auto first = drawn.begin(); first != drawn.end();) {
    const auto last = std::upper_bound(first, drawn.end(), *first);
    if ((last - first) % 2 == 1 && first->first != first->second) out.push_back(*first);
    first = last;
  }
}

// Along the delivered borders of a layer's cells: the distinct segments in order, so that neither the order of rings
// nor where and which way round they begin matters.
std::vector<Point> sampled(const Layer& layer) {
  std::vector<Ends> segments;
  for (const std::vector<Ring>& rings : layer.delivered) add_border(rings, segments);
  std::sort(segments.begin(), segments.end());
  segments.erase(std::unique(segments.begin(), segments.end()), segments.end());
  double all = 0;
  for (const auto& [a, b] : segments)
    all += std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y) / Lattice::kPerMetre;
  Places out(all);
  for (const auto& [a, b] : segments) out.walk(a, b);
  return std::move(out.places);
}

// Metres from each of the places to the nearest segment of an arc that counts.
std::vector<double> distances(const Segments& segments, std::span<const Point> places, const std::vector<char>& counts,
                              unsigned threads) {
  std::vector<double> out(places.size());
  parallel_blocks(places.size(), 256, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) out[i] = segments.nearest_m(places[i], counts);
  });
  return out;
}

struct Lines {
  explicit Lines(const RawGround& g) : ground(g), segments(g.arrangement), length(arc_lengths(g.arrangement)) {}

  // Arcs of which `takes(left, right)` holds.
  std::vector<char> arcs(const auto& takes) const {
    std::vector<char> out;
    for (const Arc& a : ground.arrangement.arcs) out.push_back(takes(a.left, a.right));
    return out;
  }
  bool inner(FaceId f, FaceId g) const { return ground.frame.inside(f) && ground.frame.inside(g); }
  std::vector<char> delivered(std::size_t l) const {
    const std::vector<std::uint32_t>& state = ground.covers[l].of_face;
    return arcs([&](FaceId f, FaceId g) { return inner(f, g) && state[f] != state[g]; });
  }
  std::vector<char> frame() const {
    const std::vector<Label>& unit = ground.frame.levels.back().of_face;
    return arcs([&](FaceId f, FaceId g) { return unit[f] != unit[g]; });
  }
  const RawGround& ground;
  Segments segments;
  std::vector<double> length;
};

}  // namespace

std::vector<Displacement> displacements(const City& city, unsigned threads) {
  const Arrangement& m = city.arrangement;
  const Segments segments(m);
  const PointLocator locator(m);
  std::vector<char> rim;
  for (const Arc& a : m.arcs) rim.push_back((a.left == kOutside) != (a.right == kOutside));
  std::vector<Displacement> out(city.layers.size());
  for (std::size_t l = 0; l < out.size(); ++l) {
    std::vector<Point> places = sampled(city.layers[l]);
    const std::vector<FaceId> face = locator.locate(places, threads);
    const std::vector<double> to_rim = distances(segments, places, rim, threads);
    std::size_t inside = 0;
    for (std::size_t i = 0; i < places.size(); ++i)
      if (face[i] != kOutside && to_rim[i] > kOnRim_m) places[inside++] = places[i];
    places.resize(inside);
    std::vector<char> ends = rim;  // the rim ends every layer
    for (ArcId a = 0; a < ends.size(); ++a) ends[a] |= static_cast<char>(city.support[a] >> l & 1);
    std::vector<double> d = distances(segments, places, ends, threads);
    if (d.empty()) continue;
    std::sort(d.begin(), d.end());
    const auto n = static_cast<double>(d.size());
    const auto recalled = std::upper_bound(d.begin(), d.end(), kRecallWithin_m) - d.begin();
    out[l] = {std::accumulate(d.begin(), d.end(), 0.0) / n, d[static_cast<std::size_t>(0.95 * (n - 1))], d.back(),
              static_cast<double>(recalled) / n};
  }
  return out;
}

std::vector<ReferenceDistances> reference_distances(const RawGround& g, std::span<const AlignLayer> layers,
                                                    unsigned threads) {
  const Lines lines(g);
  std::vector<std::vector<char>> delivered;
  for (std::size_t l = 0; l < layers.size(); ++l) delivered.push_back(lines.delivered(l));
  std::vector<ReferenceDistances> out(layers.size());
  for (std::size_t l = 0; l < layers.size(); ++l) {
    std::vector<char> trusted = lines.frame();
    const auto trust = [&](std::size_t k) { return std::pair(layers[k].accuracy_m, layers[k].rank); };
    for (std::size_t k = 0; k < layers.size(); ++k)
      for (ArcId a = 0; a < trusted.size() && trust(k) < trust(l); ++a) trusted[a] |= delivered[k][a];
    const std::vector<double> d =
        distances(lines.segments, sampled(g.arrangement, delivered[l], lines.length), trusted, threads);
    for (double m : d) {
      const auto c = std::lower_bound(kDistanceClasses_m.begin(), kDistanceClasses_m.end(), m);
      out[l].share[static_cast<std::size_t>(c - kDistanceClasses_m.begin())] += 1 / static_cast<double>(d.size());
    }
    out[l].suggested_accuracy_m = suggested_accuracy(d);
  }
  return out;
}

std::optional<double> suggested_accuracy(std::span<const double> distances_m) {
  constexpr double kReach = 200, kEnough = 100, kWidest = kReach / 4, kStandsOut = 2;
  std::vector<double> d;
  std::copy_if(distances_m.begin(), distances_m.end(), std::back_inserter(d),
               [](double m) { return m > kSameLine_m && m < kReach; });
  const auto n = static_cast<double>(d.size());
  if (n < kEnough) return {};
  double share = 0.5, sigma = 10;
  for (int round = 0; round < 200; ++round) {
    double weight = 0, squares = 0;
    for (double m : d) {
      const double same = share * std::sqrt(2 / std::numbers::pi) / sigma * std::exp(-m * m / (2 * sigma * sigma));
      const double p = same / (same + (1 - share) / kReach);
      weight += p;
      squares += p * m * m;
    }
    share = weight / n;
    sigma = std::max(1e-3, std::sqrt(squares / std::max(weight, 1e-9)));
  }
  const double answer = 1.96 * sigma;
  const double group = 0.95 * share, others = (1 - share) * answer / kReach;  // nearer than the answer
  if (share * n < kEnough || sigma > kWidest || group < kStandsOut * others) return {};
  return answer;
}

}  // namespace gridloom
