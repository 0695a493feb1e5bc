// SPDX-License-Identifier: Apache-2.0
#include "tiles/picture/map_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/errors.h"
#include "tiles/picture/furniture.h"
#include "tiles/picture/png.h"
#include "tiles/picture/svg.h"

namespace gridloom {
namespace {

using testing::HasSubstr;
using testing::Not;

MapSheet sheet(double width_m = 20'000, double height_m = 20'000, double width_px = 900) {
  return {{0, 0, width_m, height_m}, {"Title", "Subtitle", "Source"}, width_px};
}

std::vector<Lettering> words_of(const Drawing& drawing) {
  std::vector<Lettering> out;
  for (const auto& item : drawing.items)
    if (const auto* words = std::get_if<Lettering>(&item)) out.push_back(*words);
  return out;
}

std::vector<std::string> texts_of(const Drawing& drawing) {
  std::vector<std::string> out;
  for (const Lettering& words : words_of(drawing)) out.push_back(words.text);
  return out;
}

double bottom_of(const Drawing& drawing) {
  double y = 0;
  for (const Lettering& words : words_of(drawing)) y = std::max(y, words.at.y);
  return y;
}

TEST(MapSheet, SaysItsTitleItsSourceAndItsScale) {
  const std::vector<std::string> texts = texts_of(sheet().drawing());
  for (const char* text : {"Title", "Subtitle", "Source", "N"})
    EXPECT_TRUE(std::find(texts.begin(), texts.end(), text) != texts.end()) << text;
  EXPECT_TRUE(std::find(texts.begin(), texts.end(), "5 km") != texts.end());
}

TEST(MapSheet, NorthIsUpAndAKilometreIsAsLongBothWays) {
  const MapSheet map = sheet();
  const Spot low = map.at(1000, 1000), high = map.at(2000, 2000);
  EXPECT_GT(low.y, high.y);
  EXPECT_NEAR(high.x - low.x, low.y - high.y, 1e-9);
  EXPECT_NEAR(high.x - low.x, 1000 * map.px_per_metre(), 1e-9);
}

TEST(MapSheet, LongAndNarrowCitiesHaveRoomToo) {
  for (const auto& [width, height] : {std::pair{1000.0, 90'000.0}, {90'000.0, 1000.0}}) {
    const MapSheet map = sheet(width, height);
    const Drawing drawing = map.drawing();
    EXPECT_LT(drawing.height, 1.8 * drawing.width);
    for (const Spot corner : {map.at(0, 0), map.at(width, height)})
      EXPECT_TRUE(corner.x > 0 && corner.x < drawing.width && corner.y > 0 && corner.y < drawing.height);
  }
}

TEST(MapSheet, GrowsWithItsLegend) {
  MapSheet map = sheet();
  const double before = map.drawing().height;
  map.add_entries("Classes", std::vector<std::pair<Colour, std::string>>(60, {kInk, "one of many"}), false);
  const Drawing after = map.drawing();
  EXPECT_GT(after.height, before + 300);
  EXPECT_LT(bottom_of(after), after.height);
}

TEST(MapSheet, NothingIsWiderThanTheSheet) {
  MapSheet map({0, 0, 1000, 1000}, {std::string(60, 'W'), std::string(60, 'm'), "Source"}, 700);
  map.add_note("some words that are too many for one line, and 一些中文字符不用空格也会换行换行换行换行换行换行换行");
  map.add_ramp("a title that is so long that it must be broken", ToneScale(ScaleKind::amount, 12'345), "");
  for (const Lettering& words : words_of(map.drawing()))
    EXPECT_LE(words.at.x + width_of(words.text, words.size, words.bold), 700 - 27) << words.text;
}

TEST(MapSheet, TicksKeepTheirDistanceAndTellThatThereIsMore) {
  MapSheet map = sheet();
  map.add_ramp("per km²", ToneScale(ScaleKind::amount, 100'000, 43'210), " and more");
  const std::vector<std::string> texts = texts_of(map.drawing());
  EXPECT_TRUE(std::find(texts.begin(), texts.end(), "43,200 and more") != texts.end());
  EXPECT_TRUE(std::find(texts.begin(), texts.end(), "20,000") != texts.end());
  double last = -100;
  for (const Lettering& words : words_of(map.drawing())) {
    if (words.size != 13 || words.bold) continue;
    EXPECT_GE(words.at.y - last, 18);
    last = words.at.y;
  }
}

TEST(MapSheet, RefusesBoundsWithoutAnAreaAndSheetsWithoutAMap) {
  EXPECT_THROW(sheet(0, 10), DataError);
  EXPECT_THROW(sheet(10, 10, 300), DataError);
}

// --- what is written ---

Drawing triangle() {
  Drawing out{100, 50, {}};
  out.items.emplace_back(Shape{{{{10, 10}, {10.2, 10.2}, {60, 10}, {10, 40}}}, true, Tone{{255, 0, 0}, 0.5}, {}, ""});
  out.items.emplace_back(Lettering{{5, 45}, "a < b & c", 12, kInk, true, Align::end, 2, "note"});
  return out;
}

TEST(Svg, IsInTenthsOfPixelsAndLeavesOutWhatNobodySees) {
  const std::string svg = svg_of(triangle(), "class=\"map\"");
  EXPECT_THAT(svg, HasSubstr("<svg class=\"map\" viewBox=\"0 0 1000 500\">"));
  EXPECT_THAT(svg, HasSubstr("d=\"M100 100l500 0l-500 300z\""));
  EXPECT_THAT(svg, HasSubstr("fill=\"#ff0000\" fill-opacity=\"50%\""));
  EXPECT_THAT(svg, HasSubstr(">a &lt; b &amp; c</text>"));
  EXPECT_THAT(svg, HasSubstr("class=\"note\""));
}

TEST(Svg, LeavesClassesWithoutColoursToThePage) {
  Drawing drawing{10, 10, {}};
  drawing.items.emplace_back(Shape{{{{0, 0}, {9, 0}, {9, 9}}}, true, {}, {}, "patch"});
  drawing.items.emplace_back(Shape{{{{0, 0}, {9, 0}}}, false, {}, {}, "line"});
  const std::string svg = svg_of(drawing, "");
  EXPECT_THAT(svg, HasSubstr("<path class=\"patch\" d="));
  EXPECT_THAT(svg, HasSubstr("<path class=\"line\" fill=\"none\" d="));
}

TEST(Svg, AFileHasItsImageInside) {
  Drawing drawing = triangle();
  drawing.items.emplace_back(Image{{0, 0}, 20, 10, 2, 1, {{{255, 0, 0}}, {{0, 0, 255}, 0.5}}, false});
  const std::string svg = svg_file(drawing);
  EXPECT_THAT(svg, HasSubstr("xmlns="));
  EXPECT_THAT(svg, HasSubstr("href=\"data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(svg, HasSubstr("image-rendering:pixelated"));
}

TEST(Png, HasTheSizeOfTheDrawingAndIsTheSameEachTime) {
  const std::string png = png_of(triangle());
  EXPECT_EQ(png.substr(1, 3), "PNG");
  EXPECT_EQ(png[19], 100);
  EXPECT_EQ(png[23], 50);
  EXPECT_TRUE(png == png_of(triangle()));
}

TEST(Png, ShowsNothingOutsideAClip) {
  Drawing seen{40, 40, {}}, unseen = seen, empty = seen;
  const Shape square{{rectangle({20, 20}, 10, 10)}, true, Tone{kInk}, {}, ""};
  for (auto& [drawing, clip] : {std::pair<Drawing*, Spot>{&seen, {15, 15}}, {&unseen, {0, 0}}}) {
    drawing->items.emplace_back(ClipBegin{{rectangle(clip, 20, 20)}});
    drawing->items.emplace_back(square);
    drawing->items.emplace_back(ClipEnd{});
  }
  EXPECT_TRUE(png_of(unseen) == png_of(empty));
  EXPECT_TRUE(png_of(seen) != png_of(empty));
}

TEST(Png, RefusesWhatIsTooLarge) { EXPECT_THROW(png_of(Drawing{1e6, 1e6, {}}), DataError); }

}  // namespace
}  // namespace gridloom
