// SPDX-License-Identifier: Apache-2.0
#include "server/words/titles.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "engine/base/words.h"

namespace gridloom {
namespace {

template <class Value>
void expect_titles() {
  std::set<std::string> en, zh;
  for (const auto& [word, value] : kWords<Value>) {
    const Text title = title_of(value);
    EXPECT_TRUE(en.insert(title.en).second) << word;
    EXPECT_TRUE(zh.insert(title.zh).second) << word;
    EXPECT_FALSE(title.en.empty()) << word;
    EXPECT_GT(static_cast<unsigned char>(title.zh.at(0)), 0x7f) << word;
  }
}

TEST(Titles, EveryValueHasOneOfItsOwnInBothLanguages) {
  expect_titles<ConflictKind>();
  expect_titles<DutyStatus>();
  expect_titles<EventField>();
  expect_titles<PlanStatus>();
}

}  // namespace
}  // namespace gridloom
