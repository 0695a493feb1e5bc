// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 over TCP. Knows nothing of cities: requests go to one function.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/answering.h"

namespace gridloom {

// Called where the sockets are served, from many threads at once: neither waits nor throws. Work that it leaves to a
// worker is watched (engine/base/loop_watch.h) and stopped when nobody waits for the answer any more.
using Handler = std::function<Answering(Request)>;

struct ServerOptions {
  std::string host = "127.0.0.1";  // an address, not a name
  std::uint16_t port = 8080;       // 0: any free one
  unsigned lanes = 1;              // threads that serve sockets
  unsigned workers = 1;            // threads that draw
  std::size_t connections = 1024;  // beyond these, requests are answered 503; beyond twice, not at all
  std::size_t waiting = 512;       // requests in and before the workers; beyond, 503
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 64 * 1024;
  // Which requests, by method and target, may have bodies of this size instead: decided before they are read.
  std::size_t large_body_bytes = 64 * 1024;
  std::function<bool(std::string_view method, std::string_view target)> may_be_large{};
  std::chrono::milliseconds read_timeout{30'000};  // for one whole request, idling before it included
  std::chrono::milliseconds write_timeout{60'000};
  std::chrono::milliseconds deadline{10'000};    // of answers from workers, unless X-Request-Timeout (seconds) asks for
  std::chrono::milliseconds longest{120'000};    // another, up to this; then 503
  std::chrono::milliseconds stop_grace{10'000};  // for answers under way when told to stop
  std::optional<std::vector<std::string>> hosts{};  // names a client may call this server by (is_allowed_host)
  std::function<void()> on_stop{};                  // called once when told to stop, where a socket is served
};

class HttpServer {
 public:
  // Listens from here on. Throws DataError where the address is none or taken.
  HttpServer(ServerOptions, Handler);
  ~HttpServer();

  std::string url() const;  // "http://127.0.0.1:8080"

  // From here on SIGTERM, and SIGINT unless it was ignored, mean stop(), also before run(). To be called before others
  // are told of the address: what they send then is heard.
  void stop_by_signals();

  // Serves until stop(); then finishes the answers under way, closes idle
  // connections, stops what the grace was too short for, and returns. To be called once.
  void run();
  void stop();  // from any thread

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gridloom
