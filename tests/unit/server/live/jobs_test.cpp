// SPDX-License-Identifier: Apache-2.0
#include "server/live/jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "engine/base/parallel.h"
#include "server/words/parameters.h"

namespace gridloom {
namespace {

using namespace std::chrono_literals;

// Ends when told to, or when it is cancelled.
struct Gate {
  std::promise<void> open;
  std::shared_future<void> opened = open.get_future().share();
  std::atomic<int> running{0};
  std::atomic<int> most{0};

  Jobs::Work work(std::string bytes = "done") {
    return [this, bytes](Progress& progress) {
      most = std::max<int>(most, ++running);
      progress.stage("gate", 0.5);
      while (opened.wait_for(1ms) != std::future_status::ready)
        if (progress.cancelled()) {
          --running;
          throw Cancelled();
        }
      --running;
      return AnswerFile{bytes, "text/plain"};
    };
  }
};

Jobs::Work quick(std::string bytes) {
  return [bytes](Progress&) { return AnswerFile{bytes, "text/plain"}; };
}

JobStatus wait_for(Jobs& jobs, const std::string& id, std::chrono::milliseconds patience = 20s) {
  std::promise<void> ended;
  jobs.when_ended(id, patience, [&] { ended.set_value(); });
  ended.get_future().wait();
  return jobs.status(id).value_or(JobStatus{});
}

JobStatus wait_until(Jobs& jobs, const std::string& id, JobState state) {
  for (int i = 0; i < 20'000; ++i) {
    if (const auto status = jobs.status(id); status && status->state == state) return *status;
    std::this_thread::sleep_for(1ms);
  }
  ADD_FAILURE() << "never " << word_of(state);
  return {};
}

TEST(Jobs, GuestsLeavePlacesAndWaitBehindTheOthers) {
  std::latch release(1);
  std::mutex guard;
  std::string order;
  const auto work = [&](char name) {
    return [&, name](Progress&) {
      release.wait();
      const std::lock_guard lock(guard);
      order += name;
      return AnswerFile{};
    };
  };
  Jobs jobs({.at_once = 1, .waiting = 4, .waiting_guests = 2});
  const std::string running = jobs.start("heatmap", work('r'));
  while (jobs.status(running)->state != JobState::running) std::this_thread::yield();
  EXPECT_FALSE(jobs.start("heatmap", work('a')).empty());
  EXPECT_FALSE(jobs.start("heatmap", work('b')).empty());
  EXPECT_TRUE(jobs.start("heatmap", work('c')).empty()) << "the other places are not for guests";
  const std::string own = jobs.start("heatmap", work('o'), true);
  EXPECT_FALSE(own.empty());
  const std::string last = jobs.start("heatmap", work('p'), true);
  release.count_down();
  std::latch ended(1);
  jobs.when_ended(last, std::chrono::seconds(30), [&] { ended.count_down(); });
  ended.wait();
  const std::lock_guard lock(guard);
  EXPECT_EQ(order.substr(0, 3), "rop");  // those of the guests may have begun by now
}

TEST(Jobs, AResultIsThereWhenItsJobHasEnded) {
  Jobs jobs({});
  const std::string id = jobs.start("heatmap", quick("bytes"));
  const JobStatus status = wait_for(jobs, id);
  EXPECT_EQ(status.state, JobState::done);
  EXPECT_EQ(status.result->bytes, "bytes");
  EXPECT_EQ(status.share, 1);
  EXPECT_EQ(status.kind, "heatmap");
  EXPECT_FALSE(jobs.status("other"));
}

TEST(Jobs, IdsDiffer) {
  Jobs jobs({.waiting = 1000});
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(jobs.start("x", quick("")));
  EXPECT_EQ(ids.size(), 100u);
  for (const std::string& id : ids) EXPECT_EQ(id.size(), 32u);
}

TEST(Jobs, NoMoreRunAtOnceNorWaitThanAllowed) {
  Gate gate;
  Jobs jobs({.at_once = 2, .waiting = 3});
  std::vector<std::string> ids;
  for (int i = 0; i < 2; ++i) {
    ids.push_back(jobs.start("x", gate.work()));
    wait_until(jobs, ids.back(), JobState::running);
  }
  for (int i = 0; i < 3; ++i) ids.push_back(jobs.start("x", gate.work()));
  EXPECT_EQ(jobs.start("x", gate.work()), "");
  EXPECT_EQ(jobs.status(ids[4])->state, JobState::waiting);
  EXPECT_EQ(jobs.status(ids[0])->stage, "gate");
  EXPECT_EQ(jobs.status(ids[0])->share, 0.5);
  gate.open.set_value();
  for (const std::string& id : ids) EXPECT_EQ(wait_for(jobs, id).state, JobState::done);
  EXPECT_EQ(gate.most, 2);
}

TEST(Jobs, PatienceEndsBeforeTheJob) {
  Gate gate;
  Jobs jobs({});
  const std::string id = jobs.start("x", gate.work());
  wait_until(jobs, id, JobState::running);
  EXPECT_EQ(wait_for(jobs, id, 20ms).state, JobState::running);
  EXPECT_EQ(wait_for(jobs, id, 0ms).state, JobState::running);
  gate.open.set_value();
  EXPECT_EQ(wait_for(jobs, id).state, JobState::done);
}

TEST(Jobs, CancelStopsLoopsOfTheEngine) {
  Jobs jobs({});
  std::atomic<bool> looping{false};
  const std::string id = jobs.start("x", [&](Progress&) {
    parallel_for(1'000'000'000, 2, [&](std::size_t) {
      looping = true;
      std::this_thread::sleep_for(1ms);
    });
    return AnswerFile{};
  });
  while (!looping) std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(jobs.cancel(id));
  EXPECT_EQ(wait_for(jobs, id).state, JobState::cancelled);
  EXPECT_TRUE(jobs.cancel(id));  // forgets it
  EXPECT_FALSE(jobs.status(id));
  EXPECT_FALSE(jobs.cancel(id));
}

TEST(Jobs, OneThatWaitsIsForgottenAndItsWaiterTold) {
  Gate gate;
  Jobs jobs({.at_once = 1});
  const std::string first = jobs.start("x", gate.work()), second = jobs.start("x", gate.work());
  wait_until(jobs, first, JobState::running);
  std::promise<void> told;
  jobs.when_ended(second, 20s, [&] { told.set_value(); });
  EXPECT_TRUE(jobs.cancel(second));
  told.get_future().wait();
  EXPECT_FALSE(jobs.status(second));
  gate.open.set_value();
  EXPECT_EQ(wait_for(jobs, first).state, JobState::done);
}

TEST(Jobs, FaultsKeepTheirCause) {
  std::vector<std::string> told;
  Jobs jobs({.at_once = 1}, [&](const Text& what) { told.push_back(what.en); });
  const auto status = [&](Jobs::Work work) { return wait_for(jobs, jobs.start("x", std::move(work))); };
  const JobStatus wrong = status([](Progress&) -> AnswerFile { throw WrongParameter("bad", "错"); });
  EXPECT_EQ(wrong.state, JobState::failed);
  EXPECT_EQ(wrong.problem.status, 400u);
  EXPECT_EQ(wrong.problem.detail, (Text{"bad", "错"}));
  EXPECT_EQ(status([](Progress&) -> AnswerFile { throw DataError("none"); }).problem.detail.en, "none");
  EXPECT_TRUE(told.empty());
  const JobStatus broken = status([](Progress&) -> AnswerFile { throw std::logic_error("secret"); });
  EXPECT_EQ(broken.problem.status, 500u);
  EXPECT_EQ(broken.problem.detail.en.find("secret"), std::string::npos);
  EXPECT_EQ(told, std::vector<std::string>{"x: secret"});
}

TEST(Jobs, OldResultsGoWhenTheyWeighTooMuch) {
  Jobs jobs({.at_once = 1, .result_bytes = 1000});
  std::vector<std::string> ids;
  for (int i = 0; i < 4; ++i) {
    ids.push_back(jobs.start("x", quick(std::string(400, 'x'))));
    EXPECT_EQ(wait_for(jobs, ids.back()).state, JobState::done);
  }
  while (jobs.list().size() > 2) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(jobs.status(ids[0]));
  EXPECT_FALSE(jobs.status(ids[1]));
  EXPECT_TRUE(jobs.status(ids[3]));
  EXPECT_EQ(wait_for(jobs, jobs.start("x", quick(std::string(1001, 'x')))).problem.status, 400u);
}

TEST(Jobs, OldJobsAreForgotten) {
  Jobs jobs({.kept = 2, .age = 50ms});
  for (int i = 0; i < 5; ++i) wait_for(jobs, jobs.start("x", quick("")));
  EXPECT_LE(jobs.list().size(), 3u);  // the last may not have been looked at yet
  for (int i = 0; i < 20'000 && !jobs.list().empty(); ++i) std::this_thread::sleep_for(1ms);
  EXPECT_TRUE(jobs.list().empty());
}

TEST(Jobs, WhatRunsTooLongIsStoppedAndSaysSo) {
  Gate gate;
  Jobs jobs({.longest = 50ms});
  const JobStatus status = wait_for(jobs, jobs.start("x", gate.work()));
  EXPECT_EQ(status.state, JobState::failed);
  EXPECT_EQ(status.problem.status, 400u);
  EXPECT_NE(status.problem.detail.en.find("too long"), std::string::npos);
}

TEST(Jobs, AnEndCancelsWhatRunsAndTellsWhoWaits) {
  Gate gate;
  std::promise<void> told;
  {
    Jobs jobs({.at_once = 1});
    const std::string id = jobs.start("x", gate.work());
    jobs.start("x", gate.work());
    wait_until(jobs, id, JobState::running);
    jobs.when_ended(id, 60s, [&] { told.set_value(); });
  }
  EXPECT_EQ(told.get_future().wait_for(0s), std::future_status::ready);
  EXPECT_EQ(gate.running, 0);
}

}  // namespace
}  // namespace gridloom
