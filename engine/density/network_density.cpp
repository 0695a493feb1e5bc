// SPDX-License-Identifier: Apache-2.0
#include "engine/density/network_density.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <tuple>

#include "engine/base/parallel.h"

namespace gridloom {
namespace {

// Integral of the kernel from 0 to u, which is 1/2 at 1.
double half_mass(Kernel kernel, double u) {
  u = std::min(u, 1.0);
  const double v = u * u;
  switch (kernel) {
    case Kernel::uniform:
      return u / 2;
    case Kernel::epanechnikov:
      return u * (3 - v) / 4;
    case Kernel::quartic:
      return u * (15 - v * (10 - 3 * v)) / 16;
    default:
      return u * (35 - v * (35 - v * (21 - 5 * v))) / 32;
  }
}

struct Course {
  std::uint32_t street;
  bool forward;
};

class Network {
 public:
  Network(std::span<const Street> streets, const NetworkOptions& options) : streets_(streets), options_(options) {
    std::uint32_t nodes = 0;
    result_.start.push_back(0);
    for (const Street& s : streets) {
      if (!(s.length_m > 0) || std::isinf(s.length_m)) throw std::invalid_argument("a street must have a length");
      nodes = std::max({nodes, s.from + 1, s.to + 1});
      const double pieces = std::max(1.0, std::ceil(s.length_m / options.piece_m));
      result_.start.push_back(result_.start.back() + static_cast<std::size_t>(pieces));
    }
    leaving_.resize(nodes);
    for (std::uint32_t s = 0; s < streets.size(); ++s) {
      leaving_[streets[s].from].push_back({s, true});
      leaving_[streets[s].to].push_back({s, false});
    }
    result_.values.assign(result_.start.back(), 0.0);
  }

  void add(const StreetEvent& event) {
    for (const bool forward : {true, false}) walk({event.street, forward}, event.offset_m, 0, event.weight);
  }

  NetworkDensity take() {
    for (std::size_t s = 0; s < streets_.size(); ++s)
      for (std::size_t p = result_.start[s]; p < result_.start[s + 1]; ++p) result_.values[p] *= 1000 / piece_length(s);
    return std::move(result_);
  }

 private:
  // A walk on one street, and those it becomes at the end; in metres.
  struct Walk {
    Course course;
    double offset, travelled, share;
  };

  // Depth first, without recursion: walks may be long.
  void walk(Course course, double offset, double travelled, double share) {
    std::vector<Walk> open{{course, offset, travelled, share}};
    while (!open.empty()) {
      stop_if_asked();
      const Walk w = open.back();
      open.pop_back();
      if (w.travelled > 0 && std::abs(w.share) < options_.least_share) {
        stay(w);
        continue;
      }
      deposit(w);
      const Street& street = streets_[w.course.street];
      const double arrived = w.travelled + (w.course.forward ? street.length_m - w.offset : w.offset);
      if (arrived < options_.bandwidth_m) branch(w, arrived, open);
    }
  }

  void branch(const Walk& w, double arrived, std::vector<Walk>& open) const {
    const Street& street = streets_[w.course.street];
    const auto& leaving = leaving_[w.course.forward ? street.to : street.from];
    const auto d = static_cast<double>(leaving.size());
    for (const Course& next : leaving) {
      const bool back = next.street == w.course.street && next.forward != w.course.forward;
      const double share = w.share * split(back, d);
      if (share != 0) open.push_back({next, next.forward ? 0 : streets_[next.street].length_m, arrived, share});
    }
  }

  double split(bool back, double d) const {
    if (options_.split == EqualSplit::continuous) return back ? (2 - d) / d : 2 / d;
    if (d == 1) return 1;
    return back ? 0 : 1 / (d - 1);
  }

  double piece_length(std::size_t street) const {
    return streets_[street].length_m / static_cast<double>(result_.start[street + 1] - result_.start[street]);
  }

  double mass_until(double distance) const { return half_mass(options_.kernel, distance / options_.bandwidth_m); }

  void deposit(const Walk& w) {
    const std::size_t first = result_.start[w.course.street], count = result_.start[w.course.street + 1] - first;
    const double length = piece_length(w.course.street), all = streets_[w.course.street].length_m;
    // Seen along the walk: piece k ends where k + 1 pieces do.
    const double start = w.course.forward ? w.offset : all - w.offset;
    double before = mass_until(w.travelled);
    for (auto k = std::min(count - 1, static_cast<std::size_t>(start / length)); k < count; ++k) {
      const double end = k + 1 == count ? all : static_cast<double>(k + 1) * length;
      const double travelled = w.travelled + std::max(0.0, end - start), until = mass_until(travelled);
      result_.values[first + (w.course.forward ? k : count - 1 - k)] += w.share * (until - before);
      if (travelled >= options_.bandwidth_m) return;
      before = until;
    }
  }

  void stay(const Walk& w) {
    const std::size_t piece =
        w.course.forward ? result_.start[w.course.street] : result_.start[w.course.street + 1] - 1;
    result_.values[piece] += w.share * (0.5 - mass_until(w.travelled));
  }

  std::span<const Street> streets_;
  NetworkOptions options_;
  std::vector<std::vector<Course>> leaving_;
  NetworkDensity result_;
};

void check(std::span<const Street> streets, std::span<const StreetEvent> events, const NetworkOptions& options) {
  const auto positive = [](double v) { return v > 0 && std::isfinite(v); };
  if (!positive(options.bandwidth_m) || !positive(options.piece_m) || !(options.least_share >= 0))
    throw std::invalid_argument("bandwidth and pieces must have a length, the least share must not be negative");
  if (options.kernel == Kernel::gaussian)
    throw std::invalid_argument("the Gaussian has no end: along streets take the quartic kernel");
  for (const StreetEvent& e : events)
    if (e.street >= streets.size() || !(e.offset_m >= 0 && e.offset_m <= streets[e.street].length_m) ||
        !(e.weight >= 0) || std::isinf(e.weight))
      throw std::invalid_argument("an event must lie on a street and have a weight that is finite and not negative");
}

}  // namespace

NetworkDensity network_density(std::span<const Street> streets, std::span<const StreetEvent> events,
                               const NetworkOptions& options) {
  check(streets, events, options);
  std::vector<StreetEvent> sorted(events.begin(), events.end());
  std::sort(sorted.begin(), sorted.end(), [](const StreetEvent& a, const StreetEvent& b) {
    return std::tie(a.street, a.offset_m, a.weight) < std::tie(b.street, b.offset_m, b.weight);
  });
  Network network(streets, options);
  for (const StreetEvent& e : sorted) {
    stop_if_asked();
    network.add(e);
  }
  return network.take();
}

}  // namespace gridloom
