// SPDX-License-Identifier: Apache-2.0
// Replays what the fuzzer has kept, and random bytes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/stack_from_bytes.h"
#include "support/draw.h"

namespace gridloom {
namespace {

TEST(FuzzCorpus, HoldsNoFault) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(GRIDLOOM_SOURCE_DIR "/tests/fuzz/corpus")) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<std::uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
    EXPECT_EQ(fuzz::check(fuzz::case_from(bytes)), "") << entry.path();
    ++files;
  }
  EXPECT_GT(files, 10u);
}

TEST(FuzzCorpus, RandomBytesHoldNoFault) {
  std::size_t faces = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    draw::Random random(seed);
    std::vector<std::uint8_t> bytes;
    for (int i = random.between(3, 400); i > 0; --i) bytes.push_back(static_cast<std::uint8_t>(random.between(0, 255)));
    ASSERT_EQ(fuzz::check(fuzz::case_from(bytes)), "") << "seed " << seed;
    faces += bytes.size();
  }
  EXPECT_GT(faces, 10'000u);
}

}  // namespace
}  // namespace gridloom
