// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: delivered files from bytes, through our readers and GDAL's drivers. Build and run (Debian: clang,
// libclang-rt-14-dev):
//   cmake --preset fuzz && cmake --build build-fuzz --target layer_file_fuzzer
//   build-fuzz/tests/fuzz/layer_file_fuzzer -max_total_time=3600 -max_len=65536 -rss_limit_mb=4096 new-corpus
//     tests/fuzz/layer_files
// Whatever is read must be UTF-8, and whatever is refused a DataError. What it finds goes to tests/fuzz/layer_files,
// which the unit tests replay; what lies in GDAL's own drivers is told to GDAL, and a driver that nobody needs goes.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "fuzz/layer_file_from_bytes.h"

namespace {

namespace fs = std::filesystem;

// A folder of this process, in memory where the machine has such a place.
const fs::path& folder() {
  static const fs::path path = [] {
    const fs::path base = fs::is_directory("/dev/shm") ? "/dev/shm" : fs::temp_directory_path();
    const fs::path own = base / ("gridloom-fuzz-" + std::to_string(getpid()));
    fs::create_directories(own);
    return own;
  }();
  return path;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string wrong = gridloom::fuzz::check_layer_file({data, size}, folder());
  if (!wrong.empty()) {
    std::fprintf(stderr, "not UTF-8: %s\n", wrong.c_str());
    std::abort();
  }
  return 0;
}
