// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/linework.h"

#include <gtest/gtest.h>

#include "engine/arrangement/verify.h"
#include "engine/fusion/unify.h"
#include "support/delivered.h"

namespace gridloom {
namespace {

constexpr std::int32_t kPlot = 100'000;  // mm

// Two plots of 100 m side by side; the border between them is at x = 100 m.
struct TwoPlots {
  Subdivision built = draw::build_stack({draw::cells({"ab"}, "ab", kPlot)});
  ArcId border() const {
    for (ArcId a = 0; a < built.arrangement.arcs.size(); ++a)
      if (built.arrangement.arcs[a].left != kOutside && built.arrangement.arcs[a].right != kOutside) return a;
    return UINT32_MAX;
  }
  double share(const std::vector<std::vector<Point>>& lines, double accuracy_m = 15) const {
    const std::vector<DeliveredLinework> sets{{"roads", accuracy_m, 1, lines}};
    return linework_share(built.arrangement, sets, 1).at(border());
  }
  // Along the border, so far beside it, from so far to so far.
  std::vector<Point> line(double off_m, double from_m, double to_m) const {
    const auto points = built.arrangement.points_of(border());
    const auto low = std::min(points.front(), points.back(), [](Point p, Point q) { return p.y < q.y; });
    const auto mm = [](double m) { return static_cast<std::int32_t>(1000 * m); };
    return {{low.x + mm(off_m), low.y + mm(from_m)}, {low.x + mm(off_m), low.y + mm(to_m)}};
  }
};

TEST(Linework, CountsWhatRunsAlongside) {
  const TwoPlots p;
  EXPECT_EQ(p.share({p.line(0, -50, 150)}), 1);
  EXPECT_EQ(p.share({p.line(10, -50, 150)}), 1);
  EXPECT_EQ(p.share({p.line(20, -50, 150)}), 0);
  EXPECT_EQ(p.share({p.line(20, -50, 150)}, 25), 1);
  EXPECT_NEAR(p.share({p.line(0, 0, 50)}, 1), 0.5, 0.11);
}

TEST(Linework, AStreetThatCrossesIsNone) {
  const TwoPlots p;
  const std::vector<Point> along = p.line(0, 0, 100);
  EXPECT_EQ(p.share({{{along[0].x - 50'000, along[0].y + 50'000}, {along[0].x + 50'000, along[0].y + 50'000}}}), 0);
}

TEST(Linework, SetsCountByWeight) {
  const TwoPlots p;
  const std::vector<DeliveredLinework> sets{{"roads", 15, 3, {p.line(0, -50, 150)}}, {"rivers", 15, 1, {}}};
  EXPECT_EQ(linework_weight(sets), 4);
  EXPECT_EQ(linework_share(p.built.arrangement, sets, 1).at(p.border()), 0.75);
  EXPECT_EQ(linework_share(p.built.arrangement, sets, 2), linework_share(p.built.arrangement, sets, 1));
  const std::vector<DeliveredLinework> none{{"roads", 15, 0, {p.line(0, -50, 150)}}};
  EXPECT_TRUE(linework_share(p.built.arrangement, none, 1).empty());
}

// Five plots in a row, two grids wanted: the road decides where they part.
TEST(Linework, GridsPartAtTheRoad) {
  const draw::Rows plots{"abcde"};
  const Subdivision built = draw::build_stack({draw::cells(plots, "abcde", kPlot), draw::cells({"11111"}, "1", kPlot)});
  const Arrangement& m = built.arrangement;
  for (std::size_t column : {2u, 3u}) {
    const FaceId west = draw::faces_at(m, draw::centre(plots, column - 1, 0, kPlot)).front();
    const FaceId east = draw::faces_at(m, draw::centre(plots, column, 0, kPlot)).front();
    DeliveredLinework roads{"roads", 15, 1, {}};
    for (ArcId a = 0; a < m.arcs.size(); ++a)
      if (std::minmax(m.arcs[a].left, m.arcs[a].right) == std::minmax(west, east)) {
        const auto p = m.points_of(a);
        roads.lines.push_back({p.begin(), p.end()});
      }
    ASSERT_EQ(roads.lines.size(), 1u);
    const std::vector<DeliveredLinework> sets{roads};
    const std::vector<double> share = linework_share(m, sets, 1), area(m.face_count, 10'000);
    std::vector<double> people(m.face_count, 100);
    people[kOutside] = 0;
    const std::vector<const Labeling*> layers;
    const std::vector<std::uint64_t> support = arc_support(m, layers);
    UnifyTask task{m, built.labelings[1].of_face, 1, area, people, people, support, 0, share, 1};
    UnifyOptions options;
    options.households_min = 200;
    options.households_max = 300;
    const Regions r = unify(task, options, 1);
    ASSERT_EQ(r.regions.size(), 2u);
    EXPECT_NE(r.grid_of_face[west], r.grid_of_face[east]) << column;
  }
}

}  // namespace
}  // namespace gridloom
