// SPDX-License-Identifier: Apache-2.0
#include "server/words/statistics_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridloom {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

Provenance provenance() {
  Provenance v;
  v.method = HotspotMethod::gi_star;
  v.inference = Inference::permutation;
  v.ties = Ties::mid_p;
  v.tail = Tail::two_sided;
  v.correction = Correction::fdr;
  v.alpha = 0.05;
  v.counts = v.row_standardised = true;
  v.cells = v.tested = 900;
  v.links = 6844;
  v.permutations = 99;
  v.seed = 7;
  v.window = "2024-01-01 to 2024-02-01, noise";
  return v;
}

TEST(StatisticsText, ARecordSaysHowAResultCameAbout) {
  EXPECT_EQ(summary_of(provenance()),
            "gi_star, permutation, mid-p, two-sided, fdr at 0.05; 900 cells, 900 tested, 0 islands, 6844 links, "
            "row-standardised; counts; 99 permutations, seed 7; 2024-01-01 to 2024-02-01, noise");
  Provenance rates = provenance();
  rates.population_at_risk = true;
  rates.least_population = 100;
  EXPECT_THAT(summary_of(rates), HasSubstr("empirical-Bayes rates over a population of 100 or more"));
}

TEST(StatisticsText, EveryCautionIsASentenceInBothLanguages) {
  Provenance v = provenance();
  v.least_population = 100;
  v.left_out = {3, 16, 99.5};
  for (const auto& [word, caution] : kWords<Caution>) {
    EXPECT_THAT(text_of(caution, v).en, MatchesRegex("[A-Z].*\\.")) << word;
    EXPECT_THAT(text_of(caution, v).zh, MatchesRegex(".*。")) << word;
  }
}

TEST(StatisticsText, WhatIsLeftOutIsCounted) {
  EXPECT_EQ(left_out_text({3, 16, 99.5}, 100).en,
            "Cells left out for a population under 100: 3, with 16 events and 99.5 people.");
  EXPECT_THAT(left_out_text({3, 16, 99.5}, 0).en, HasSubstr("no population"));
  EXPECT_EQ(left_out_text({}, 100), Text());
}

}  // namespace
}  // namespace gridloom
