// SPDX-License-Identifier: Apache-2.0
#include "engine/io/antimeridian.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

double area(const std::vector<LonLat>& ring) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i)
    sum += ring[i].lon * ring[i + 1].lat - ring[i + 1].lon * ring[i].lat;
  return std::abs(sum) / 2;
}

double area(const std::vector<DegreePolygon>& parts) {
  double sum = 0;
  for (const DegreePolygon& part : parts)
    for (std::size_t r = 0; r < part.size(); ++r) sum += (r == 0 ? 1 : -1) * area(part[r]);
  return sum;
}

TEST(Antimeridian, LongitudesGoOnInsteadOfAround) {
  std::vector<double> lon{179, 179.9, -179.8, -179, 179.5};
  unwrap_longitudes(lon);
  EXPECT_THAT(lon, testing::Pointwise(testing::DoubleNear(1e-12), std::vector<double>{179, 179.9, 180.2, 181, 179.5}));
}

TEST(Antimeridian, WhatDoesNotCrossStaysAsItIs) {
  const DegreePolygon suva{{{178.4, -18.2}, {178.5, -18.2}, {178.5, -18.1}, {178.4, -18.2}}};
  EXPECT_THAT(cut_at_antimeridian(suva), ElementsAre(suva));
  const std::vector<LonLat> line{{-179.9, 1}, {-179.8, 2}};
  EXPECT_THAT(cut_at_antimeridian(line), ElementsAre(line));
}

// RFC 7946, 3.1.9.
TEST(Antimeridian, LineIsCutWhereItCrosses) {
  const auto parts = cut_at_antimeridian(std::vector<LonLat>{{170, 45}, {-170, 45}});
  EXPECT_THAT(parts, testing::UnorderedElementsAre(std::vector<LonLat>{{170, 45}, {180, 45}},
                                                   std::vector<LonLat>{{-180, 45}, {-170, 45}}));
}

TEST(Antimeridian, PolygonWithAHoleOnTheMeridianBecomesTwoWithoutOne) {
  const DegreePolygon taveuni{{{179, -17}, {-179, -17}, {-179, -16}, {179, -16}, {179, -17}},
                              {{179.8, -16.8}, {179.8, -16.4}, {-179.7, -16.4}, {-179.7, -16.8}, {179.8, -16.8}}};
  const auto parts = cut_at_antimeridian(taveuni);
  ASSERT_THAT(parts, SizeIs(2));
  for (const DegreePolygon& part : parts) {
    EXPECT_THAT(part, SizeIs(1));  // the hole opens to the cut
    for (const LonLat p : part.front()) {
      EXPECT_LE(std::abs(p.lon), 180);
      EXPECT_GE(std::abs(p.lon), 179);
    }
  }
  EXPECT_NEAR(area(parts), 2 - 0.5 * 0.4, 1e-9);
}

}  // namespace
}  // namespace gridloom
