// SPDX-License-Identifier: Apache-2.0
#include "engine/fusion/weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "support/delivered.h"

namespace gridloom {
namespace {

using draw::rectangle;
using ::testing::HasSubstr;

struct Weighed {
  Subdivision built;
  std::vector<double> people;
  std::vector<Finding> findings;

  double at(double x, double y) const {
    return people[draw::faces_at(built.arrangement,
                                 {static_cast<std::int32_t>(x * 1000), static_cast<std::int32_t>(y * 1000)})
                      .front()];
  }
  double total() const { return std::accumulate(people.begin(), people.end(), 0.0); }
};

// Faces of the ground's cells; every bounded face that a cell covers is included.
Weighed weighed(const draw::Cells& ground, const draw::Cells& areas, const std::vector<double>& people,
                unsigned threads = 1) {
  Weighed out{draw::build_stack({ground}), {}, {}};
  std::vector<bool> included;
  for (Label l : out.built.labelings[0].of_face) included.push_back(l != kGap);
  std::vector<std::string> ids;
  for (std::size_t a = 0; a < areas.size(); ++a) ids.push_back("T" + std::to_string(a));
  out.people = areal_weights(out.built.arrangement, included, {draw::delivered("tracts", areas, ids), people}, threads,
                             out.findings)
                   .people;
  EXPECT_EQ(out.people.size(), out.built.arrangement.face_count);
  EXPECT_EQ(out.people[kOutside], 0);
  for (FaceId f = 0; f < out.people.size(); ++f) {
    EXPECT_GE(out.people[f], 0);
    EXPECT_TRUE(included[f] || out.people[f] == 0);
  }
  return out;
}

TEST(ArealWeights, SpreadPeopleEvenlyOverTheGround) {
  const Weighed w = weighed({rectangle(0, 0, 100, 100), rectangle(100, 0, 400, 100)},
                            {rectangle(0, 0, 200, 100), rectangle(200, 0, 400, 100)}, {1000, 70});
  EXPECT_NEAR(w.at(50, 50), 500, 1e-9);
  EXPECT_NEAR(w.at(300, 50), 570, 1e-9);
  EXPECT_TRUE(w.findings.empty());
}

TEST(ArealWeights, CountPeopleOnGroundThatIsThere) {
  // Half of the tract lies in the sea; a hole is not ground either.
  draw::Cells ground{rectangle(0, 0, 100, 100)};
  ground[0].push_back(Ring{rectangle(40, 40, 60, 60)[0].points, true});
  const Weighed w = weighed(ground, {rectangle(0, 0, 200, 100)}, {900});
  EXPECT_NEAR(w.at(10, 10), 900, 1e-9);
  EXPECT_EQ(w.at(50, 50), 0);
}

TEST(ArealWeights, LeaveOutWhoLivesOutsideAndSaySo) {
  const Weighed w = weighed(
      {rectangle(0, 0, 100, 100)},
      {rectangle(0, 0, 100, 100), rectangle(98, 0, 198, 100), rectangle(500, 0, 600, 100), rectangle(90, 0, 190, 100)},
      {300, 40, 50, 60});
  EXPECT_NEAR(w.total(), 360, 1e-9) << "a tenth of the last tract is inside, a fiftieth of the second";
  ASSERT_EQ(w.findings.size(), 2u);
  EXPECT_EQ(w.findings[0].feature, "T1");
  EXPECT_EQ(std::get<PeopleOutside>(w.findings[0].facts).people, 40);
  EXPECT_EQ(w.findings[1].feature, "T2");
  EXPECT_EQ(w.findings[1].layer, "tracts");
}

TEST(ArealWeights, CountEveryAreaWhereAreasOverlap) {
  const Weighed w = weighed({rectangle(0, 0, 100, 100), rectangle(100, 0, 200, 100)},
                            {rectangle(0, 0, 200, 100), rectangle(50, 0, 150, 100)}, {100, 80});
  EXPECT_NEAR(w.at(50, 50), 90, 1e-9);
  EXPECT_NEAR(w.total(), 180, 1e-9);
}

TEST(ArealWeights, KeepTheTotalOnRandomGround) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    draw::CityOptions o;
    o.layers = 2;
    o.slack = 2'000;
    o.ragged = seed % 2 == 0;
    const draw::Stack stack = draw::random_city(seed, o);
    draw::Random random(seed);
    std::vector<double> people;
    for (std::size_t a = 0; a < stack[1].size(); ++a) people.push_back(random.between(1, 5000) / 7.0);
    const Weighed w = weighed(stack[0], stack[1], people);
    double expected = 0;
    for (std::size_t a = 0; a < people.size(); ++a)
      if (!stack[1][a].empty()) expected += people[a];
    EXPECT_NEAR(w.total(), expected, 1e-9 * expected) << "seed " << seed;
    EXPECT_EQ(w.people, weighed(stack[0], stack[1], people, 2).people);
  }
}

}  // namespace
}  // namespace gridloom
