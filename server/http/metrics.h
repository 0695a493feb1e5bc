// SPDX-License-Identifier: Apache-2.0
// Counters of a running server, in Prometheus' text format.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gridloom {

// A number that something else counts: "gridloom_epoch", or one of several under the same name, told apart by a label
// such as "state=\"waiting\"".
struct Sample {
  std::string_view name, type, help;
  std::uint64_t value = 0;
  std::string_view label = {};
};

// Safe to use from any number of threads.
class Metrics {
 public:
  using Clock = std::chrono::steady_clock;

  // `formats` of tiles, told of before the first is made.
  explicit Metrics(std::span<const std::string> formats);

  void request(std::string_view route, unsigned status, Clock::duration);
  void render(std::string_view format, Clock::duration);

  // Exposition format 0.0.4; `others` follow, those of one name together.
  std::string text(std::span<const Sample> others) const;

 private:
  struct Series {
    std::uint64_t count = 0;
    double seconds = 0;
  };
  mutable std::mutex guard_;
  std::map<std::pair<std::string, unsigned>, Series, std::less<>> requests_;
  std::map<std::string, Series, std::less<>> renders_;  // by format
};

}  // namespace gridloom
