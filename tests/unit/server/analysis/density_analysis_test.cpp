// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/density_analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/density/population_points.h"
#include "server/words/json_text.h"
#include "toy_source.h"

namespace gridloom {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using toy::refused;

const Parameters::Pairs kPlain{{"bandwidth", "200"}, {"cell", "20"}};

Parameters::Pairs with(Parameters::Pairs pairs) {
  pairs.insert(pairs.end(), kPlain.begin(), kPlain.end());
  return pairs;
}

EventQuestion only(const std::string& category) {
  EventQuestion question;
  question.categories = {category};
  return question;
}

Json record_of(const DensityAnswer& answer) { return Json::parse(answer.table.record); }

double integral(const DensityAnswer& answer) {
  double sum = 0;
  for (const double v : answer.values)
    if (!std::isnan(v)) sum += v * std::pow(static_cast<double>(answer.grid.cell_mm) / 1e6, 2);
  return sum;
}

struct DensityAnalysis : ::testing::Test {
  const toy::Source toy;
  std::size_t inside() const {
    return static_cast<std::size_t>(
        std::count_if(toy.city.face_of_event.begin(), toy.city.face_of_event.end(), [](FaceId f) { return f != 0; }));
  }
};

TEST_F(DensityAnalysis, ASurfaceHoldsTheIncidentsAndTellsHowItWasMade) {
  const DensityAnswer answer = toy.density(with({{"edge", "diggle"}}));
  EXPECT_NEAR(integral(answer), static_cast<double>(inside()), 0.01 * static_cast<double>(inside()));
  EXPECT_EQ(answer.events, toy.city.events.size());
  EXPECT_EQ(answer.unit.en, "incidents per km²");
  EXPECT_EQ(answer.window, "all incidents");
  const Json record = record_of(answer);
  EXPECT_EQ(record["kernel"], "quartic");
  EXPECT_EQ(record["bandwidth_m"], 200);
  EXPECT_EQ(record["bandwidth"]["rule"], "stated");
  EXPECT_EQ(record["edge"], "diggle");
  EXPECT_EQ(record["events"], answer.events);
  EXPECT_EQ(record["columns"], answer.grid.nx);
  EXPECT_EQ(record["summary"], answer.summary);
  EXPECT_THAT(answer.summary, HasSubstr("bandwidth 200 m, edge correction diggle, cells of 20 m"));
}

TEST_F(DensityAnalysis, IsTheEnginesHeatmap) {
  const DensityAnswer answer = toy.density(with({{"kernel", "triweight"}, {"adaptive", "yes"}}));
  const StudyArea area = whole_ground(toy.city.arrangement);
  const Heatmap heat = heatmap(toy.city.events.at, {}, city_raster(toy.city, 20), &area,
                               {.kernel = Kernel::triweight, .bandwidth_m = 200, .adaptive = true});
  ASSERT_EQ(answer.values.size(), heat.values.size());
  for (std::size_t q = 0; q < heat.values.size(); ++q)
    ASSERT_TRUE(answer.values[q] == heat.values[q] || (std::isnan(answer.values[q]) && std::isnan(heat.values[q])));
}

TEST_F(DensityAnalysis, ARatioIsTheQuotientOverItsFloorAndBlankBelowIt) {
  const DensityAnswer above = toy.density(with({}), AnswerFormat::tif, only("noise")), below = toy.density(with({}));
  const DensityAnswer ratio = toy.density(with({{"against", "incidents"}}), AnswerFormat::tif, only("noise"));
  const Json told = record_of(ratio)["ratio"];
  const double floor = told["floor_per_km2"];
  double km2 = 0;
  for (const double m2 : toy.city.area_m2) km2 += m2 / 1e6;
  EXPECT_NEAR(floor, 0.05 * static_cast<double>(below.events) / km2, 1e-9);
  EXPECT_EQ(told["mask_below_per_km2"], floor);
  const double times = static_cast<double>(below.events) / static_cast<double>(above.events);
  std::size_t blank = 0, seen = 0;
  for (std::size_t q = 0; q < ratio.values.size(); ++q) {
    if (std::isnan(below.values[q])) continue;
    ASSERT_EQ(std::isnan(ratio.values[q]), below.values[q] < floor) << q;
    blank += std::isnan(ratio.values[q]);
    if (below.values[q] < floor) continue;
    ASSERT_NEAR(ratio.values[q], times * above.values[q] / below.values[q], 1e-9) << q;
    ++seen;
  }
  EXPECT_GT(blank, 50u);
  EXPECT_GT(seen, 1000u);
  const DensityAnswer logarithm =
      toy.density(with({{"against", "incidents"}, {"floor", "2"}, {"mask_below", "0"}, {"logarithm", "yes"}}),
                  AnswerFormat::tif, only("noise"));
  EXPECT_EQ(record_of(logarithm)["ratio"]["floor_per_km2"], 2);
  EXPECT_EQ(record_of(logarithm)["ratio"]["mask_below_per_km2"], 0);
  EXPECT_THAT(logarithm.unit.en, StartsWith("ln of relative risk"));
}

TEST_F(DensityAnalysis, RatesOverThePopulationAreToldPerThousand) {
  const DensityAnswer answer = toy.density({{"bandwidth", "2000"}, {"cell", "50"}, {"against", "population"}});
  double people = 0;
  for (const double p : toy.city.population) people += p;
  EXPECT_NEAR(record_of(answer)["ratio"]["n"], people, 1e-6 * people);
  EXPECT_EQ(answer.unit.en, "incidents per 1,000 people");
  EXPECT_NEAR(answer.mean, 1000 * static_cast<double>(answer.events) / people, 0.3 * answer.mean);
}

TEST_F(DensityAnalysis, AChosenBandwidthTellsItsRuleAndItsSearch) {
  const Json scott = record_of(toy.density({{"bandwidth", "scott"}}));
  EXPECT_EQ(scott["bandwidth"]["rule"], "scott");
  EXPECT_NEAR(scott["bandwidth_m"], radius_for(Kernel::quartic, scott_bandwidth(toy.city.events.at).both_m), 0.0006);
  EXPECT_FALSE(scott["bandwidth"].contains("searched_m"));
  const DensityAnswer sampled = toy.density(
      {{"bandwidth", "lscv"}, {"sample", "40"}, {"seed", "6"}, {"search", "50,900"}, {"kernel", "gaussian"}});
  const ChosenBandwidth chosen =
      choose_bandwidth(toy.city.events.at, 1,
                       {.rule = BandwidthRule::lscv, .search = {.from_m = 50, .to_m = 900}, .sample = 40, .seed = 6});
  const Json told = record_of(sampled)["bandwidth"];
  EXPECT_EQ(told["standard_deviation_m"], chosen.sd_m);
  EXPECT_EQ(told["best_candidate_m"], chosen.search.best_m);
  EXPECT_EQ(told["sample"], 40);
  EXPECT_EQ(told["seed"], 6);
  EXPECT_THAT(sampled.cautions, Contains(Field(&Text::en, HasSubstr("random sample of 40"))));
  EXPECT_THAT(sampled.summary, HasSubstr("(lscv)"));
  const DensityAnswer narrow = toy.density({{"bandwidth", "lscv"}, {"search", "5000,9000"}});
  EXPECT_EQ(record_of(narrow)["bandwidth"]["at_end"], true);
  EXPECT_THAT(narrow.cautions, Contains(Field(&Text::zh, HasSubstr("“search”"))));
}

TEST_F(DensityAnalysis, APeriodDividesAndAnOpenOneIsToldAsAChoice) {
  const DensityAnswer whole = toy.density(with({})), daily = toy.density(with({{"per", "day"}}));
  const Json told = record_of(daily)["per"];
  EXPECT_GT(told["units"], 3);
  EXPECT_NEAR(daily.highest, whole.highest / told["units"].get<double>(), 1e-9);
  EXPECT_EQ(daily.unit.en, "incidents per km² per day");
  EXPECT_THAT(daily.cautions, Contains(Field(&Text::en, HasSubstr("State 'from' and 'to'"))));
  EXPECT_THAT(daily.period.en, HasSubstr("days, 2026-01-01 until before"));
  EventQuestion week;
  week.from = "2026-01-01", week.to = "2026-01-08";
  const DensityAnswer stated = toy.density(with({{"per", "week"}}), AnswerFormat::json, week);
  EXPECT_EQ(record_of(stated)["per"]["units"], 1);
  EXPECT_EQ(record_of(stated)["per"]["open_ends"], "none");
  EXPECT_FALSE(record_of(whole).at("per").is_object());
}

TEST_F(DensityAnalysis, WeightsAreByWordAndSpellingMistakesAreTold) {
  const DensityAnswer weighted = toy.density(with({{"weight", "category:noise=3,street light=0"}, {"edge", "diggle"}}));
  const DensityAnswer alone = toy.density(with({{"edge", "diggle"}}), AnswerFormat::json, only("noise"));
  EXPECT_NEAR(integral(weighted), 3 * integral(alone), 1e-9 * integral(weighted));
  EXPECT_EQ(record_of(weighted)["weight"]["sum"], 3 * static_cast<double>(alone.events));
  EXPECT_EQ(weighted.unit.en, "weight per km²");
  EXPECT_THAT(refused([&] { toy.density(with({{"weight", "category:nose=3"}})); }).en, HasSubstr("'nose'"));
  EXPECT_THAT(refused([&] { toy.density(with({{"weight", "category"}})); }).en, HasSubstr("is no number"));
}

TEST_F(DensityAnalysis, ZonesHaveTheMeanOfTheirPixelsAndSumToTheWhole) {
  const DensityAnswer answer = toy.density(with({{"zones", "community"}, {"edge", "diggle"}}), AnswerFormat::csv);
  ASSERT_EQ(answer.table.rows.size(), 4u);
  double sum = 0;
  for (const auto& row : answer.table.rows) sum += std::get<double>(row[4]);
  EXPECT_EQ(answer.table.fields[4].name, "integral");
  EXPECT_NEAR(sum, integral(answer), 1e-9 * sum);
  EXPECT_EQ(std::get<std::string>(answer.table.rows[0][1]), "Harbour");
  EXPECT_EQ(std::get<std::string>(answer.table.rows[0].back()), answer.summary);
  EXPECT_THAT(refused([&] {
                toy.density(with({{"zones", "wards"}}), AnswerFormat::csv);
              }).en,
              HasSubstr("grid, police"));
  const DensityAnswer coarse =
      toy.density({{"bandwidth", "900"}, {"cell", "600"}, {"zones", "grids"}}, AnswerFormat::csv);
  EXPECT_GT(record_of(coarse)["zones_without_pixel"], 0);
  EXPECT_THAT(coarse.cautions, Contains(Field(&Text::en, HasSubstr("zones have no value"))));
}

TEST_F(DensityAnalysis, ContoursAreOfTheLevelsAskedForOrOfRoundOnes) {
  const DensityAnswer asked = toy.density(with({{"levels", "20,40"}}), AnswerFormat::geojson);
  for (const auto& row : asked.table.rows) EXPECT_TRUE(row[0] == FeatureValue(20.0) || row[0] == FeatureValue(40.0));
  EXPECT_GT(asked.table.rows.size(), 1u);
  EXPECT_EQ(asked.table.lines.size(), asked.table.rows.size());
  const Json round = record_of(toy.density(with({{"classes", "5"}}), AnswerFormat::geojson))["levels"];
  EXPECT_GE(round.size(), 3u);
  EXPECT_LE(round.size(), 5u);
  for (const Json& level : round) EXPECT_NEAR(std::remainder(level.get<double>(), round[0]), 0, 1e-9);
}

TEST_F(DensityAnalysis, AWindowIsAPlaceOfTheCity) {
  const DensityAnswer part = toy.density(with({{"window", "community:370202001"}})), whole = toy.density(with({}));
  EXPECT_LT(part.grid.size(), whole.grid.size() / 2);
  EXPECT_EQ(record_of(part)["raster_window"], "community:370202001");
  EXPECT_THROW(toy.density(with({{"window", "community:1"}})), DataError);
}

TEST_F(DensityAnalysis, AlongStreetsEveryIncidentWithinReachCounts) {
  EXPECT_THAT(refused([&] { toy.density({{"along", "streets"}}); }).en, HasSubstr("--streets"));
  const std::vector<std::vector<Point>> streets{{toy::at(0, 2.5), toy::at(15, 2.5)}};
  toy::Source with_streets;
  AnalysisSource source = with_streets.source;
  source.streets = &streets;
  SilentProgress progress;
  const DensityRequest request =
      with_streets.density_request({{"along", "streets"}, {"reach", "130"}, {"bandwidth", "300"}}, AnswerFormat::csv);
  const DensityAnswer answer = analyse_density(source, request, progress);
  double sum = 0;
  for (const auto& row : answer.table.rows) sum += std::get<double>(row[1]) * std::get<double>(row[2]) / 1000;
  EXPECT_NEAR(sum, record_of(answer)["on_streets"].get<double>(), 1e-9 * sum);
  EXPECT_GT(record_of(answer)["on_streets"], 5);
  EXPECT_THAT(answer.cautions, Contains(Field(&Text::en, HasSubstr("farther than 130 m"))));
  EXPECT_EQ(answer.unit.en, "incidents per km of street");
}

TEST_F(DensityAnalysis, FilesAreOfTheFormatAskedFor) {
  const auto file = [&](AnswerFormat format) {
    const DensityRequest request = toy.density_request(with({}), format);
    SilentProgress progress;
    return file_of(analyse_density(toy.source, request, progress), request, toy.city);
  };
  EXPECT_THAT(file(AnswerFormat::tif).bytes, StartsWith("II*"));
  EXPECT_EQ(file(AnswerFormat::tif).content_type, "image/tiff; application=geotiff");
  EXPECT_THAT(file(AnswerFormat::png).bytes, StartsWith("\x89PNG"));
  EXPECT_THAT(file(AnswerFormat::gpkg).bytes, StartsWith("SQLite format 3"));
  EXPECT_EQ(Json::parse(file(AnswerFormat::geojson).bytes)["provenance"]["method"], "kernel density");
  EXPECT_EQ(Json::parse(file(AnswerFormat::json).bytes)["unit"], "incidents per km²");
  EXPECT_THAT(file(AnswerFormat::csv).bytes, StartsWith("cell,name,mean,largest,integral,pixels,area_km2"));
}

TEST_F(DensityAnalysis, WhatCannotBeMadeIsRefusedAndCancelEndsIt) {
  EXPECT_THROW(toy.density({}, AnswerFormat::json, only("hail")), DataError);
  EventQuestion later;
  later.from = "2030-01-01";
  EXPECT_THROW(toy.density({}, AnswerFormat::json, later), DataError);
  AnalysisSource small = toy.source;
  small.most_pixels = 10'000;
  SilentProgress progress;
  EXPECT_THAT(refused([&] {
                analyse_density(small, toy.density_request({{"cell", "1"}}), progress);
              }).en,
              HasSubstr("'cell'"));
  EventQuestion one_day;
  one_day.to = "2026-01-02";
  EXPECT_THAT(refused([&] {
                toy.density({{"per", "year"}}, AnswerFormat::json, one_day);
              }).en,
              HasSubstr("lie on 2026-01-01"));
  toy::Cancelling cancelled;
  EXPECT_THROW(analyse_density(toy.source, toy.density_request({}), cancelled), Cancelled);
}

TEST_F(DensityAnalysis, WhatIsInThePublicFormSaysSo) {
  AnalysisSource public_form = toy.source;
  public_form.batch = 5;
  SilentProgress progress;
  const DensityAnswer answer = analyse_density(public_form, toy.density_request({}), progress);
  EXPECT_EQ(record_of(answer)["public_batch"], 5);
  EXPECT_THAT(answer.summary, HasSubstr("in full batches of 5"));
  EXPECT_THAT(answer.cautions, Contains(Field(&Text::zh, HasSubstr("凑满 5"))));
}

}  // namespace
}  // namespace gridloom
