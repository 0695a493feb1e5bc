// SPDX-License-Identifier: Apache-2.0
#include "server/words/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/statistics/hotspots.h"
#include "server/analysis/analysis_words.h"
#include "server/analysis/density_analysis.h"
#include "server/analysis/hotspot_analysis.h"
#include "server/words/error_text.h"
#include "support/toy_city.h"
#include "toy_source.h"

namespace gridloom {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using toy::refused;

DensityRequest density(Parameters::Pairs pairs, AnswerFormat format = AnswerFormat::tif,
                       const EventQuestion& events = {}, const EventQuestion& against = {}) {
  return read_density_request(events, against, Parameters(std::move(pairs)), toy::city(), format, Language::en);
}

TEST(Parameters, GettersReadAndRemember) {
  const Parameters p({{"a", "1.5"}, {"b", "7"}, {"c", "yes"}, {"d", "1,2.5"}, {"e", ""}});
  EXPECT_THROW(p.refuse_others(), WrongParameter) << "none was asked for yet";
  EXPECT_EQ(p.number("a", 0, 0, 2), 1.5);
  EXPECT_EQ(p.whole("b", 0, 0, 10), 7u);
  EXPECT_TRUE(p.yes("c"));
  EXPECT_THAT(p.numbers("d", 0, 5), ElementsAre(1, 2.5));
  EXPECT_EQ(p.number("e", 3, 0, 5), 3);  // empty: not given
  p.refuse_others();
}

TEST(Parameters, WhatHasNoMeaningIsToldInBothLanguages) {
  const Parameters p({{"a", "x"}, {"b", "7.5"}, {"c", "1"}, {"c", "2"}, {"d", "1,,2"}, {"w", "mauve"}});
  EXPECT_THAT(refused([&] { p.number("a", 0, 0, 2); }).zh, HasSubstr("“a”"));
  EXPECT_THAT(refused([&] { p.whole("b", 0, 0, 10); }).en, HasSubstr("whole number from 0 to 10"));
  EXPECT_THAT(refused([&] { p.text("c"); }).en, HasSubstr("more than once"));
  EXPECT_THAT(refused([&] { p.numbers("d", 0, 5); }).en, HasSubstr("commas"));
  constexpr auto kColours = words<int>({{"red", 1}, {"blue", 2}});
  EXPECT_THAT(refused([&] { p.word("w", 0, kColours); }).zh, HasSubstr("red, blue"));
  const Parameters unknown(Parameters::Pairs{{"bandwith", "5"}});
  unknown.given("bandwidth");
  EXPECT_THAT(refused([&] { unknown.refuse_others(); }).en, HasSubstr("'bandwith' means nothing here"));
}

TEST(DensityRequests, DefaultsAreThoseOfTheHelp) {
  const DensityRequest r = density({});
  EXPECT_EQ(r.surface.kernel, Kernel::quartic);
  EXPECT_FALSE(r.bandwidth.chosen_by);
  EXPECT_EQ(r.bandwidth.metres, 500);
  EXPECT_EQ(r.cell_m, 100);
  EXPECT_EQ(r.surface.edge, EdgeCorrection::none);
  EXPECT_EQ(r.product, DensityProduct::surface);
  EXPECT_EQ(density({}, AnswerFormat::geojson).product, DensityProduct::contours);
  EXPECT_EQ(density({}, AnswerFormat::csv).product, DensityProduct::zones);
  EXPECT_EQ(density({{"zones", "police"}}, AnswerFormat::gpkg).zones, "police");
}

TEST(DensityRequests, WeightsByWord) {
  const DensityRequest r = density({{"weight", "severity:very high=3,low=0.5"}});
  EXPECT_EQ(r.weight.field, EventField::severity);
  EXPECT_EQ(r.weight.of_word.at("very high"), 3);
  EXPECT_EQ(r.weight.of_word.at("low"), 0.5);
  EXPECT_TRUE(density({{"weight", "agency"}}).weight.of_word.empty());
  for (const char* wrong :
       {"colour", "severity:", "severity:high", "severity:=1", "severity:high=x", "severity:high=-1"})
    refused([&] { density({{"weight", wrong}}); });
}

TEST(DensityRequests, WhatExcludesEachOther) {
  EventQuestion some;
  some.categories = {"noise"};
  EXPECT_EQ(density({}, AnswerFormat::tif, {}, some).against, Against::incidents);
  for (const Parameters::Pairs& pairs : {Parameters::Pairs{{"adaptive", "yes"}, {"edge", "uniform"}},
                                         {{"adaptive", "yes"}, {"against", "population"}},
                                         {{"against", "incidents"}, {"per", "day"}},
                                         {{"along", "streets"}},
                                         {{"along", "streets"}, {"kernel", "gaussian"}},
                                         {{"exact", "yes"}},
                                         {{"floor", "1"}},
                                         {{"levels", "1"}},
                                         {{"bandwidth", "ppl"}, {"search", "5"}},
                                         {{"bandwidth", "degrees"}},
                                         {{"bandwidth", "0.00001"}},
                                         {{"sample", "100"}},
                                         {{"seed", "1"}}})
    EXPECT_FALSE(refused([&] { density(pairs); }).zh.empty()) << pairs.front().first;
  refused([&] { density({{"contours", "yes"}, {"zones", "grids"}}, AnswerFormat::gpkg); });
  refused([&] { density({{"against", "population"}}, AnswerFormat::tif, {}, some); });
  refused([&] { density({{"width", "399"}}, AnswerFormat::png); });
}

TEST(HotspotRequests, TheFloorOfRatesMeansNothingWithoutThem) {
  const auto asked = [](const Parameters::Pairs& pairs) { return read_hotspot_request({}, Parameters(pairs), City{}); };
  EXPECT_EQ(asked({{"population", "yes"}}).local.least_population, kLeastPopulation);
  EXPECT_EQ(asked({{"method", "rate"}, {"least_population", "1000"}}).local.least_population, 1000);
  refused([&] { asked({{"least_population", "1000"}}); });
  refused([&] { asked({{"method", "rate"}, {"least_population", "-1"}}); });
}

TEST(AnalysisWords, EverythingThatIsSaidHasItsChinese) {
  for (const auto& [word, value] : kWords<CellClass>) EXPECT_EQ(name_in_words(std::string(word)), title_of(value));
  const City city = toy::city();
  const PointLocator locator(city.arrangement);
  const EventStore events = EventStore().appended(city.events, city.face_of_event);
  SilentProgress progress;
  std::size_t said = 0;
  for (const char* inference : {"analytic", "permutation", "automatic"})
    for (const char* correction : {"none", "bonferroni"}) {
      Parameters::Pairs pairs{{"inference", inference}, {"correction", correction}};
      if (inference == std::string("permutation")) pairs.emplace_back("permutations", "9");
      const HotspotRequest request = read_hotspot_request({}, Parameters(pairs), city);
      for (const Text& caution : analyse_hotspots({city, locator, events}, request, progress).cautions) {
        EXPECT_NE(caution.zh, caution.en);
        ++said;
      }
    }
  const HotspotRequest global = read_hotspot_request({}, Parameters(Parameters::Pairs{{"method", "moran"}}), city);
  for (const Text& caution : analyse_hotspots({city, locator, events}, global, progress).cautions)
    EXPECT_NE(caution.zh, caution.en);
  const LeftOut some{3, 7, 0.5};
  EXPECT_NE(left_out_text(some, 100).zh, left_out_text(some, 100).en);
  EXPECT_GE(said, 8u);
}

}  // namespace
}  // namespace gridloom
