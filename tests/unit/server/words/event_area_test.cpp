// SPDX-License-Identifier: Apache-2.0
#include "server/words/event_area.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "engine/arrangement/locate.h"
#include "engine/geometry/area_index.h"
#include "engine/io/crs.h"
#include "support/io_support.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class AreaOfTheToyCity : public testing::Test {
 protected:
  EventFilter filter(const std::string& text) const {
    EventFilter out;
    set_area(text, city, out);
    return out;
  }
  double area_of(const EventFilter& f) const {
    double sum = 0;
    for (std::size_t face = 1; face < f.faces.size(); ++face) sum += f.faces[face] ? city.area_m2[face] : 0;
    return sum;
  }
  std::string refusal(const std::string& text) const {
    return data_error([&] { filter(text); });
  }
  const City city = toy::city();
};

TEST_F(AreaOfTheToyCity, IsEverywhereUnlessItIsAskedFor) {
  EXPECT_TRUE(filter("").faces.empty());
  EXPECT_TRUE(filter("").area.empty());
}

TEST_F(AreaOfTheToyCity, IsTheGroundOfAGridACellOrAUnit) {
  const Grid& grid = city.grids[4];
  EXPECT_NEAR(area_of(filter("grid:" + grid.code)), grid.area_m2, 1e-6);
  const double islet = city.grids[8].area_m2;
  EXPECT_NEAR(area_of(filter("sanitation:N1")) + area_of(filter("sanitation:N2")),
              std::accumulate(city.area_m2.begin(), city.area_m2.end(), -islet), 1e-3);
  EXPECT_NEAR(area_of(filter("district:370202")),
              area_of(filter("community:370202001")) + area_of(filter("community:370202002")), 1e-6);
}

TEST_F(AreaOfTheToyCity, OfACellHasItsOverlaps) {
  const EventFilter harbour = filter("schools:S-X");
  std::size_t shared = 0;
  for (const OverlapLabel& further : city.layers[1].labels.overlaps) {
    EXPECT_TRUE(harbour.faces[further.face]);
    ++shared;
  }
  EXPECT_GT(shared, 0u);
}

TEST_F(AreaOfTheToyCity, OfABoxFollowsParallelsAndMeridians) {
  const EventFilter box = filter("120.1,36,120.2,36.1");
  ASSERT_EQ(box.area.size(), 1u);
  ASSERT_GT(box.area[0].size(), 100u);
  const Lattice& lattice = city.arrangement.lattice;
  for (const Point p : box.area[0]) {
    const LonLat at = to_lonlat(lattice.crs, lattice.metres(p));
    const auto off = [](double v, double a, double b) { return std::min(std::abs(v - a), std::abs(v - b)); };
    EXPECT_LT(std::min(off(at.lon, 120.1, 120.2), off(at.lat, 36, 36.1)), 2e-8);
  }
}

TEST_F(AreaOfTheToyCity, ThatIsNotThereIsToldWithWhatIs) {
  EXPECT_THAT(refusal("grid:1"), HasSubstr("no grid '1'"));
  EXPECT_THAT(refusal("police:P9"), HasSubstr("no police 'P9'"));
  EXPECT_THAT(refusal("parks:1"), AllOf(HasSubstr("no kind of area 'parks'"),
                                        HasSubstr("grid, police, schools, sanitation, city, district, community")));
  EXPECT_THAT(refusal("here"), HasSubstr("not 'here'"));
  for (const char* box :
       {"120.2,36,120.1,36.1", "120.1,36.1,120.2,36", "-181,36,120,37", "120,36,121,91", "120,36,120,36"})
    EXPECT_THAT(refusal(box), HasSubstr("west < east and south < north")) << box;
  EXPECT_THAT(refusal("-74,40,-73,41"), HasSubstr("farther than 1000 km"));
  for (const char* box : {"1,2,3", "1,2,3,4,5", "1,2,3,x", "nan,36,120.2,36.1", "1,2,3,4 ", ",,,"})
    EXPECT_THAT(refusal(box), HasSubstr("an area is west,south,east,north")) << box;
}

}  // namespace
}  // namespace gridloom
