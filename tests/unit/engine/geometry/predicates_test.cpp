// SPDX-License-Identifier: Apache-2.0
#include "engine/geometry/predicates.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <numeric>
#include <tuple>

#include "support/draw.h"

namespace gridloom {
namespace {

using Rational = boost::multiprecision::cpp_rational;
constexpr std::int32_t kMost = kCoordinateLimit - 1;

Segment segment(Point a, Point b) { return a < b ? Segment{a, b} : Segment{b, a}; }

// --- slow versions, straight from the definitions, with fractions ---

struct Crossed {
  Rational x, y;
};

std::optional<Crossed> slow_crossing(const Segment& s, const Segment& t) {
  const Rational sx = Rational(s.b.x) - s.a.x, sy = Rational(s.b.y) - s.a.y;
  const Rational tx = Rational(t.b.x) - t.a.x, ty = Rational(t.b.y) - t.a.y;
  const Rational det = sy * tx - sx * ty;
  if (det == 0) return std::nullopt;
  const Rational ox = Rational(t.a.x) - s.a.x, oy = Rational(t.a.y) - s.a.y;
  const Rational u = (oy * tx - ox * ty) / det, v = (sx * oy - sy * ox) / det;
  if (u <= 0 || u >= 1 || v <= 0 || v >= 1) return std::nullopt;
  return Crossed{s.a.x + u * sx, s.a.y + u * sy};
}

bool in_pixel(const Rational& v, std::int32_t centre) {
  return 2 * v >= 2 * Rational(centre) - 1 && 2 * v < 2 * Rational(centre) + 1;
}

// The part of [0, 1] where start + t * step lies in [centre - 1/2, centre + 1/2).
struct Span {
  Rational low = 0, high = 1;
  bool low_open = false, high_open = false;

  void raise(const Rational& v, bool open) {
    if (v > low || (v == low && open)) std::tie(low, low_open) = std::tuple(v, open);
  }
  void lower(const Rational& v, bool open) {
    if (v < high || (v == high && open)) std::tie(high, high_open) = std::tuple(v, open);
  }
  bool empty() const { return low > high || (low == high && (low_open || high_open)); }
};

bool slow_meets(const Segment& s, Point p) {
  Span span;
  const auto clip = [&](std::int32_t start, std::int32_t end, std::int32_t centre) {
    const Rational step = Rational(end) - start, from = (2 * Rational(centre) - 1) / 2 - start, to = from + 1;
    if (step == 0) return from <= 0 && 0 < to;
    if (step > 0) {
      span.raise(from / step, false);
      span.lower(to / step, true);
    } else {
      span.lower(from / step, false);
      span.raise(to / step, true);
    }
    return true;
  };
  return clip(s.a.x, s.b.x, p.x) && clip(s.a.y, s.b.y, p.y) && !span.empty();
}

void expect_same_crossing(const Segment& s, const Segment& t, int& found, int& ties) {
  const auto slow = slow_crossing(s, t);
  for (const auto& got : {proper_crossing(s, t), proper_crossing(t, s)}) {
    ASSERT_EQ(got.has_value(), slow.has_value()) << s.a.x << ',' << s.a.y << ' ' << s.b.x << ',' << s.b.y << " x "
                                                 << t.a.x << ',' << t.a.y << ' ' << t.b.x << ',' << t.b.y;
    if (!got) continue;
    EXPECT_TRUE(in_pixel(slow->x, got->x)) << slow->x << " went to " << got->x;
    EXPECT_TRUE(in_pixel(slow->y, got->y)) << slow->y << " went to " << got->y;
  }
  if (!slow) return;
  ++found;
  const auto half = [](const Rational& v) { return boost::multiprecision::denominator(v) == 2; };
  ties += half(slow->x) || half(slow->y);
}

Point random_point(draw::Random& random, std::int32_t reach) {
  return {random.between(-reach, reach), random.between(-reach, reach)};
}

TEST(Orientation, IsExactAtTheEdgeOfTheLattice) {
  // A triangle of the largest extent, and one that is flat but for a single unit.
  EXPECT_EQ(orientation({-kMost, -kMost}, {kMost, -kMost}, {kMost, kMost}), (2ll * kMost) * (2ll * kMost));
  EXPECT_EQ(orientation({-kMost, -kMost}, {kMost, kMost}, {0, 0}), 0);
  EXPECT_GT(orientation({-kMost, -kMost}, {kMost, kMost}, {0, 1}), 0);
  EXPECT_LT(orientation({-kMost, -kMost}, {kMost, kMost}, {1, 0}), 0);
  // The two products are as large as they get and of opposite sign.
  EXPECT_EQ(orientation({-kMost, kMost}, {kMost, -kMost}, {kMost, kMost}), (2ll * kMost) * (2ll * kMost));
}

TEST(ProperCrossing, RoundsToThePixelThatHoldsTheCrossing) {
  draw::Random random(1);
  for (const std::int32_t reach : {4, 9, 1000, 1'000'000, kMost}) {
    int found = 0, ties = 0;
    for (int i = 0; i < 6000; ++i) {
      const Point a = random_point(random, reach), b = random_point(random, reach), c = random_point(random, reach),
                  d = random_point(random, reach);
      if (a != b && c != d) expect_same_crossing(segment(a, b), segment(c, d), found, ties);
    }
    EXPECT_GT(found, 500) << reach;
    if (reach < 10) {
      EXPECT_GT(ties, 20) << "no crossing fell on the edge of a pixel";
    }
  }
}

TEST(ProperCrossing, HoldsForNearlyParallelSegments) {
  draw::Random random(2);
  int found = 0, ties = 0;
  for (int i = 0; i < 6000; ++i) {
    const Point a = random_point(random, kMost - 4), b = random_point(random, kMost - 4);
    const Point c{a.x + random.between(-3, 3), a.y + random.between(-3, 3)},
        d{b.x + random.between(-3, 3), b.y + random.between(-3, 3)};
    if (a != b && c != d) expect_same_crossing(segment(a, b), segment(c, d), found, ties);
  }
  EXPECT_GT(found, 500);
}

TEST(ProperCrossing, IsNotATouchNorAnOverlap) {
  const Segment s{{0, 0}, {10, 0}};
  EXPECT_FALSE(proper_crossing(s, {{5, 0}, {5, 5}}));    // an end on the other
  EXPECT_FALSE(proper_crossing(s, {{10, 0}, {12, 7}}));  // a shared end
  EXPECT_FALSE(proper_crossing(s, {{4, 0}, {14, 0}}));   // collinear
  EXPECT_FALSE(proper_crossing(s, {{11, -1}, {11, 1}}));
  EXPECT_EQ(proper_crossing(s, {{4, -1}, {5, 1}}), (Point{5, 0}));                      // 4.5 goes up
  EXPECT_EQ(proper_crossing({{-10, 0}, {0, 0}}, {{-5, -1}, {-4, 1}}), (Point{-4, 0}));  // and so does -4.5
}

TEST(MeetsPixel, AgreesWithTheDefinitionForEverySmallSegment) {
  constexpr std::int32_t kSide = 6;
  std::vector<Point> points;
  for (std::int32_t x = 0; x <= kSide; ++x)
    for (std::int32_t y = 0; y <= kSide; ++y) points.push_back({x, y});
  for (const Point a : points)
    for (const Point b : points) {
      if (!(a < b)) continue;
      for (const Point p : points)
        ASSERT_EQ(meets_pixel({a, b}, p), slow_meets({a, b}, p))
            << a.x << ',' << a.y << ' ' << b.x << ',' << b.y << " at " << p.x << ',' << p.y;
    }
}

TEST(MeetsPixel, AgreesWithTheDefinitionCloseToLongSegments) {
  draw::Random random(3);
  int met = 0, missed = 0;
  for (const std::int32_t reach : {50, 100'000, kMost - 2})
    for (int i = 0; i < 4000; ++i) {
      const Point a = random_point(random, reach), b = random_point(random, reach);
      if (a == b) continue;
      const double t = random.real();
      const Point p{
          static_cast<std::int32_t>(std::lround(a.x + t * (static_cast<double>(b.x) - a.x))) + random.between(-1, 1),
          static_cast<std::int32_t>(std::lround(a.y + t * (static_cast<double>(b.y) - a.y))) + random.between(-1, 1)};
      const bool slow = slow_meets(segment(a, b), p);
      ASSERT_EQ(meets_pixel(segment(a, b), p), slow)
          << a.x << ',' << a.y << ' ' << b.x << ',' << b.y << " at " << p.x << ',' << p.y;
      ++(slow ? met : missed);
    }
  EXPECT_GT(met, 2000);
  EXPECT_GT(missed, 2000);
}

TEST(MeetsPixel, CountsOnlyTheLowerLeftCorner) {
  // Each passes through one corner of the pixel around the origin and through nothing else of it.
  EXPECT_TRUE(meets_pixel({{-1, 0}, {0, -1}}, {0, 0}));
  EXPECT_FALSE(meets_pixel({{0, 1}, {1, 0}}, {0, 0}));
  EXPECT_FALSE(meets_pixel({{-1, 0}, {0, 1}}, {0, 0}));
  EXPECT_FALSE(meets_pixel({{0, -1}, {1, 0}}, {0, 0}));
}

TEST(AngleLess, SortsDirectionsCounterClockwiseFromEast) {
  const Point origin{-7, 11};
  std::vector<Point> around;
  for (std::int32_t x = -4; x <= 4; ++x)
    for (std::int32_t y = -4; y <= 4; ++y)
      if (x != 0 || y != 0) around.push_back({origin.x + x, origin.y + y});
  const auto angle = [&](Point p) {
    const double a = std::atan2(p.y - origin.y, p.x - origin.x);
    return a < 0 ? a + 2 * std::acos(-1.0) : a;
  };
  for (const Point p : around)
    for (const Point q : around) {
      // Directions of this size that differ at all differ by more than 1/64.
      const double difference = angle(q) - angle(p);
      EXPECT_EQ(angle_less(origin, p, q), difference > 1e-3) << angle(p) << " and " << angle(q);
    }
}

TEST(AngleLess, TellsTheClosestDirectionsOfTheLatticeApart) {
  const Point origin{-kMost, -kMost};
  EXPECT_TRUE(angle_less(origin, {kMost, kMost - 1}, {kMost - 1, kMost - 2 + 1}));
  EXPECT_FALSE(angle_less(origin, {kMost - 1, kMost - 1}, {kMost, kMost - 1}));
  EXPECT_TRUE(angle_less(origin, {kMost, kMost - 1}, {kMost, kMost}));
  EXPECT_FALSE(angle_less(origin, {kMost, kMost}, {0, 0}));  // the same direction
  EXPECT_FALSE(angle_less(origin, {0, 0}, {kMost, kMost}));
}

TEST(CompareHeights, AgreesWithFractions) {
  draw::Random random(4);
  int equal = 0;
  for (const std::int32_t reach : {3, 40, kMost})
    for (int i = 0; i < 4000; ++i) {
      const Segment s = segment(random_point(random, reach), random_point(random, reach));
      const Segment t = segment(random_point(random, reach), random_point(random, reach));
      const std::int32_t low = std::max(s.a.x, t.a.x), high = std::min(s.b.x, t.b.x);
      if (s.a.x == s.b.x || t.a.x == t.b.x || low > high) continue;
      const std::int32_t x = random.between(low, high);
      const auto height = [x](const Segment& g) {
        return g.a.y + (Rational(x) - g.a.x) * (Rational(g.b.y) - g.a.y) / (Rational(g.b.x) - g.a.x);
      };
      const Rational difference = height(s) - height(t);
      ASSERT_EQ(compare_heights(s, t, x), difference.sign());
      equal += difference == 0;
    }
  EXPECT_GT(equal, 50);
}

TEST(OnSegment, HoldsForEveryLatticePointOfIt) {
  for (std::int32_t dx = -6; dx <= 6; ++dx)
    for (std::int32_t dy = -6; dy <= 6; ++dy) {
      if (dx == 0 && dy == 0) continue;
      const Point a{3, -2}, b{3 + dx, -2 + dy};
      const std::int32_t steps = std::gcd(dx, dy);
      int held = 0;
      for (std::int32_t x = -5; x <= 11; ++x)
        for (std::int32_t y = -10; y <= 6; ++y) held += on_segment(segment(a, b), {x, y});
      EXPECT_EQ(held, steps + 1);
      for (std::int32_t k = 0; k <= steps; ++k)
        EXPECT_TRUE(on_segment(segment(a, b), {a.x + dx / steps * k, a.y + dy / steps * k}));
    }
}

}  // namespace
}  // namespace gridloom
