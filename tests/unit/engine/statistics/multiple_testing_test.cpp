// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/multiple_testing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/statistics/local_statistics.h"
#include "engine/statistics/normal_distribution.h"
#include "support/reference_data.h"

namespace gridloom {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(FalseDiscoveryRate, AdjustsAsPublished) {
  // Benjamini & Hochberg (1995), §3.2: 15 comparisons, four found at .05, three by Bonferroni.
  const std::vector<double> p{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
                              .0459, .3240, .4262, .5719, .6528, .7590, 1.000};
  const auto found = [](const std::vector<double>& adjusted) {
    return std::count_if(adjusted.begin(), adjusted.end(), [](double q) { return q <= .05; });
  };
  EXPECT_EQ(found(false_discovery_rate(p)), 4);
  EXPECT_EQ(found(bonferroni(p)), 3);
}

TEST(FalseDiscoveryRate, IsMonotoneAndEqualForEqualP) {
  const std::vector<double> q = false_discovery_rate(std::vector<double>{.04, .01, .03, .03, .5});
  EXPECT_THAT(q, ElementsAre(DoubleNear(.05, 1e-15), DoubleNear(.05, 1e-15), DoubleNear(.05, 1e-15),
                             DoubleNear(.05, 1e-15), DoubleNear(.5, 1e-15)));
}

TEST(FalseDiscoveryRate, LeavesOutWhatWasNotTested) {
  const std::vector<double> p{.01, std::nan(""), .02};
  const std::vector<double> q = false_discovery_rate(p);
  EXPECT_DOUBLE_EQ(q[0], .02);
  EXPECT_TRUE(std::isnan(q[1]));
  EXPECT_DOUBLE_EQ(q[2], .02);
  EXPECT_DOUBLE_EQ(bonferroni(p)[0], .02);
  EXPECT_TRUE(std::isnan(bonferroni(p)[1]));
  EXPECT_THAT(false_discovery_rate({}), IsEmpty());
}

TEST(FalseDiscoveryRate, OfColumbusHotSpotsEqualsSpdep) {
  const reference::Table t("columbus_local_expected_spdep.csv");
  std::vector<double> p;
  for (double z : local_g_star(t["CRIME"], reference::gal("columbus_queen.gal")).z) p.push_back(normal_p(z));
  const std::vector<double> q = false_discovery_rate(p);
  const std::vector<double> b = bonferroni(p);
  int raw = 0, fdr = 0, bonf = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    EXPECT_NEAR(p[i], t["p2_Gistar_B"][i], 1e-12);
    EXPECT_NEAR(q[i], t["fdr_Gistar_B"][i], 1e-12);
    EXPECT_NEAR(b[i], t["bonf_Gistar_B"][i], 1e-12);
    raw += p[i] < .05;
    fdr += q[i] < .05;
    bonf += b[i] < .05;
  }
  EXPECT_EQ(raw, 18);
  EXPECT_EQ(fdr, 9);
  EXPECT_EQ(bonf, 2);
}

}  // namespace
}  // namespace gridloom
