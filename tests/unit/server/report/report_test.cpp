// SPDX-License-Identifier: Apache-2.0
// The report of the toy city.
#include "server/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "server/report/context.h"
#include "server/report/sections.h"
#include "server/words/number_text.h"
#include "server/words/url.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

// All that stands in the pattern's group.
std::vector<std::string> found(const std::string& text, const char* pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), expression), end; at != end; ++at) out.push_back((*at)[1]);
  return out;
}

// Elements that are open at the end, or the first that is closed and was not open last.
std::string unbalanced(const std::string& page) {
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z0-9]+)[^>]*?(/?)>");
  for (std::sregex_iterator at(page.begin(), page.end(), tag), end; at != end; ++at) {
    const std::string name = (*at)[2];
    if ((*at)[3].length() > 0 || name == "meta" || name == "br") continue;
    if ((*at)[1].length() == 0) {
      open.push_back(name);
    } else {
      if (open.empty() || open.back() != name) return "</" + name + ">";
      open.pop_back();
    }
  }
  return std::accumulate(open.begin(), open.end(), std::string());
}

class ReportOfTheToyCity : public testing::TestWithParam<Language> {
 protected:
  City city = toy::city();
  std::string page() const { return report_page(city, GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(In, ReportOfTheToyCity, testing::Values(Language::en, Language::zh),
                         [](const auto& language) { return language.param == Language::en ? "English" : "Chinese"; });

TEST_P(ReportOfTheToyCity, IsAPageOfItsLanguageThatNeedsNoOther) {
  const std::string text = page();
  const bool english = GetParam() == Language::en;
  EXPECT_THAT(text, HasSubstr(english ? "<html lang=\"en\">" : "<html lang=\"zh-CN\">"));
  EXPECT_THAT(text,
              HasSubstr(english ? "<title>Toy City · fusion report</title>" : "<title>玩具市 · 融合报告</title>"));
  EXPECT_EQ(unbalanced(text), "");
  for (const std::string& address : found(text, "([a-z]+://[^\"' )]*)"))
    EXPECT_EQ(address, "http://www.w3.org/2000/svg") << "a name, which nothing loads";
  EXPECT_THAT(text, Not(HasSubstr("src=")));
  EXPECT_THAT(text, Not(HasSubstr("<script")));
}

TEST_P(ReportOfTheToyCity, LeadsToEachOfItsSections) {
  const std::string text = page();
  const std::vector<std::string> sections = found(text, "<section id=\"([a-z-]+)\">");
  EXPECT_THAT(sections, IsSupersetOf({"maps", "decisions", "crosswalk", "formulas"}));
  EXPECT_EQ(std::set<std::string>(sections.begin(), sections.end()).size(), sections.size());
  const std::size_t nav = text.find("<nav>");
  EXPECT_EQ(found(text.substr(nav, text.find("</nav>") - nav), "href=\"#([a-z-]+)\""), sections);
  const std::vector<std::string> ids = found(text, " id=\"([^\"]+)\"");
  for (const std::string& target : found(text, "href=\"#([^\"]+)\""))
    EXPECT_NE(std::find(ids.begin(), ids.end(), target), ids.end()) << target;
}

TEST_P(ReportOfTheToyCity, TellsTheCitysFigures) {
  const std::string text = page();
  const double people = std::accumulate(city.population.begin(), city.population.end(), 0.0);
  const std::vector<std::string> figures = found(text.substr(0, text.find("<nav>")), "<div><b>([^<]*)</b>");
  ASSERT_EQ(figures.size(), 6u);
  EXPECT_EQ(figures.front(), "3") << "layers";
  EXPECT_EQ(figures[3], "9") << "grids";
  EXPECT_EQ(figures.back(), with_commas(static_cast<std::uint64_t>(std::llround(people))));
}

TEST_P(ReportOfTheToyCity, SavesTheCrosswalkRowByRow) {
  std::size_t rows = 0, files = 0;
  for (const std::string& data : found(page(), "href=\"data:text/csv;charset=utf-8,([^\"]*)\"")) {
    // A target may hold no control characters: its lines end in %0A.
    const std::vector<std::string> ends = found(data, "(%0A)");
    rows += ends.size() - 1;  // but the header
    ++files;
  }
  EXPECT_EQ(files, city.layers.size());
  EXPECT_EQ(rows, city.crosswalk.size());
}

TEST_P(ReportOfTheToyCity, NamesAreTextWhateverTheyHold) {
  const std::string hostile = "<script>\"&'</script>";
  const Text name{hostile + "en", hostile + "zh"};
  city.name = name;
  for (Layer& layer : city.layers) {
    layer.title = layer.department = name;
    for (Cell& cell : layer.cells) cell.name = hostile + cell.id;
  }
  for (AdminLevel& level : city.admin) {
    level.title = name;
    for (AdminUnit& unit : level.units) unit.name = name;
  }
  for (Grid& grid : city.grids) grid.name = name;
  city.history.back().at = hostile;
  const std::string text = page();
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;&quot;&amp;'&lt;/script&gt;"));
  EXPECT_EQ(unbalanced(text), "");
}

TEST_P(ReportOfTheToyCity, ACityWithoutConflictsHasNoneToDecide) {
  city.conflicts.clear();
  const std::vector<std::string> sections = found(page(), "<section id=\"([a-z-]+)\">");
  EXPECT_THAT(sections, Not(testing::Contains("decisions")));
  EXPECT_THAT(sections, testing::Contains("crosswalk"));
}

TEST(OpenQuestions, AreThoseOfPeopleMostFirst) {
  City city = toy::city();
  for (std::size_t c = 0; c < city.conflicts.size(); ++c)
    city.conflicts[c].population = 10.0 * static_cast<double>(c + 1);
  Conflict nobody = city.conflicts[0];
  nobody.population = 0;
  city.conflicts.push_back(nobody);
  const std::vector<const Conflict*> open = open_questions(city);
  ASSERT_EQ(open.size(), 2u);
  EXPECT_EQ(open[0], &city.conflicts[1]);
  EXPECT_EQ(open[1], &city.conflicts[0]);
}

TEST(ReportContext, CountsInWords) {
  const City city = toy::city();
  const ReportContext en(city, Language::en), zh(city, Language::zh);
  EXPECT_EQ(en.households(0.6), "1 household");
  EXPECT_EQ(en.households(1700), "1,700 households");
  EXPECT_EQ(en.people(1.4), "1 person");
  EXPECT_EQ(en.people(0), "0 people");
  EXPECT_EQ(zh.people(1), "1人");
  EXPECT_EQ(zh.households(1700), "1,700户");
}

TEST(ReportContext, NumbersAreRoundedAsPeopleReadThem) {
  EXPECT_EQ(rounded(-3), "0");
  EXPECT_EQ(rounded(1234.5), "1,235");
  EXPECT_EQ(percent(0.9964), "99.6 %");
  EXPECT_EQ(percent(1, 0), "100 %");
  EXPECT_EQ(hectares(12'345'678), "1,234.6");
  EXPECT_EQ(hectares(0), "0.0");
  EXPECT_EQ(kilometres(1234), "1.2");
}

TEST(ReportContext, ALayerWithFarFewerVerticesThanOthersIsGeneralised) {
  City city = toy::city();
  for (Layer& layer : city.layers) {
    Ring ring;  // a kilometre, a vertex every ten metres
    for (std::int32_t x = 0; x <= 500; x += 10) ring.points.push_back({x * 1000, 0});
    layer.delivered = {{ring}};
  }
  city.layers[2].delivered = {{Ring{{{0, 0}, {250'000, 0}, {500'000, 0}}, false}}};
  const ReportContext report(city, Language::en);
  EXPECT_NEAR(report.vertices_per_km(0), 51, 1e-9);
  EXPECT_FALSE(report.generalised(0));
  EXPECT_TRUE(report.generalised(2));
}

}  // namespace
}  // namespace gridloom
