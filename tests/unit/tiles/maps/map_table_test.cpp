// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/map_table.h"
#include "support/repository.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace gridloom {
namespace {

namespace fs = std::filesystem;

TEST(MapTable, EveryMapIsFoundByItsId) {
  std::set<std::string> ids;
  for (const MapDefinition& map : all_maps()) {
    EXPECT_TRUE(ids.insert(map.id).second) << map.id << " stands twice";
    EXPECT_EQ(&map_of(map.id), &map);
  }
  EXPECT_EQ(find_map("roads"), nullptr);
  EXPECT_THROW(map_of("roads"), std::invalid_argument);
}

TEST(MapTable, EveryMapSaysWhatItIs) {
  for (const MapDefinition& map : all_maps()) {
    SCOPED_TRACE(map.id);
    EXPECT_FALSE(map.title.en.empty() || map.title.zh.empty() || map.description.en.empty() ||
                 map.description.zh.empty() || map.icon.empty() || map.vector_layer.empty() || map.fields.empty());
    EXPECT_TRUE(fs::exists(repository() / "styles" / (map.style + ".xml")));
    std::set<std::string> names;
    for (const PropertyField& field : map.fields) {
      EXPECT_TRUE(names.insert(field.name).second) << field.name << " stands twice";
      EXPECT_TRUE(field.type == "String" || field.type == "Number") << field.type;
    }
  }
}

TEST(MapTable, EveryStyleIsUsed) {
  std::set<std::string> used, there;
  for (const MapDefinition& map : all_maps()) used.insert(map.style);
  for (const auto& file : fs::directory_iterator(repository() / "styles"))
    if (file.path().extension() == ".xml") there.insert(file.path().stem());
  EXPECT_EQ(used, there);
}

// "map == "zones"", "zones" === choice.map and the like, in a line of C++ or TypeScript.
std::regex comparison() {
  std::string ids;
  for (const MapDefinition& map : all_maps()) ids += (ids.empty() ? "" : "|") + map.id;
  const std::string id = "[\"'](" + ids + ")[\"']", map = "(map|map_|\\.id)", equals = "\\s*[=!]==?\\s*";
  return std::regex(map + equals + id + "|" + id + equals + "[\\w.]*" + map);
}

std::size_t comparisons_in(const fs::path& file, const std::regex& pattern) {
  std::ifstream in(file);
  std::size_t found = 0;
  for (std::string line; std::getline(in, line);) found += std::regex_search(line, pattern);
  return found;
}

TEST(MapTable, NobodyElseTellsMapsApartByTheirIds) {
  const std::regex pattern = comparison();
  ASSERT_TRUE(std::regex_search("if (map == \"zones\")", pattern) && std::regex_search("'grids' === map.id", pattern));
  std::size_t looked_at = 0;
  for (const char* folder : {"tiles", "server"})
    for (const auto& file : fs::recursive_directory_iterator(repository() / folder)) {
      const std::string extension = file.path().extension();
      if (extension != ".cpp" && extension != ".h" && extension != ".ts") continue;
      if (file.path().string().find("node_modules") != std::string::npos) continue;
      ++looked_at;
      EXPECT_EQ(comparisons_in(file.path(), pattern), 0u) << file.path();
    }
  EXPECT_GT(looked_at, 100u);
}

}  // namespace
}  // namespace gridloom
