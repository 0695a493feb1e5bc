// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/adjustment.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/fusion/delivered_lines.h"
#include "engine/geometry/nearest_segment.h"

namespace gridloom {
namespace {

// Lengths in lattice units.
constexpr double kSpacing = 100'000;  // between the nodes of a field, or more, so that there are
constexpr double kMostNodes = 30'000;
constexpr double kStep = 30'000;        // between places along a line, or more, so that there are
constexpr double kMostPlaces = 30'000;  // of a layer
constexpr double kSameLine = 500;       // so near, two layers share a line
constexpr double kNear = 2'000;         // so near, they nearly do
constexpr double kLeastScale = 2'000;   // of the weights in the last round
constexpr double kFarthest = 1e9;
constexpr double kAlongside = 0.9;            // cosine of the angle between lines that may mean the same
constexpr double kReach = 2;                  // standard deviations
constexpr double kFits = 0.75, kHelps = 0.2;  // shares of all places that must be near another line, and newly so
constexpr std::size_t kFewPlaces = 300;

// From the first round to the last, weights forget far lines faster and fields grow less stiff (non-rigid registration
// with falling stiffness: Amberg, Romdhani & Vetter 2007). Stiffness is that of a membrane, as a multiple of how much
// the field is held back for its size.
constexpr int kRounds = 15;
constexpr double kNarrows = 0.82;
constexpr int kFineRounds = 5;        // the last ones look at every place, those before
constexpr std::size_t kCoarsely = 4;  // at one in so many: their fields are stiff
constexpr double kStiffest = 1600, kLeastStiff = 16;

struct Vector {
  double x = 0, y = 0;
};

struct Place {
  Point at;
  Vector along;  // unit vector
};

Vector direction(Point a, Point b) {
  const double dx = static_cast<double>(b.x) - a.x, dy = static_cast<double>(b.y) - a.y, l = std::hypot(dx, dy);
  return {dx / l, dy / l};
}

std::vector<Place> places(const DeliveredLayer& layer, double step) {
  std::vector<Place> out;
  double to_next = step / 2;
  for_each_segment(layer, [&](Point a, Point b) {
    const Vector v = direction(a, b);
    const double length = std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y);
    for (; to_next <= length; to_next += step)
      out.push_back({{a.x + static_cast<std::int32_t>(std::lround(v.x * to_next)),
                      a.y + static_cast<std::int32_t>(std::lround(v.y * to_next))},
                     v});
    to_next -= length;
  });
  return out;
}

double length_of(const DeliveredLayer& layer) {
  double out = 0;
  for_each_segment(layer, [&](Point a, Point b) {
    out += std::hypot(static_cast<double>(b.x) - a.x, static_cast<double>(b.y) - a.y);
  });
  return out;
}

std::vector<Place> places(const DeliveredLayer& layer) {
  return places(layer, std::max(kStep, length_of(layer) / kMostPlaces));
}

bool stays(const DeliveredLayer& layer) { return layer.locked || layer.shift == ShiftWord::keep; }

// A bilinear field needs the four nodes around a point and their shares.
class Nodes {
 public:
  struct Share {
    std::size_t node;
    double of;
  };

  explicit Nodes(const Box& box) : origin_(box.min) {
    const double width = static_cast<double>(box.max.x) - box.min.x,
                 height = static_cast<double>(box.max.y) - box.min.y;
    spacing_ = std::max(kSpacing, std::sqrt(width * height / kMostNodes));
    columns_ = 2 + static_cast<std::size_t>(width / spacing_);
    rows_ = 2 + static_cast<std::size_t>(height / spacing_);
  }

  std::size_t count() const { return columns_ * rows_; }
  std::size_t columns() const { return columns_; }

  std::array<Share, 4> around(Point p) const {
    const auto split = [&](double v, std::size_t most) {
      const double at = std::clamp(v / spacing_, 0.0, static_cast<double>(most) - 1.001);
      const auto whole = static_cast<std::size_t>(at);
      return std::pair(whole, at - static_cast<double>(whole));
    };
    const auto [i, u] = split(static_cast<double>(p.x) - origin_.x, columns_);
    const auto [j, v] = split(static_cast<double>(p.y) - origin_.y, rows_);
    const std::size_t n = j * columns_ + i;
    return {{{n, (1 - u) * (1 - v)}, {n + 1, u * (1 - v)}, {n + columns_, (1 - u) * v}, {n + columns_ + 1, u * v}}};
  }

 private:
  Point origin_;
  double spacing_ = kSpacing;
  std::size_t columns_ = 0, rows_ = 0;
};

// A layer that takes part: one that moves, or lines that stay (the administrative ones come as one layer).
struct Part {
  const DeliveredLayer* layer = nullptr;
  double sigma = 0;                // standard deviation of its lines; 0: they stay
  std::vector<Vector> field = {};  // [node]
};

Vector value(const Part& part, const Nodes& nodes, Point p) {
  Vector out;
  if (part.sigma == 0) return out;
  for (const Nodes::Share& s : nodes.around(p)) {
    out.x += s.of * part.field[s.node].x;
    out.y += s.of * part.field[s.node].y;
  }
  const double most = 2 * part.sigma, length = std::hypot(out.x, out.y);
  if (length > most) out = {out.x * most / length, out.y * most / length};
  return out;
}

Point moved(Point p, Vector by) {
  return {p.x + static_cast<std::int32_t>(std::lround(by.x)), p.y + static_cast<std::int32_t>(std::lround(by.y))};
}

// A place of one part and the foot of its perpendicular on a line of another, where delivered.
struct Match {
  std::size_t part, other;
  Point place, foot;
  Vector normal;        // of the other line
  double distance = 0;  // after all that has moved so far, across the line
  double scale = 0;     // beyond which a match hardly counts
};

// Lines of a part where they are now, knowing where they were.
class MovedLines {
 public:
  MovedLines(const Part& part, const Nodes& nodes) : lines_(segments(part, nodes)) {}

  // The nearest line to `p` within `reach` that runs along `v`: its foot point as delivered, its normal, the distance.
  std::optional<Match> beside(Point p, Vector v, double reach) const {
    const auto found = lines_.nearest(
        p, reach, [&](std::uint32_t s) { return std::abs(v.x * along_[s].x + v.y * along_[s].y) >= kAlongside; });
    if (!found) return {};
    const Segment& s = lines_[found->segment];
    const Vector w = along_[found->segment];
    const double length = std::hypot(static_cast<double>(s.b.x) - s.a.x, static_cast<double>(s.b.y) - s.a.y);
    const double dx = static_cast<double>(p.x) - s.a.x, dy = static_cast<double>(p.y) - s.a.y;
    const double t = std::clamp((dx * w.x + dy * w.y) / length, 0.0, 1.0);
    const auto& [a, b] = was_[found->segment];
    Match out;
    out.foot = {a.x + static_cast<std::int32_t>(std::lround(t * (static_cast<double>(b.x) - a.x))),
                a.y + static_cast<std::int32_t>(std::lround(t * (static_cast<double>(b.y) - a.y)))};
    out.normal = {-w.y, w.x};
    out.distance = found->distance;
    return out;
  }

 private:
  using Ends = std::pair<Point, Point>;

  std::vector<Segment> segments(const Part& part, const Nodes& nodes) {
    std::vector<Segment> out;
    for_each_segment(*part.layer, [&](Point a, Point b) {
      Point p = moved(a, value(part, nodes, a)), q = moved(b, value(part, nodes, b));
      if (p == q) return;
      if (q < p) {
        std::swap(p, q);
        std::swap(a, b);
      }
      out.push_back({p, q});
      was_.emplace_back(a, b);
      along_.push_back(direction(p, q));
    });
    return out;
  }

  std::vector<Ends> was_;      // where delivered
  std::vector<Vector> along_;  // unit vectors
  NearestSegment lines_;
};

// The least-squares fields of all parts, by conjugate gradients on the normal equations, scaled by their diagonal.
class Solver {
 public:
  Solver(std::span<const Part> parts, const Nodes& nodes) : parts_(parts), nodes_(nodes) {}

  // From a first guess on, which may be empty.
  std::vector<Vector> solve(std::span<const Match> matches, double stiffness, std::vector<Vector> x) {
    stiffness_ = stiffness;
    rows_.clear();
    for (const Match& m : matches) rows_.push_back(row(m));
    x.resize(parts_.size() * nodes_.count());
    std::vector<Vector> r(x.size());
    for (const Row& e : rows_)
      for (const Term& t : e.terms) add(r[t.at], t.by, -e.weight * e.offset);
    const double enough = kExact * dot(r, r);
    const std::vector<Vector> image = times(x);
    for (std::size_t i = 0; i < r.size(); ++i) add(r[i], image[i], -1);
    const std::vector<Vector> scale = diagonal();
    std::vector<Vector> p = divided(r, scale);
    double rz = dot(r, p);
    for (int k = 0; k < kMostSteps && dot(r, r) > enough; ++k) {
      stop_if_asked();
      const std::vector<Vector> q = times(p);
      const double alpha = rz / dot(p, q);
      for (std::size_t i = 0; i < x.size(); ++i) {
        add(x[i], p[i], alpha);
        add(r[i], q[i], -alpha);
      }
      const std::vector<Vector> z = divided(r, scale);
      const double next = dot(r, z);
      for (std::size_t i = 0; i < p.size(); ++i) p[i] = {z[i].x + next / rz * p[i].x, z[i].y + next / rz * p[i].y};
      rz = next;
    }
    return x;
  }

 private:
  static constexpr int kMostSteps = 60;
  static constexpr double kExact = 1e-6;  // share of the squared residual that may stay
  struct Term {
    std::size_t at;
    Vector by;
  };
  struct Row {
    std::array<Term, 8> terms;
    double offset, weight;
  };

  static void add(Vector& to, Vector v, double times) {
    to.x += times * v.x;
    to.y += times * v.y;
  }
  static double dot(const std::vector<Vector>& a, const std::vector<Vector>& b) {
    double out = 0;
    for (std::size_t i = 0; i < a.size(); ++i) out += a[i].x * b[i].x + a[i].y * b[i].y;
    return out;
  }

  static std::vector<Vector> divided(const std::vector<Vector>& a, const std::vector<Vector>& by) {
    std::vector<Vector> out(a.size());
    for (std::size_t i = 0; i < a.size(); ++i) out[i] = {a[i].x / by[i].x, a[i].y / by[i].y};
    return out;
  }

  // How strongly a part's field is held back for its size.
  double small(std::size_t part) const {
    const double sigma = parts_[part].sigma == 0 ? 1 : parts_[part].sigma;
    return 1 / (sigma * sigma);
  }

  std::vector<Vector> diagonal() const {
    std::vector<Vector> out;
    for (std::size_t l = 0; l < parts_.size(); ++l) {
      const double own = small(l) * (1 + 4 * stiffness_);
      out.resize(out.size() + nodes_.count(), {own, own});
    }
    for (const Row& e : rows_)
      for (const Term& t : e.terms) add(out[t.at], {t.by.x * t.by.x, t.by.y * t.by.y}, e.weight);
    return out;
  }

  Row row(const Match& m) const {
    Row out{};
    const auto put = [&](std::size_t part, Point p, double sign, std::size_t first) {
      const auto around = nodes_.around(p);
      const double counts = parts_[part].sigma == 0 ? 0 : sign;
      for (std::size_t i = 0; i < 4; ++i)
        out.terms[first + i] = {part * nodes_.count() + around[i].node,
                                {counts * around[i].of * m.normal.x, counts * around[i].of * m.normal.y}};
    };
    put(m.part, m.place, 1, 0);
    put(m.other, m.foot, -1, 4);
    out.offset = m.normal.x * (static_cast<double>(m.place.x) - m.foot.x) +
                 m.normal.y * (static_cast<double>(m.place.y) - m.foot.y);
    const double u = m.distance / m.scale;
    out.weight = 1 / ((1 + u * u) * (1 + u * u)) / (kNear * kNear);
    return out;
  }

  // The normal matrix times p: the matches, the size of the fields, and their differences between neighbouring nodes.
  std::vector<Vector> times(const std::vector<Vector>& p) const {
    std::vector<Vector> out(p.size());
    for (const Row& e : rows_) {
      double product = 0;
      for (const Term& t : e.terms) product += t.by.x * p[t.at].x + t.by.y * p[t.at].y;
      for (const Term& t : e.terms) add(out[t.at], t.by, e.weight * product);
    }
    for (std::size_t l = 0; l < parts_.size(); ++l) {
      const double stiff = stiffness_ * small(l);
      for (std::size_t n = 0; n < nodes_.count(); ++n) {
        const std::size_t at = l * nodes_.count() + n;
        add(out[at], p[at], small(l));
        const auto tie = [&](std::size_t to) {
          const Vector difference{p[at].x - p[to].x, p[at].y - p[to].y};
          add(out[at], difference, stiff);
          add(out[to], difference, -stiff);
        };
        if ((n + 1) % nodes_.columns() != 0) tie(at + 1);
        if (n + nodes_.columns() < nodes_.count()) tie(at + nodes_.columns());
      }
    }
    return out;
  }

  std::span<const Part> parts_;
  const Nodes& nodes_;
  double stiffness_ = 0;
  std::vector<Row> rows_;
};

class Adjustment {
 public:
  Adjustment(std::vector<Part> parts, const Box& box, unsigned threads)
      : parts_(std::move(parts)), nodes_(box), threads_(threads) {
    for (Part& p : parts_) {
      p.field.resize(nodes_.count());
      places_.push_back(p.sigma == 0 ? std::vector<Place>{} : places(*p.layer));
    }
  }

  void run() {
    Solver solver(parts_, nodes_);
    const std::vector<Match> as_delivered = matches(1, 1);
    near_before_ = near_after_ = share_within(as_delivered, kNear);
    // What has no line of another beside it within reach will not come near one.
    if (all(share_within(as_delivered, kFarthest)) < kFits) return;
    std::vector<Vector> fields;
    for (int round = 0; round < kRounds; ++round) {
      const double stiffness = kStiffest * std::pow(kLeastStiff / kStiffest, round / (kRounds - 1.0));
      const std::size_t every = round + kFineRounds < kRounds ? kCoarsely : 1;
      fields = solver.solve(matches(std::pow(kNarrows, round), every), stiffness, std::move(fields));
      for (std::size_t l = 0; l < parts_.size(); ++l)
        std::copy_n(fields.begin() + static_cast<std::ptrdiff_t>(l * nodes_.count()), nodes_.count(),
                    parts_[l].field.begin());
    }
    near_after_ = share_within(matches(1, 1), kNear);
  }

  // Share of a part's places within kNear of another's line that runs along, and of the places of all.
  double near_before(std::size_t part) const { return near_before_[part]; }
  double near_after(std::size_t part) const { return near_after_[part]; }
  double all(const std::vector<double>& near) const {
    double sum = 0, count = 0;
    for (std::size_t l = 0; l < parts_.size(); ++l) {
      sum += near[l] * static_cast<double>(places_[l].size());
      count += static_cast<double>(places_[l].size());
    }
    return count > 0 ? sum / count : 0;
  }
  bool helps() const { return all(near_after_) >= kFits && all(near_after_) >= all(near_before_) + kHelps; }

  Vector at(std::size_t part, Point p) const { return value(parts_[part], nodes_, p); }

 private:
  // One place in so many, with the line beside it of every other part that is not much worse.
  std::vector<Match> matches(double narrow, std::size_t every) const {
    std::vector<MovedLines> lines;
    for (const Part& p : parts_) lines.emplace_back(p, nodes_);
    std::vector<Match> out;
    for (std::size_t l = 0; l < parts_.size(); ++l) {
      const std::vector<Place>& from = places_[l];
      std::vector<std::vector<Match>> found((from.size() + every - 1) / every);
      parallel_blocks(found.size(), 64, threads_, [&](std::size_t, std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) found[i] = matches_of(l, from[i * every], lines, narrow);
      });
      for (const auto& f : found) out.insert(out.end(), f.begin(), f.end());
    }
    return out;
  }

  std::vector<Match> matches_of(std::size_t l, const Place& place, std::span<const MovedLines> lines,
                                double narrow) const {
    std::vector<Match> out;
    const Point p = moved(place.at, at(l, place.at));
    for (std::size_t k = 0; k < parts_.size(); ++k) {
      if (k == l || parts_[k].sigma > 1.5 * parts_[l].sigma) continue;
      const double reach = kReach * std::hypot(parts_[l].sigma, parts_[k].sigma);
      auto match = lines[k].beside(p, place.along, reach);
      if (!match) continue;
      match->part = l;
      match->other = k;
      match->place = place.at;
      match->scale = std::max(kLeastScale, reach / 2 * narrow);
      out.push_back(*match);
    }
    return out;
  }

  // Per part the share of its places that lie within so far of another's line, by the matches of all places.
  std::vector<double> share_within(const std::vector<Match>& found, double distance) const {
    std::vector<double> out(parts_.size(), 0);
    for (std::size_t i = 0; i < found.size();) {
      const Match& first = found[i];
      bool is_near = false;
      for (; i < found.size() && found[i].part == first.part && found[i].place == first.place; ++i)
        is_near |= found[i].distance <= distance;
      out[first.part] += is_near;
    }
    for (std::size_t l = 0; l < out.size(); ++l)
      if (!places_[l].empty()) out[l] /= static_cast<double>(places_[l].size());
    return out;
  }

  std::vector<Part> parts_;
  Nodes nodes_;
  unsigned threads_;
  std::vector<std::vector<Place>> places_;  // [part]
  std::vector<double> near_before_, near_after_;
};

// Do most layers share every other line with another one? Looks at a few places of each: all segments are asked for the
// places beside them, so that no index of all of them is needed.
bool most_agree(const FuseInput& in) {
  struct Probe {
    Place place;
    std::size_t layer;
    bool shared = false;
  };
  std::vector<Probe> probes;
  std::vector<Box> boxes;
  for (std::size_t l = 0; l < in.layers.size(); ++l)
    for (const Place& p : places(in.layers[l], std::max(1.0, length_of(in.layers[l]) / kFewPlaces))) {
      probes.push_back({p, l});
      constexpr auto r = static_cast<std::int32_t>(kSameLine);
      boxes.push_back({{p.at.x - r, p.at.y - r}, {p.at.x + r, p.at.y + r}});
    }
  const BoxIndex index(boxes);
  for (std::size_t l = 0; l < in.layers.size(); ++l)
    for_each_segment(in.layers[l], [&](Point a, Point b) {
      const Segment s = segment_between(a, b);
      index.query(box_of(s), [&](std::uint32_t i) {
        Probe& p = probes[i];
        if (p.layer == l || p.shared || distance(p.place.at, s) > kSameLine) return;
        const Vector w = direction(a, b);
        p.shared = std::abs(p.place.along.x * w.x + p.place.along.y * w.y) >= kAlongside;
      });
    });
  std::vector<std::ptrdiff_t> balance(in.layers.size(), 0);
  for (const Probe& p : probes) balance[p.layer] += p.shared ? 1 : -1;
  const auto agreeing = std::count_if(balance.begin(), balance.end(), [](std::ptrdiff_t b) { return b >= 0; });
  return 2 * static_cast<std::size_t>(agreeing) >= in.layers.size();
}

LayerAdjustment told(const Adjustment& a, std::size_t part, const DeliveredLayer& layer) {
  double sum = 0, most = 0, count = 0;
  for (const Place& p : places(layer)) {
    const Vector v = a.at(part, p.at);
    const double length = std::hypot(v.x, v.y) / Lattice::kPerMetre;
    sum += length;
    most = std::max(most, length);
    ++count;
  }
  return {count > 0 ? sum / count : 0, most, a.near_before(part), a.near_after(part)};
}

}  // namespace

std::vector<AdjustedLayer> adjust_layers(FuseInput& in, unsigned threads) {
  if (in.layers.size() < 3 || most_agree(in)) return {};
  DeliveredLayer admin;
  for (const DeliveredAdminLevel& level : in.admin)
    admin.cells.insert(admin.cells.end(), level.units.cells.begin(), level.units.cells.end());
  std::vector<Part> parts;
  Box box;
  for (const DeliveredLayer& l : in.layers) {
    parts.push_back({&l, stays(l) ? 0 : l.accuracy_m / 2 * Lattice::kPerMetre});
    for_each_segment(l, [&](Point a, Point) { box.extend(a); });
  }
  parts.push_back({&admin, 0});
  if (box.empty()) return {};
  Adjustment adjustment(std::move(parts), box, threads);
  adjustment.run();
  if (!adjustment.helps()) return {};
  std::vector<AdjustedLayer> out;
  for (std::size_t l = 0; l < in.layers.size(); ++l)
    if (!stays(in.layers[l])) out.push_back({l, told(adjustment, l, in.layers[l])});
  for (std::size_t l = 0; l < in.layers.size(); ++l)
    for (DeliveredCell& c : in.layers[l].cells)
      for (Ring& r : c.rings)
        for (Point& p : r.points) p = moved(p, adjustment.at(l, p));
  return out;
}

}  // namespace gridloom
