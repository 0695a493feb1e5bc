// SPDX-License-Identifier: Apache-2.0
// Incidents that come over HTTP. Whatever tells incidents shows appended ones at once: counts, /api/locate, heat tiles,
// the map `incidents` and the attributes of `grids`.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "server/http/answering.h"

namespace gridloom {

struct Call;
struct Service;

inline constexpr std::size_t kMostAppended = 100'000;

// A JSON array of at most kMostAppended objects with id, occurred_at (parse_time), lon, lat (WGS 84), category and,
// where known, subcategory, agency, severity, status, closed_at, and no other keys; texts have at most
// kMostEventTextBytes. Answers {added, updated, rejected: [{row, id, reason}], epoch} once the batch is on the disk.
// Rows that cannot be read are rejected alone.
Answering append_route(const std::shared_ptr<const Call>&);

// Appends on a thread of its own, so that a project that somebody has locked delays appends and nothing else. What
// waits together is written together, in the order of the requests.
class Appends {
 public:
  explicit Appends(const Service&);  // which outlives it
  ~Appends();                        // what has not begun is answered 503

  // Replies once, on the own thread, or at once where too many wait (503). `gone` is asked before the request is begun:
  // true drops it, without a reply.
  void take(std::shared_ptr<const Call>, std::function<bool()> gone, Reply);

 private:
  struct Waiting {
    std::shared_ptr<const Call> call;
    std::function<bool()> gone;
    Reply reply;
  };
  void work();
  void append(std::deque<Waiting>);

  const Service& service_;
  std::mutex guard_;
  std::condition_variable came_;
  std::deque<Waiting> waiting_;
  bool stopping_ = false;
  std::jthread thread_;  // the last
};

}  // namespace gridloom
