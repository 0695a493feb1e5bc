// SPDX-License-Identifier: Apache-2.0
// Long work of a server, on threads of its own that give way to others: bounded in number, memory and age.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/loop_watch.h"
#include "engine/base/progress.h"
#include "engine/base/words.h"
#include "server/analysis/answer_file.h"
#include "server/live/error_problem.h"

namespace gridloom {

struct JobOptions {
  unsigned at_once = 2;      // jobs that run
  std::size_t waiting = 16;  // jobs that wait for their turn; beyond, none is taken
  // Where some are told all (`exact`) and others are not: so many of the others wait, and only behind those.
  std::optional<std::size_t> waiting_guests{};
  std::size_t kept = 256;                                       // jobs that have ended and can still be asked for
  std::size_t result_bytes = std::size_t{256} << 20;            // of their results together; the oldest go first
  std::chrono::milliseconds longest{std::chrono::minutes(10)};  // that a job may run
  std::chrono::milliseconds age{std::chrono::minutes(15)};      // that ended jobs are kept
};

enum class JobState { waiting, running, done, failed, cancelled };
template <>
inline constexpr auto kWords<JobState> = words<JobState>({{"waiting", JobState::waiting},
                                                          {"running", JobState::running},
                                                          {"done", JobState::done},
                                                          {"failed", JobState::failed},
                                                          {"cancelled", JobState::cancelled}});

struct JobStatus {
  std::string id;
  std::string kind;    // "heatmap", "hotspots"
  bool exact = false;  // of incidents that not everybody may see
  JobState state = JobState::waiting;
  std::string stage;                         // where it is, a word of the work's
  double share = 0;                          // of the stages that lie behind
  double step = 0;                           // of the loop that runs
  std::optional<double> left_s;              // of that loop, as far as it has gone; empty: nobody can say
  double seconds = 0;                        // it has run
  std::size_t bytes = 0;                     // of the result
  Problem problem;                           // failed
  std::shared_ptr<const AnswerFile> result;  // done
  bool ended() const { return state > JobState::running; }
};

// Safe to use from any number of threads.
class Jobs {
 public:
  // Makes the answer; asks the progress whether to go on. Loops of the engine inside stop by themselves.
  using Work = std::function<AnswerFile(Progress&)>;
  using Told = std::function<void(const Text&)>;

  // `on_error` is told the cause of failures that are nobody's question (status 500); may be empty.
  explicit Jobs(const JobOptions&, Told on_error = {});
  ~Jobs();  // cancels what runs and waits for it; whoever waits is told first

  // The new job's id, which nobody can guess; empty where too many wait.
  std::string start(std::string kind, Work, bool exact = false);
  std::optional<JobStatus> status(const std::string& id) const;
  std::vector<JobStatus> list() const;  // the oldest first

  // Asks it to end; one that waits, or has ended, is forgotten at once. False: there is none.
  bool cancel(const std::string& id);

  // Calls `then` once, on some thread: when the job has ended, or after `patience`, or at once where there is none.
  void when_ended(const std::string& id, std::chrono::milliseconds patience, std::function<void()> then);

 private:
  using Clock = std::chrono::steady_clock;
  struct Job;
  struct Waiter {
    std::string id;
    Clock::time_point until;
    std::function<void()> then;
  };
  using Calls = std::vector<std::function<void()>>;

  void work();
  void keep_time();
  void run(Job&);
  void end(Job&, JobState, std::shared_ptr<const AnswerFile>, Problem);
  void forget_old(Clock::time_point now);              // with the lock
  Clock::time_point stop_late(Clock::time_point now);  // with the lock: when the next one will be late
  Calls take_waiters(const std::function<bool(const Waiter&)>&);
  JobStatus status_of(const Job&) const;

  JobOptions options_;
  Told on_error_;
  mutable std::mutex guard_;
  std::condition_variable work_, time_;
  bool stopping_ = false;
  std::uint64_t next_ = 0;
  std::map<std::string, std::shared_ptr<Job>> jobs_;
  std::deque<std::shared_ptr<Job>> queue_;
  std::vector<Waiter> waiters_;
  std::vector<std::jthread> threads_;
};

}  // namespace gridloom
