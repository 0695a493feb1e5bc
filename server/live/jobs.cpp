// SPDX-License-Identifier: Apache-2.0
#include "server/live/jobs.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <utility>

#include "engine/base/errors.h"
#include "server/words/error_text.h"

namespace gridloom {
namespace {

constexpr int kNice = 10;  // tiles and pages come first

std::string random_id() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device device;
  std::string id;
  for (int word = 0; word < 4; ++word) {
    std::uint32_t bits = device();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) id += kHex[bits & 15];
  }
  return id;
}

// Of this thread and those it starts.
void give_way() { setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice); }

struct Stage {
  std::string name;
  double share = 0;  // of the stages that lie behind
  std::chrono::steady_clock::time_point began{};
};

}  // namespace

struct Jobs::Job {
  std::string id, kind;
  bool exact = false;
  std::uint64_t number = 0;
  Work work;
  LoopWatch watch;
  std::atomic<bool> late{false};  // stopped for having run too long
  // Under the lock:
  JobState state = JobState::waiting;
  Stage stage;
  Clock::time_point started{}, ended{};
  std::shared_ptr<const AnswerFile> result;
  Problem problem;
};

namespace {

class JobProgress final : public Progress {
 public:
  JobProgress(std::mutex& guard, Stage& stage, const LoopWatch& watch) : guard_(guard), stage_(stage), watch_(watch) {}
  void stage(std::string_view name, double share) override {
    const std::lock_guard lock(guard_);
    stage_ = {std::string(name), share, std::chrono::steady_clock::now()};
  }
  bool cancelled() const override { return watch_.stop; }

 private:
  std::mutex& guard_;
  Stage& stage_;
  const LoopWatch& watch_;
};

}  // namespace

Jobs::Jobs(const JobOptions& options, Told on_error) : options_(options), on_error_(std::move(on_error)) {
  for (unsigned i = 0; i < std::max(1u, options_.at_once); ++i) threads_.emplace_back([this] { work(); });
  threads_.emplace_back([this] { keep_time(); });
}

Jobs::~Jobs() {
  Calls calls;
  {
    const std::lock_guard lock(guard_);
    stopping_ = true;
    queue_.clear();
    for (const auto& [id, job] : jobs_) job->watch.stop = true;
    calls = take_waiters([](const Waiter&) { return true; });
  }
  work_.notify_all();
  time_.notify_all();
  for (const auto& call : calls) call();
  threads_.clear();
}

std::string Jobs::start(std::string kind, Work work, bool exact) {
  auto job = std::make_shared<Job>();
  job->id = random_id();
  job->kind = std::move(kind);
  job->exact = exact;
  job->work = std::move(work);
  {
    const std::lock_guard lock(guard_);
    const auto is_guest = [](const auto& waiting) { return !waiting->exact; };
    const auto guests = std::find_if(queue_.begin(), queue_.end(), is_guest);  // they are the last
    const bool full = !exact && options_.waiting_guests &&
                      static_cast<std::size_t>(queue_.end() - guests) >= *options_.waiting_guests;
    if (stopping_ || full || queue_.size() >= options_.waiting) return {};
    job->number = next_++;
    jobs_[job->id] = job;
    queue_.insert(exact && options_.waiting_guests ? guests : queue_.end(), job);
  }
  work_.notify_one();
  return job->id;
}

JobStatus Jobs::status_of(const Job& job) const {
  JobStatus s{.id = job.id,
              .kind = job.kind,
              .exact = job.exact,
              .state = job.state,
              .stage = job.stage.name,
              .share = job.stage.share,
              .step = 0,
              .left_s = {},
              .seconds = 0,
              .bytes = 0,
              .problem = job.problem,
              .result = job.result};
  if (job.state == JobState::running) {
    s.step = job.watch.part();
    s.left_s = seconds_left(std::chrono::duration<double>(Clock::now() - job.stage.began).count(), s.step);
  }
  if (job.started != Clock::time_point{})
    s.seconds = std::chrono::duration<double>((s.ended() ? job.ended : Clock::now()) - job.started).count();
  if (job.result) s.bytes = job.result->bytes.size();
  return s;
}

std::optional<JobStatus> Jobs::status(const std::string& id) const {
  const std::lock_guard lock(guard_);
  const auto found = jobs_.find(id);
  return found == jobs_.end() ? std::nullopt : std::optional(status_of(*found->second));
}

std::vector<JobStatus> Jobs::list() const {
  const std::lock_guard lock(guard_);
  std::vector<const Job*> order;
  for (const auto& [id, job] : jobs_) order.push_back(job.get());
  std::sort(order.begin(), order.end(), [](const Job* a, const Job* b) { return a->number < b->number; });
  std::vector<JobStatus> list;
  for (const Job* job : order) list.push_back(status_of(*job));
  return list;
}

bool Jobs::cancel(const std::string& id) {
  Calls calls;
  {
    const std::lock_guard lock(guard_);
    const auto found = jobs_.find(id);
    if (found == jobs_.end()) return false;
    const std::shared_ptr<Job> job = found->second;
    job->watch.stop = true;
    if (job->state == JobState::running) return true;
    std::erase(queue_, job);
    jobs_.erase(found);
    calls = take_waiters([&](const Waiter& w) { return w.id == id; });
  }
  for (const auto& call : calls) call();
  return true;
}

void Jobs::when_ended(const std::string& id, std::chrono::milliseconds patience, std::function<void()> then) {
  {
    const std::lock_guard lock(guard_);
    const auto found = jobs_.find(id);
    const bool wait = !stopping_ && found != jobs_.end() && found->second->state <= JobState::running;
    if (wait && patience.count() > 0) {
      waiters_.push_back({id, Clock::now() + patience, std::move(then)});
      time_.notify_all();
      return;
    }
  }
  then();
}

Jobs::Calls Jobs::take_waiters(const std::function<bool(const Waiter&)>& takes) {
  Calls calls;
  std::erase_if(waiters_, [&](Waiter& w) {
    if (!takes(w)) return false;
    calls.push_back(std::move(w.then));
    return true;
  });
  return calls;
}

void Jobs::work() {
  give_way();
  for (;;) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(guard_);
      work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      job = std::move(queue_.front());
      queue_.pop_front();
      job->state = JobState::running;
      job->started = Clock::now();
    }
    run(*job);
  }
}

void Jobs::run(Job& job) {
  JobProgress progress(guard_, job.stage, job.watch);
  const WatchScope watched(&job.watch);
  Problem problem;
  try {
    auto made = std::make_shared<const AnswerFile>(std::exchange(job.work, {})(progress));
    if (made->bytes.size() <= options_.result_bytes) return end(job, JobState::done, std::move(made), {});
    problem = {400,
               {"The answer is larger than this server keeps; ask for larger cells or a smaller window.",
                "结果超出本服务器保存的上限；请增大像元或缩小范围。"}};
  } catch (const Cancelled&) {
    if (!job.late) return end(job, JobState::cancelled, nullptr, {});
    problem = {400,
               {"The analysis took too long; ask for larger cells, fewer incidents or a shorter bandwidth.",
                "分析耗时过长；请增大像元、减少事件或减小带宽。"}};
  } catch (const std::exception& error) {
    problem = problem_of(error);
    if (problem.for_operator && on_error_) on_error_(within(job.kind, text_of(error)));
  }
  end(job, JobState::failed, nullptr, std::move(problem));
}

void Jobs::end(Job& job, JobState state, std::shared_ptr<const AnswerFile> result, Problem problem) {
  Calls calls;
  {
    const std::lock_guard lock(guard_);
    job.state = state;
    job.result = std::move(result);
    job.problem = std::move(problem);
    job.ended = Clock::now();
    if (state == JobState::done) job.stage.share = 1;
    calls = take_waiters([&](const Waiter& w) { return w.id == job.id; });
  }
  for (const auto& call : calls) call();  // they see the result, however little is kept
  const std::lock_guard lock(guard_);
  forget_old(Clock::now());
  time_.notify_all();
}

void Jobs::forget_old(Clock::time_point now) {
  std::vector<std::shared_ptr<Job>> ended;
  for (const auto& [id, job] : jobs_)
    if (job->state > JobState::running) ended.push_back(job);
  std::sort(ended.begin(), ended.end(), [](const auto& a, const auto& b) { return a->ended > b->ended; });
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < ended.size(); ++i) {
    bytes += ended[i]->result ? ended[i]->result->bytes.size() : 0;
    if (i >= options_.kept || bytes > options_.result_bytes || now - ended[i]->ended >= options_.age)
      jobs_.erase(ended[i]->id);
  }
}

Jobs::Clock::time_point Jobs::stop_late(Clock::time_point now) {
  auto next = Clock::time_point::max();
  for (const auto& [id, job] : jobs_) {
    if (job->state != JobState::running || job->late) continue;
    const auto until = job->started + options_.longest;
    if (until <= now)
      job->late = job->watch.stop = true;
    else
      next = std::min(next, until);
  }
  return next;
}

void Jobs::keep_time() {
  std::unique_lock lock(guard_);
  while (!stopping_) {
    const auto now = Clock::now();
    forget_old(now);
    const Calls calls = take_waiters([&](const Waiter& w) { return w.until <= now; });
    if (!calls.empty()) {
      lock.unlock();
      for (const auto& call : calls) call();
      lock.lock();
      continue;
    }
    auto next = std::min(now + std::chrono::seconds(1), stop_late(now));
    for (const Waiter& w : waiters_) next = std::min(next, w.until);
    for (const auto& [id, job] : jobs_)
      if (job->state > JobState::running) next = std::min(next, job->ended + options_.age);
    time_.wait_until(lock, next);
  }
}

}  // namespace gridloom
