// SPDX-License-Identifier: Apache-2.0
// Incidents that come over HTTP. Whatever tells incidents shows appended ones at once: counts, /api/locate, heat tiles,
// the map `incidents` and the attributes of `grids`.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>

#include "server/http/http_message.h"

namespace gridloom {

struct Service;

// POST /api/incidents: a JSON array of at most kMostAppended objects with id, occurred_at (parse_time), lon, lat
// (WGS 84), category and, where known, subcategory, agency, severity, status, closed_at; texts have at most
// kMostEventTextBytes. Answers {added, updated, rejected: [{row, id, reason}], epoch} once the batch is on the disk.
// Rows that cannot be read are rejected alone.
inline constexpr std::size_t kMostAppended = 100'000;
bool is_append(const Request&);

// Appends on a thread of its own, so that a project that somebody has locked delays appends and nothing else. What
// waits together is written together, in the order of the requests.
class Appends {
 public:
  using Reply = std::function<void(Response)>;

  explicit Appends(const Service&);  // which outlives it
  ~Appends();                        // what has not begun is answered 503

  // Replies once, on the own thread, or at once where too many wait (503). `gone` is asked before the request is begun:
  // true drops it, without a reply. Throws HttpError 403 for pages of other sites, and where there is no project file.
  void take(Request, std::function<bool()> gone, Reply);

 private:
  struct Call {
    Request request;
    std::function<bool()> gone;
    Reply reply;
  };
  void work();
  void append(std::deque<Call>);

  const Service& service_;
  std::mutex guard_;
  std::condition_variable came_;
  std::deque<Call> waiting_;
  bool stopping_ = false;
  std::jthread thread_;  // the last
};

}  // namespace gridloom
