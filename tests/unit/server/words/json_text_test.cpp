// SPDX-License-Identifier: Apache-2.0
#include "server/words/json_text.h"

#include <gtest/gtest.h>

namespace gridloom {
namespace {

TEST(JsonText, BytesThatAreNoTextBecomeMarks) {
  EXPECT_EQ(dump({{"name", "caf\xe9"}}), "{\"name\":\"caf\xef\xbf\xbd\"}");
  EXPECT_EQ(dump({{"name", "朝阳"}}), "{\"name\":\"朝阳\"}");
}

TEST(JsonText, KeysKeepTheirOrderAndTextsBothLanguages) {
  EXPECT_EQ(dump({{"z", 1}, {"a", json_of(Text{"East", "东"})}}), "{\"z\":1,\"a\":{\"en\":\"East\",\"zh\":\"东\"}}");
}

}  // namespace
}  // namespace gridloom
