// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: stacks of layers from bytes. Build and run (Debian: clang, libclang-rt-14-dev):
//   cmake --preset fuzz && cmake --build build-fuzz --target stack_fuzzer
//   build-fuzz/tests/fuzz/stack_fuzzer -max_total_time=600 -max_len=400 new-corpus tests/fuzz/corpus
// What it finds goes to tests/fuzz/corpus, which the unit tests replay.
#include <cstdio>
#include <cstdlib>

#include "fuzz/stack_from_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string wrong = gridloom::fuzz::check(gridloom::fuzz::case_from({data, size}));
  if (!wrong.empty()) {
    std::fprintf(stderr, "%s\n", wrong.c_str());
    std::abort();
  }
  return 0;
}
