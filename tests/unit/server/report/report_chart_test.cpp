// SPDX-License-Identifier: Apache-2.0
#include "server/report/chart.h"

#include <gtest/gtest.h>

#include <regex>

namespace gridloom {
namespace {

std::vector<std::string> texts(const std::string& svg) {
  static const std::regex text("<text[^>]*>([^<]*)</text>");
  std::vector<std::string> out;
  for (std::sregex_iterator at(svg.begin(), svg.end(), text), end; at != end; ++at) out.push_back((*at)[1]);
  return out;
}

TEST(BarChart, AxesHaveTitlesAndRoundNumbers) {
  const std::string svg = bar_chart({"lengths", "departments", "km", {{"0", 0}, {"1", 3170}, {"2", 1500}}});
  EXPECT_EQ(texts(svg),
            (std::vector<std::string>{"km", "0", "1,000", "2,000", "3,000", "4,000", "0", "1", "2", "departments"}));
  EXPECT_NE(svg.find("aria-label=\"lengths\""), std::string::npos);
}

TEST(BarChart, SmallSharesKeepTheirDecimals) {
  EXPECT_EQ(texts(bar_chart({"", "x", "y", {{"a", 0.3}}})),
            (std::vector<std::string>{"y", "0", "0.10", "0.20", "0.30", "a", "x"}));
}

TEST(BarChart, NothingToShowIsAChartWithoutBars) {
  EXPECT_EQ(texts(bar_chart({"", "x", "y", {{"a", 0}}})).front(), "y");
  EXPECT_EQ(texts(bar_chart({"", "x", "y", {}})).back(), "x");
}

TEST(BarChart, MarksNearTheEdgesKeepTheirNamesInside) {
  const std::string svg =
      bar_chart({"", "x", "y", {{"a", 1}, {"b", 1}}, {{0, "stated", "low"}, {2, "suggested", "high"}}});
  EXPECT_NE(svg.find("start mark\" x=\"42.0\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("end mark\" x=\"314.0\""), std::string::npos) << svg;
}

TEST(BarChart, EscapesNames) {
  EXPECT_NE(bar_chart({"", "x", "y", {{"<b>", 1}}}).find("&lt;b&gt;"), std::string::npos);
}

}  // namespace
}  // namespace gridloom
