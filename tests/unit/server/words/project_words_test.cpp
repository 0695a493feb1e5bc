// SPDX-License-Identifier: Apache-2.0
#include "server/words/project_words.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>

#include "engine/io/project/dictionary.h"
#include "engine/io/project/project_schema.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

TEST(ProjectWords, SayOfEveryTableAndColumnWhatItMeansInBothLanguages) {
  const City city = toy::city();
  const auto expect_both = [](const Text& text, const std::string& of) {
    EXPECT_FALSE(text.en.empty() || text.zh.empty()) << of;
    EXPECT_EQ((text.en + text.zh).find("{}"), std::string::npos) << of;
  };
  for (const Table& table : project_schema::tables(city)) {
    expect_both(meaning_of(city, project_words(), table), table.name);
    for (const Column& column : table.columns)
      expect_both(meaning_of(city, project_words(), table, &column), table.name + "." + column.name);
  }
}

TEST(ProjectWords, CallNoTwoColumnsOfATableTheSame) {
  const City city = toy::city();
  std::vector<Table> tables = project_schema::tables(city);
  tables.push_back(project_schema::zones_of(city, 0));
  for (const Table& table : tables) {
    std::set<std::string> english, chinese;
    for (const Column& column : table.columns) {
      if (column.kind() == "field") continue;  // goes by its own name
      const Text title = title_of(city, project_words(), table, column);
      EXPECT_FALSE(title.en.empty() || title.zh.empty()) << table.name << "." << column.name;
      EXPECT_TRUE(english.insert(title.en).second) << table.name << ": " << title.en;
      EXPECT_TRUE(chinese.insert(title.zh).second) << table.name << ": " << title.zh;
    }
  }
}

TEST(ProjectWords, CallNoColumnThatIsNotThere) {
  const City city = toy::city();
  std::set<std::tuple<std::string, std::string>> there, said;
  for (const Table& table : project_schema::tables(city))
    for (const Column& column : table.columns) {
      there.emplace("", column.kind());
      there.emplace(table.kind(), column.kind());
    }
  for (const ColumnTitle& title : project_words().titles) {
    EXPECT_TRUE(there.contains({std::string(title.table), std::string(title.column)})) << title.column;
    EXPECT_TRUE(said.emplace(title.table, title.column).second) << title.table << "." << title.column;
  }
}

TEST(ProjectWords, SayNothingTwiceAndNothingOfWhatIsNotThere) {
  const City city = toy::city();
  std::set<std::tuple<std::string, std::string>> there{{"layer_styles", ""}};
  for (const Table& table : project_schema::tables(city)) {
    there.emplace(table.kind(), "");
    for (const Column& column : table.columns) there.emplace(table.kind(), column.kind());
  }
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> said;
  for (const Meaning& m : project_words().meanings) {
    EXPECT_TRUE(said.emplace(m.table, m.column, m.value).second) << m.table << "." << m.column << " " << m.value;
    EXPECT_TRUE(there.contains({std::string(m.table), std::string(m.column)})) << m.table << "." << m.column;
  }
}

template <class Enumeration>
void expect_words_of(std::string_view table, std::string_view column) {
  std::set<std::string> said, there;
  for (const Meaning& m : project_words().meanings)
    if (m.table == table && m.column == column && !m.value.empty()) said.emplace(m.value);
  for (const std::string& word : word_list<Enumeration>()) there.insert(word);
  EXPECT_EQ(said, there) << table << "." << column;
}

TEST(ProjectWords, SayWhatEveryValueOfAnEnumerationMeans) {
  expect_words_of<GridKind>("grids", "kind");
  expect_words_of<BandVerdict>("grids", "band");
  expect_words_of<PlanStatus>("plans", "status");
  expect_words_of<DutyStatus>("responsibilities", "status");
  expect_words_of<ConflictKind>("conflicts", "kind");
  expect_words_of<QualityStage>("quality", "stage");
  expect_words_of<QualityMetric>("quality", "metric");
}

TEST(ProjectWords, SpeakOfALayerByItsTitle) {
  const City city = toy::city();
  const Table aligned = project_schema::aligned(city, 1);
  const Text text = meaning_of(city, project_words(), aligned);
  EXPECT_EQ(text.en, city.layers[1].title.en + " after alignment");
  EXPECT_EQ(text.zh, city.layers[1].title.zh + "（对齐后）");
}

}  // namespace
}  // namespace gridloom
