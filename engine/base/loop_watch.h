// SPDX-License-Identifier: Apache-2.0
// How a caller watches and stops functions that take no Progress: every parallel loop tells how far it is, and asks
// before each of its tasks whether to go on.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>

namespace gridloom {

// May be read, and `stop` set, from any thread or signal handler.
struct LoopWatch {
  std::atomic<bool> stop{false};      // true: the loops throw Cancelled
  std::atomic<std::size_t> done{0};   // tasks of the outermost loop that runs
  std::atomic<std::size_t> tasks{0};  // of how many; a function may run several loops one after the other

  // How much of the running loop is done, in [0, 1]; 0: none has run.
  double part() const {
    const std::size_t of = tasks;
    return of == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
  }
};

// Seconds that the rest of a loop takes if it goes on as in the `seconds` so far; empty: too early to say.
inline std::optional<double> seconds_left(double seconds, double part) {
  if (seconds < 1 || part < 0.01) return {};
  return seconds * (1 - part) / part;
}

// While it lives, loops started on this thread, and loops inside them, are watched. Results do not depend on it.
// Scopes nest: the inner one counts. The watch must outlive it.
class WatchScope {
 public:
  explicit WatchScope(LoopWatch* watch, bool inside_loop = false) : outer_(current()) {
    current() = {watch, inside_loop};
  }
  ~WatchScope() { current() = outer_; }
  WatchScope(const WatchScope&) = delete;
  WatchScope& operator=(const WatchScope&) = delete;

  struct Watched {
    LoopWatch* by = nullptr;  // null: nobody watches
    bool inside_loop = false;
  };
  static Watched& current() {
    static thread_local Watched watched;
    return watched;
  }

 private:
  Watched outer_;
};

}  // namespace gridloom
