// SPDX-License-Identifier: Apache-2.0
// Replays the files of the fuzzer (tests/fuzz/layer_file_fuzzer.cpp), whole and cut short.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz/layer_file_from_bytes.h"
#include "support/io_support.h"

namespace gridloom {
namespace {

TEST(LayerFiles, AreReadOrRefusedAndAllTextsAreUtf8) {
  const TemporaryFolder folder;
  for (const auto& entry : std::filesystem::directory_iterator(repository() / "tests/fuzz/layer_files")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::vector<char> chars((std::istreambuf_iterator<char>(in)), {});
    const std::vector<std::uint8_t> bytes(chars.begin(), chars.end());
    for (const std::size_t parts : {8u, 7u, 5u, 2u})
      EXPECT_EQ(fuzz::check_layer_file({bytes.data(), bytes.size() * parts / 8}, folder.path()), "") << entry.path();
  }
}

}  // namespace
}  // namespace gridloom
