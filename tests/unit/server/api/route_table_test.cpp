// SPDX-License-Identifier: Apache-2.0
#include "server/api/route_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace gridloom {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

TEST(RouteTable, PatternsTakePathsApart) {
  EXPECT_THAT(match("/api/city", "/api/city"), Optional(IsEmpty()));
  EXPECT_THAT(match("/api/jobs/{id}", "/api/jobs/7"), Optional(ElementsAre(Pair("id", "7"))));
  EXPECT_THAT(match("/tiles/{map}.json", "/tiles/grids.json"), Optional(ElementsAre(Pair("map", "grids"))));
  EXPECT_THAT(match("/t/{x}/{y}[@2x].{png|mvt}", "/t/3/4@2x.png"),
              Optional(ElementsAre(Pair("x", "3"), Pair("y", "4@2x.png"))));
  EXPECT_THAT(match("/*", "/any/thing"), Optional(IsEmpty()));
}

TEST(RouteTable, WhatDoesNotFitAPatternIsAnothers) {
  const std::pair<const char*, const char*> pairs[] = {{"/api/city", "/api/city/"},
                                                       {"/api/city", "/api"},
                                                       {"/api/city", "/api/City"},
                                                       {"/api/jobs/{id}", "/api/jobs/"},
                                                       {"/api/jobs/{id}", "/api/jobs"},
                                                       {"/api/jobs/{id}", "/api/jobs/7/result"},
                                                       {"/tiles/{map}.json", "/tiles/.json"},
                                                       {"/tiles/{map}.json", "/tiles/grids"}};
  for (const auto& [pattern, path] : pairs) EXPECT_FALSE(match(pattern, path)) << pattern << ' ' << path;
}

TEST(RouteTable, NoRouteHidesAnother) {
  for (const Route& route : all_routes()) {
    const auto first = std::find_if(all_routes().begin(), all_routes().end(),
                                    [&](const Route& r) { return match(r.pattern, route.pattern).has_value(); });
    EXPECT_EQ(first->pattern, route.pattern);
    for (const std::string_view method : route.methods)
      EXPECT_EQ(std::count_if(all_routes().begin(), all_routes().end(),
                              [&](const Route& r) { return r.pattern == route.pattern && r.takes(method); }),
                1)
          << method << ' ' << route.pattern;
  }
}

TEST(RouteTable, EveryNameOfAPatternIsExplained) {
  for (const Route& route : all_routes()) {
    std::set<std::string> names;
    for (const ParameterText& p : route.parameters) {
      EXPECT_TRUE(names.insert(p.name).second) << p.name << " stands twice at " << route.pattern;
      EXPECT_FALSE(p.about.en.empty() || p.about.zh.empty()) << p.name;
    }
    const auto texts = match(route.pattern, route.pattern);
    ASSERT_TRUE(texts) << route.pattern;
    for (const auto& [name, text] : *texts) EXPECT_TRUE(names.contains(name)) << name << " of " << route.pattern;
  }
}

}  // namespace
}  // namespace gridloom
