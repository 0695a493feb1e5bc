// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/loop_watch.h"

namespace gridloom {

// Calls work(i) for i = 0 .. tasks - 1 on up to `threads` threads, in any order, and waits. Results must not depend on
// the order. The first exception is rethrown here after all threads have stopped. Throws Cancelled between two tasks
// when a WatchScope of the caller says so.
template <class Work>
void parallel_for(std::size_t tasks, unsigned threads, Work&& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr error;
  std::mutex guard;
  const WatchScope::Watched watched = WatchScope::current();
  LoopWatch unwatched;
  LoopWatch& asked = watched.by ? *watched.by : unwatched;
  LoopWatch& told = watched.inside_loop ? unwatched : asked;
  told.done = 0;
  told.tasks = tasks;
  const auto run = [&] {
    const WatchScope inherited(watched.by, true);
    try {
      for (std::size_t i; (i = next.fetch_add(1)) < tasks;) {
        if (asked.stop) throw Cancelled();
        work(i);
        ++told.done;
      }
    } catch (...) {
      const std::lock_guard lock(guard);
      if (!error) error = std::current_exception();
      next = tasks;
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t t = 1; t < std::min<std::size_t>(threads, tasks); ++t) helpers.emplace_back(run);
    run();
  }
  if (error) std::rethrow_exception(error);
}

// Between the steps of a task that takes long: throws Cancelled when a WatchScope of the caller says so.
inline void stop_if_asked() {
  const LoopWatch* watch = WatchScope::current().by;
  if (watch && watch->stop) throw Cancelled();
}

// Splits 0 .. n - 1 into blocks of at most `block` and calls work(block_index, begin, end).
template <class Work>
void parallel_blocks(std::size_t n, std::size_t block, unsigned threads, Work&& work) {
  parallel_for((n + block - 1) / block, threads,
               [&](std::size_t b) { work(b, b * block, std::min(n, (b + 1) * block)); });
}

// Sorts on up to `threads` threads: blocks apart, then merged pairwise. For orders in which equal values cannot be told
// apart, so that the result does not depend on `threads`.
template <class T>
void parallel_sort(std::vector<T>& values, unsigned threads) {
  constexpr std::size_t kWorthwhile = 1 << 15;
  if (threads < 2 || values.size() < kWorthwhile) return std::sort(values.begin(), values.end());
  std::size_t blocks = 1;
  while (blocks < threads) blocks *= 2;
  const auto at = [&](std::size_t b) {
    return values.begin() + static_cast<std::ptrdiff_t>(values.size() * b / blocks);
  };
  parallel_for(blocks, threads, [&](std::size_t b) { std::sort(at(b), at(b + 1)); });
  for (std::size_t width = 1; width < blocks; width *= 2)
    parallel_for(blocks / (2 * width), threads, [&](std::size_t pair) {
      const std::size_t b = pair * 2 * width;
      std::inplace_merge(at(b), at(b + width), at(b + 2 * width));
    });
}

}  // namespace gridloom
