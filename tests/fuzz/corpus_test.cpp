// SPDX-License-Identifier: Apache-2.0
// Replays what the fuzzers have kept, whole and cut short.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "fuzz/append.h"
#include "fuzz/catalogue.h"
#include "fuzz/clip.h"
#include "fuzz/event_log.h"
#include "fuzz/geometry_blob.h"
#include "fuzz/json_body.h"
#include "fuzz/layer_file.h"
#include "fuzz/mvt.h"
#include "fuzz/question.h"
#include "fuzz/request.h"
#include "fuzz/stack.h"
#include "fuzz/url.h"
#include "support/draw.h"
#include "support/repository.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = repository() / "tests/fuzz/corpus";

using Check = std::string (*)(fuzz::Bytes);
#define TARGET(name) {#name, fuzz::check_##name},
const std::map<std::string, Check> kTargets{
#include "fuzz_targets.inc"
};
#undef TARGET

std::vector<std::uint8_t> bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class FuzzCorpus : public testing::TestWithParam<std::pair<const std::string, Check>> {};

TEST_P(FuzzCorpus, HoldsNoFault) {
  const auto& [name, check] = GetParam();
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(kCorpus / name)) {
    const std::vector<std::uint8_t> bytes = bytes_of(entry.path());
    for (const std::size_t eighths : {8u, 7u, 5u, 2u})
      EXPECT_EQ(check({bytes.data(), bytes.size() * eighths / 8}), "") << entry.path() << ", " << eighths << "/8 of it";
    ++files;
  }
  EXPECT_GE(files, 5u);
}

INSTANTIATE_TEST_SUITE_P(Of, FuzzCorpus, testing::ValuesIn(kTargets),
                         [](const auto& target) { return target.param.first; });

TEST(FuzzTargets, HaveACorpusEach) {
  std::vector<std::string> folders;
  for (const auto& entry : fs::directory_iterator(kCorpus)) folders.push_back(entry.path().filename());
  std::vector<std::string> names;
  for (const auto& [name, check] : kTargets) names.push_back(name);
  EXPECT_THAT(folders, testing::UnorderedElementsAreArray(names));
}

TEST(FuzzStack, RandomBytesHoldNoFault) {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    draw::Random random(seed);
    std::vector<std::uint8_t> bytes;
    for (int i = random.between(3, 400); i > 0; --i) bytes.push_back(static_cast<std::uint8_t>(random.between(0, 255)));
    ASSERT_EQ(fuzz::check_stack(bytes), "") << "seed " << seed;
  }
}

}  // namespace
}  // namespace gridloom
