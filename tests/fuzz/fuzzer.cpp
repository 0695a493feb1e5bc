// SPDX-License-Identifier: Apache-2.0
// libFuzzer's way into one target, whose header and function the build names. Build and run (Debian: clang,
// libclang-rt-14-dev):
//   cmake --preset fuzz && cmake --build build-fuzz --target url_fuzzer
//   build-fuzz/tests/fuzz/url_fuzzer -max_total_time=600 -max_len=4096 new-corpus tests/fuzz/corpus/url
// What it finds goes to the target's folder in tests/fuzz/corpus, which the unit tests replay. What lies in GDAL's own
// drivers is told to GDAL, and a driver that nobody needs goes.
#include <cstdio>
#include <cstdlib>

#include FUZZ_HEADER

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string wrong = gridloom::fuzz::FUZZ_CHECK({data, size});
  if (!wrong.empty()) {
    std::fprintf(stderr, "%s\n", wrong.c_str());
    std::abort();
  }
  return 0;
}
