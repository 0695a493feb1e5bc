// SPDX-License-Identifier: Apache-2.0
#include "engine/base/loop_watch.h"

#include <gtest/gtest.h>

#include <atomic>

#include "engine/base/parallel.h"

namespace gridloom {
namespace {

TEST(LoopWatch, StopsALoopBetweenTwoTasks) {
  LoopWatch watch;
  std::size_t done = 0;
  const WatchScope scope(&watch);
  EXPECT_THROW(parallel_for(100, 1,
                            [&](std::size_t i) {
                              ++done;
                              if (i == 4) watch.stop = true;
                            }),
               Cancelled);
  EXPECT_EQ(done, 5u);
  EXPECT_EQ(watch.done, 5u);
  EXPECT_EQ(watch.tasks, 100u);
}

TEST(LoopWatch, ReachesLoopsInsideLoopsOnOtherThreads) {
  LoopWatch watch;
  std::atomic<std::size_t> done = 0;
  const WatchScope scope(&watch);
  const auto inner = [&](std::size_t) {
    parallel_for(1000, 1, [&](std::size_t) {
      if (++done >= 10) watch.stop = true;
    });
  };
  EXPECT_THROW(parallel_for(2, 2, inner), Cancelled);
  EXPECT_LT(done, 2000u);
}

TEST(LoopWatch, StopsInTheMiddleOfATaskThatAsks) {
  LoopWatch watch;
  std::size_t steps = 0;
  const WatchScope scope(&watch);
  EXPECT_THROW(parallel_for(1, 1,
                            [&](std::size_t) {
                              for (; steps < 100; ++steps) {
                                stop_if_asked();
                                if (steps == 6) watch.stop = true;
                              }
                            }),
               Cancelled);
  EXPECT_EQ(steps, 7u);
}

TEST(LoopWatch, EndsWithItsBlock) {
  LoopWatch watch;
  watch.stop = true;
  { const WatchScope scope(&watch); }
  std::size_t done = 0;
  parallel_for(7, 1, [&](std::size_t) { ++done; });
  EXPECT_EQ(done, 7u);
}

TEST(LoopWatch, TellsHowFarTheLoopIsAndHowLongTheRestTakes) {
  LoopWatch watch;
  EXPECT_EQ(watch.part(), 0);
  watch.tasks = 8;
  watch.done = 2;
  EXPECT_EQ(watch.part(), .25);
  EXPECT_EQ(seconds_left(10, watch.part()), 30);
  EXPECT_FALSE(seconds_left(.5, .5)) << "too early to say";
  EXPECT_FALSE(seconds_left(10, 0));
}

}  // namespace
}  // namespace gridloom
