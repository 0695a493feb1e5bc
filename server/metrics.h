// SPDX-License-Identifier: Apache-2.0
// Counters of a running server, in Prometheus' text format.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "server/tile_cache.h"

namespace gridloom {

struct JobCounts {
  std::size_t waiting = 0;
  std::size_t running = 0;
};

// Safe to use from any number of threads.
class Metrics {
 public:
  using Clock = std::chrono::steady_clock;

  void request(std::string_view route, unsigned status, Clock::duration);
  void render(TileFormat, Clock::duration);

  // Exposition format 0.0.4.
  std::string text(const CacheCounts&, const JobCounts&, std::uint64_t epoch) const;

 private:
  struct Series {
    std::uint64_t count = 0;
    double seconds = 0;
  };
  mutable std::mutex guard_;
  std::map<std::pair<std::string, unsigned>, Series, std::less<>> requests_;
  std::array<Series, 2> renders_;  // by TileFormat
};

}  // namespace gridloom
