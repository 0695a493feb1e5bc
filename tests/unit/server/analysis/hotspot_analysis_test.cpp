// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/hotspot_analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "server/words/json_text.h"
#include "toy_source.h"

namespace gridloom {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using toy::refused;

Json record_of(const HotspotAnswer& answer) { return Json::parse(answer.table.record); }

double real(const FeatureValue& value) { return std::get<double>(value); }

struct HotspotAnalysis : ::testing::Test {
  const toy::Source toy;

  std::vector<double> counts_by_grid() const {
    std::vector<double> counts(toy.city.grids.size(), 0.0);
    for (const FaceId face : toy.city.face_of_event)
      if (face != kOutside) ++counts[static_cast<std::size_t>(toy.city.grid_of_face[face])];
    return counts;
  }
  SpatialWeights queen() const {
    return contiguity(toy.city.arrangement, toy.city.grid_of_face, toy.city.grids.size(), Contiguity::queen);
  }
};

TEST_F(HotspotAnalysis, EveryGridHasTheStatisticAndClassOfTheEngine) {
  const HotspotAnswer answer = toy.hotspots({{"inference", "analytic"}, {"alpha", "0.2"}, {"correction", "none"}});
  const Hotspots expected = hotspots(counts_by_grid(), {}, queen(),
                                     {.inference = Inference::analytic, .correction = Correction::none, .alpha = 0.2});
  ASSERT_EQ(answer.table.rows.size(), toy.city.grids.size());
  std::size_t counted = 0;
  for (std::size_t i = 0; i < answer.table.rows.size(); ++i) {
    const auto& row = answer.table.rows[i];
    EXPECT_EQ(std::get<std::string>(row[0]), toy.city.grids[i].code);
    EXPECT_EQ(static_cast<double>(std::get<std::int64_t>(row[1])), counts_by_grid()[i]);
    EXPECT_EQ(real(row[3]), expected.z[i]);
    EXPECT_EQ(std::get<std::string>(row[6]), word_of(expected.of_cell[i]));
    counted += static_cast<std::size_t>(std::get<std::int64_t>(row[1]));
  }
  EXPECT_EQ(answer.counted, counted);
  EXPECT_EQ(answer.events, counted + 1);  // one lies in the sea
  EXPECT_EQ(answer.cells, "grids");
  EXPECT_EQ(record_of(answer)["inference"], "analytic");
  EXPECT_EQ(record_of(answer)["links"], queen().links());
}

TEST_F(HotspotAnalysis, WeightsAreThoseAskedForAndToldInWords) {
  const auto told = [&](const Parameters::Pairs& pairs) {
    const Json record = record_of(toy.hotspots(pairs));
    return std::pair(record["weights"].get<std::string>(), record["links"].get<std::size_t>());
  };
  EXPECT_EQ(told({}), std::pair(std::string("queen"), queen().links()));
  EXPECT_EQ(told({{"weights", "knn"}, {"neighbours", "3"}}), std::pair(std::string("knn 3"), std::size_t{27}));
  EXPECT_EQ(told({{"weights", "distance"}, {"distance", "90000"}}),
            std::pair(std::string("distance 90000 m"), std::size_t{72}));
  EXPECT_EQ(told({{"weights", "kernel"}, {"bandwidth", "90000"}, {"kernel", "gaussian"}, {"row_standardised", "yes"}}),
            std::pair(std::string("kernel gaussian 90000 m, row-standardised"), std::size_t{72}));
  EXPECT_LT(told({{"weights", "rook"}}).second, told({}).second);
}

TEST_F(HotspotAnalysis, CellsAreGridsLayersLevelsSquaresAndHexagons) {
  for (const char* kind : {"grids", "community"})
    EXPECT_EQ(toy.hotspots({{"cells", kind}, {"inference", "analytic"}}).cells, kind);
  for (const char* kind : {"square", "hexagon"}) {
    const HotspotAnswer answer = toy.hotspots({{"cells", kind}, {"size", "400"}, {"inference", "analytic"}});
    EXPECT_EQ(answer.cells, std::string(kind) + " 400 m");
    EXPECT_GT(answer.table.rows.size(), 40u);
    EXPECT_GT(answer.counted, answer.events * 3 / 4);
  }
  EXPECT_THROW(toy.hotspots({{"cells", "police"}}), DataError);  // three cells are too few
  EXPECT_THAT(refused([&] {
                toy.hotspots({{"cells", "wards"}});
              }).en,
              HasSubstr("grid, police, schools, sanitation, city, district, community, square, hexagon"));
  EXPECT_THAT(refused([&] { toy.hotspots({{"cells", "square"}}); }).en, HasSubstr("'size' is missing"));
}

TEST_F(HotspotAnalysis, AnAreaKeepsTheCellsThatLieInIt) {
  EventQuestion north;
  north.area = "district:370202";
  const HotspotAnswer answer = toy.hotspots({{"inference", "analytic"}}, north);
  std::vector<std::string> cells;
  for (const auto& row : answer.table.rows) cells.push_back(std::get<std::string>(row[0]));
  std::vector<std::string> expected;
  for (const Grid& grid : toy.city.grids)
    if (grid.parent < 2) expected.push_back(grid.code);
  EXPECT_EQ(cells, expected);
  EXPECT_EQ(answer.window, "area district:370202, whole cells");
}

TEST_F(HotspotAnalysis, OneNumberForAllCellsIsTheEngines) {
  const HotspotAnswer answer = toy.hotspots({{"method", "moran"}, {"permutations", "99"}, {"seed", "4"}});
  const GlobalTest expected = moran(counts_by_grid(), queen());
  ASSERT_EQ(answer.globals.size(), 1u);
  EXPECT_EQ(answer.globals[0].test.value, expected.value);
  EXPECT_EQ(answer.globals[0].p, expected.p(Tail::two_sided));
  EXPECT_GT(answer.globals[0].p_permutation, 0);
  EXPECT_EQ(toy.hotspots({{"method", "join_counts"}, {"black_above", "5"}}).globals.size(), 3u);
  EXPECT_TRUE(std::isnan(toy.hotspots({{"method", "geary"}, {"permutations", "0"}}).globals[0].p_permutation));
}

TEST_F(HotspotAnalysis, RatesLeaveOutWhereNextToNobodyLives) {
  const HotspotAnswer answer = toy.hotspots({{"method", "rate"}, {"inference", "analytic"}});
  EXPECT_EQ(answer.left_out.cells, 1u);  // nobody lives on the islet
  EXPECT_EQ(answer.table.rows.size(), toy.city.grids.size() - 1);
  EXPECT_EQ(real(answer.table.rows[0][2]), toy.city.grids[0].population);
  EXPECT_EQ(record_of(answer)["least_population"], 100);
  EXPECT_THAT(answer.cautions, Contains(Field(&Text::en, HasSubstr("under 100"))));
  double people = 0;
  for (const auto& row : toy.hotspots({{"population", "yes"},
                                       {"cells", "square"},
                                       {"size", "100"},
                                       {"least_population", "0"},
                                       {"inference", "analytic"}})
                             .table.rows)
    people += real(row[2]);
  double everybody = 0;
  for (const double p : toy.city.population) everybody += p;
  EXPECT_NEAR(people, everybody, 0.02 * everybody);
}

TEST_F(HotspotAnalysis, SmallCountsStayBlankWithWhatWouldTellThem) {
  const Parameters::Pairs pairs{{"cells", "square"}, {"size", "500"}, {"inference", "analytic"}};
  Parameters::Pairs suppressing = pairs;
  suppressing.emplace_back("suppress_under", "4");
  const HotspotAnswer plain = toy.hotspots(pairs), blank = toy.hotspots(suppressing);
  ASSERT_EQ(plain.table.rows.size(), blank.table.rows.size());
  std::size_t blanks = 0;
  for (std::size_t i = 0; i < plain.table.rows.size(); ++i) {
    const std::int64_t count = std::get<std::int64_t>(plain.table.rows[i][1]);
    const bool hidden = is_null(blank.table.rows[i][1]);
    EXPECT_TRUE(hidden || count == 0 || count >= 4) << i;
    EXPECT_TRUE(!hidden || is_null(blank.table.rows[i][3])) << i;
    blanks += hidden;
  }
  EXPECT_EQ(blank.suppressed, blanks);
  EXPECT_GE(blanks, 3u);
  EXPECT_EQ(record_of(blank)["suppress_under"], 4);
}

TEST_F(HotspotAnalysis, SensitivityRunsAreOfTheSizesAndOriginsAskedFor) {
  const HotspotAnswer answer =
      toy.hotspots({{"sensitivity", "yes"}, {"sizes", "300,500"}, {"origins", "2"}, {"inference", "analytic"}});
  const Json record = record_of(answer);
  ASSERT_EQ(record["runs"].size(), 8u);
  EXPECT_EQ(record["runs"][0]["cell_m"], 300);
  EXPECT_EQ(record["runs"][7]["cell_m"], 500);
  EXPECT_EQ(record["densities"].size(), 3u);
  EXPECT_EQ(answer.table.rows.size(), answer.tested);
  for (const auto& row : answer.table.rows) {
    EXPECT_GE(real(row[0]), 0);
    EXPECT_LE(real(row[0]) + real(row[1]), 1);
  }
  // The first run's cells are those that can be asked for.
  const HotspotAnswer squares = toy.hotspots({{"cells", "square"}, {"size", "300"}, {"inference", "analytic"}});
  EXPECT_EQ(record["runs"][0]["cells"], squares.table.rows.size());
  EXPECT_EQ(record["runs"][0]["events"], squares.counted);
}

TEST_F(HotspotAnalysis, WhatHasNoMeaningTogetherIsRefusedInBothLanguages) {
  const Parameters::Pairs wrong[] = {{{"method", "kriging"}},
                                     {{"method", "getis_g"}, {"population", "yes"}},
                                     {{"method", "join_counts"}, {"row_standardised", "yes"}},
                                     {{"sensitivity", "yes"}, {"cells", "grids"}},
                                     {{"sensitivity", "yes"}, {"method", "moran"}},
                                     {{"weights", "distance"}},
                                     {{"weights", "kernel"}},
                                     {{"weights", "bishop"}},
                                     {{"neighbours", "3"}},
                                     {{"alpha", "2"}},
                                     {{"ties", "half"}},
                                     {{"black_above", "1"}},
                                     {{"inference", "guess"}}};
  for (const Parameters::Pairs& pairs : wrong)
    EXPECT_FALSE(refused([&] { toy.hotspots(pairs); }).zh.empty()) << pairs[0].first;
}

TEST_F(HotspotAnalysis, WithoutIncidentsThereIsNoAnswer) {
  EventQuestion later;
  later.from = "2030-01-01";
  EXPECT_THROW(toy.hotspots({}, later), DataError);
  toy::Cancelling cancelled;
  const HotspotRequest request = read_hotspot_request({}, Parameters(Parameters::Pairs{}), toy.city);
  EXPECT_THROW(analyse_hotspots(toy.source, request, cancelled), Cancelled);
}

TEST(EventChoice, SelectsWhatPassesAndTellsItInBothLanguages) {
  const toy::Source toy;
  EventQuestion question;
  question.from = "2026-01-02", question.hours = "20-4", question.weekdays = "5,6", question.categories = {"noise"};
  const EventChoice choice = chosen_by(question, toy.city);
  const ChosenEvents chosen = select(toy.source, choice);
  std::vector<Point> expected;
  for (const std::uint32_t row : select_events(toy.city.events, choice.filter, toy.city.face_of_event))
    expected.push_back(toy.city.events.at[row]);
  EXPECT_GT(expected.size(), 2u);
  EXPECT_THAT(chosen.at, ::testing::UnorderedElementsAreArray(expected));
  EXPECT_EQ(window_text(choice),
            "from 2026-01-02T00:00:00 until before open; hours 0,1,2,3,20,21,22,23; weekdays 5,6; category noise");
  EXPECT_THAT(window_in_words(choice).zh, HasSubstr("星期 5,6"));
  EXPECT_EQ(window_in_words({}).zh, "全部事件");
  EXPECT_TRUE(choice.everywhere());
}

TEST(AnswerFile, ItsFormatIsThatOfTheName) {
  EXPECT_EQ(format_of_name("a.b/c.geojson"), AnswerFormat::geojson);
  EXPECT_THROW(format_of_name("tif"), DataError);
  EXPECT_THROW(format_of_name(".tif"), DataError);
  EXPECT_THROW(format_of_name("a.tif", kTableFormats), DataError);
}

}  // namespace
}  // namespace gridloom
