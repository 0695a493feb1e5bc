// SPDX-License-Identifier: Apache-2.0
#include "server/http_server.h"

// g++ 12 needs <utility> before Boost 1.74's awaitable.hpp, which uses std::exchange without it.
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <csignal>
#include <ctime>
#include <set>
#include <thread>
#include <vector>

#include "engine/progress.h"
#include "server/interrupts.h"
#include "server/problem.h"

namespace gridloom {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Error = beast::error_code;
using Parser = http::request_parser<http::string_body>;

std::string text_of(beast::string_view text) { return {text.data(), text.size()}; }

Request request_of(const http::request<http::string_body>& message) {
  return {.method = text_of(message.method_string()),
          .target = text_of(message.target()),
          .host = text_of(message[http::field::host]),
          .forwarded_proto = text_of(message["X-Forwarded-Proto"]),
          .accept_encoding = text_of(message[http::field::accept_encoding]),
          .if_none_match = text_of(message[http::field::if_none_match]),
          .origin = text_of(message[http::field::origin]),
          .body = message.body()};
}

// IMF-fixdate, RFC 9110 §5.6.7.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

// How an answer is to be sent.
struct Manner {
  unsigned version = 11;  // of the request: a 1.0 client that keeps its connection wants to be told
  bool keep_alive = true;
  bool head = false;
};

template <class Body>
void fill_head(http::response<Body>& message, const Response& response, const Manner& manner) {
  message.version(manner.version);
  message.result(response.status);
  message.set(http::field::server, "Gridloom");
  message.set(http::field::date, http_date());
  for (const auto& [name, value] : response.headers) message.insert(name, value);
  message.keep_alive(manner.keep_alive);
}

// What a broken request is told before its connection is closed; 0: nothing, the client has gone or is too slow.
unsigned status_of(Error error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::end_of_stream || error == http::error::partial_message) return 0;
  return error.category() == make_error_code(http::error::bad_target).category() ? 400 : 0;
}

// One thread, its sockets, and nobody else's: nothing in here needs a lock.
struct Lane {
  struct Connection {
    beast::tcp_stream stream;
    bool busy = false;  // between the first byte of a request and the last of its answer
  };

  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer grace{context};
  std::set<Connection*> connections;
  bool stopping = false;

  void stop(std::chrono::milliseconds patience) {
    if (std::exchange(stopping, true)) return;
    work.reset();
    for (Connection* c : connections)
      if (!c->busy) c->stream.cancel();
    if (connections.empty()) return;
    grace.expires_after(patience);
    grace.async_wait([this](Error error) {
      if (!error) context.stop();
    });
  }

  void remove(Connection& connection) {
    connections.erase(&connection);
    if (stopping && connections.empty()) grace.cancel();
  }
};

}  // namespace

struct HttpServer::State {
  ServerOptions options;
  Handlers handlers;
  std::vector<std::unique_ptr<Lane>> lanes;
  tcp::acceptor acceptor;
  asio::signal_set signals;
  asio::thread_pool workers;
  std::atomic<std::size_t> open{0};
  std::atomic<std::size_t> waiting{0};

  State(ServerOptions, Handlers);
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(Lane&, tcp::socket);
  asio::awaitable<void> converse(Lane&, Lane::Connection&);
  asio::awaitable<bool> read(Lane&, Lane::Connection&, beast::flat_buffer&, Parser&, Error&);
  asio::awaitable<Response> respond(Request);
  asio::awaitable<bool> write(Lane::Connection&, const Response&, Manner);
  void stop();
};

namespace {

std::vector<std::unique_ptr<Lane>> make_lanes(unsigned count) {
  std::vector<std::unique_ptr<Lane>> lanes;
  for (unsigned i = 0; i < std::max(1u, count); ++i) lanes.push_back(std::make_unique<Lane>());
  return lanes;
}

}  // namespace

HttpServer::State::State(ServerOptions o, Handlers h)
    : options(std::move(o)),
      handlers(std::move(h)),
      lanes(make_lanes(options.lanes)),
      acceptor(lanes.front()->context),
      signals(lanes.front()->context),
      workers(std::max(1u, options.workers)) {
  Error error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) throw DataError("cannot listen on " + options.host + ": not an IP address");
  const tcp::endpoint endpoint(address, options.port);
  const auto check = [&] {
    if (error)
      throw DataError("cannot listen on " + options.host + " port " + std::to_string(options.port) + ": " +
                      error.message());
  };
  acceptor.open(endpoint.protocol(), error);
  check();
  acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  check();
  acceptor.bind(endpoint, error);
  check();
  acceptor.listen(asio::socket_base::max_listen_connections, error);
  check();
}

asio::awaitable<void> HttpServer::State::accept() {
  for (std::size_t turn = 0; acceptor.is_open(); ++turn) {
    Lane& lane = *lanes[turn % lanes.size()];
    Error error;
    tcp::socket socket = co_await acceptor.async_accept(lane.context, asio::redirect_error(asio::use_awaitable, error));
    if (!acceptor.is_open()) break;
    if (error) {
      // Most likely no file descriptors are left: wait for connections to end instead of spinning.
      asio::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds(50));
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    if (open.load() >= 2 * options.connections) continue;  // the socket closes here
    asio::co_spawn(lane.context, serve(lane, std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> HttpServer::State::serve(Lane& lane, tcp::socket socket) {
  Lane::Connection connection{beast::tcp_stream(std::move(socket))};
  Error error;
  connection.stream.socket().set_option(tcp::no_delay(true), error);
  ++open;
  lane.connections.insert(&connection);
  try {
    if (!lane.stopping) co_await converse(lane, connection);
  } catch (const std::exception&) {
    // Out of memory, or the client went away between two calls: this connection ends, the others do not notice.
  }
  lane.remove(connection);
  --open;
  connection.stream.socket().shutdown(tcp::socket::shutdown_send, error);
}

// Reads one request; false where the connection is to be closed without an answer.
asio::awaitable<bool> HttpServer::State::read(Lane& lane, Lane::Connection& connection, beast::flat_buffer& buffer,
                                              Parser& parser, Error& error) {
  parser.header_limit(static_cast<std::uint32_t>(options.header_bytes));
  parser.body_limit(options.body_bytes);
  connection.stream.expires_after(options.read_timeout);
  connection.busy = buffer.size() > 0;
  if (!connection.busy) {
    if (lane.stopping) co_return false;
    // Waits for the first bytes by itself, so that a stop can tell an idle connection from a busy one.
    const std::size_t got = co_await connection.stream.async_read_some(
        buffer.prepare(4096), asio::redirect_error(asio::use_awaitable, error));
    buffer.commit(got);
    connection.busy = got > 0;
    if (error) co_return false;
  }
  co_await http::async_read(connection.stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
  co_return !error || status_of(error) != 0;
}

asio::awaitable<void> HttpServer::State::converse(Lane& lane, Lane::Connection& connection) {
  beast::flat_buffer buffer;
  for (Manner manner; manner.keep_alive;) {
    Parser parser;
    Error error;
    if (!co_await read(lane, connection, buffer, parser, error)) co_return;
    const auto& message = parser.get();
    Response response;
    manner.keep_alive = false;
    if (error) {
      response = problem(status_of(error), "The request cannot be read: " + error.message() + '.');
    } else if (message.version() >= 11 && message.count(http::field::host) != 1) {
      response = problem(400, "A request needs one Host header.");
    } else if (open.load() > options.connections) {
      response = problem(503, "Too many connections.");
    } else {
      manner.head = message.method() == http::verb::head;
      manner.version = message.version();
      response = co_await respond(request_of(message));
      manner.keep_alive = message.keep_alive() && !lane.stopping;
    }
    if (!co_await write(connection, response, manner)) co_return;
    connection.busy = false;
  }
}

namespace {

// Resumes where it was called once the reply is there.
asio::awaitable<Response> reply_of(Handlers::Later begin) {
  auto initiate = [](auto handler, Handlers::Later& start) {
    const auto executor = asio::get_associated_executor(handler);
    const auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    start([shared, executor](Response response) {
      asio::post(executor, [shared, response = std::move(response)]() mutable { (*shared)(std::move(response)); });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(Response)>(initiate, asio::use_awaitable,
                                                                                          std::ref(begin));
}

}  // namespace

asio::awaitable<Response> HttpServer::State::respond(Request request) {
  if (auto response = handlers.at_once(request)) co_return std::move(*response);
  if (handlers.later)
    if (auto begin = handlers.later(request)) co_return co_await reply_of(std::move(*begin));
  if (waiting.fetch_add(1) >= options.waiting) {
    --waiting;
    Response busy = problem(503, "Too many requests are waiting; ask again in a moment.");
    busy.headers.emplace_back("Retry-After", "1");
    co_return busy;
  }
  const auto work = [](const Handlers& h, const Request& r) -> asio::awaitable<Response> { co_return h.in_worker(r); };
  Response response = co_await asio::co_spawn(workers.get_executor(), work(handlers, request), asio::use_awaitable);
  --waiting;
  co_return response;
}

asio::awaitable<bool> HttpServer::State::write(Lane::Connection& connection, const Response& response, Manner manner) {
  connection.stream.expires_after(options.write_timeout);
  Error error;
  const bool bodiless = response.status == 204 || response.status == 304;
  if (manner.head || bodiless) {
    http::response<http::empty_body> message;
    fill_head(message, response, manner);
    if (!bodiless) message.content_length(response.text().size());
    co_await http::async_write(connection.stream, message, asio::redirect_error(asio::use_awaitable, error));
  } else {
    http::response<http::span_body<const char>> message;
    fill_head(message, response, manner);
    message.body() = beast::span<const char>(response.text().data(), response.text().size());
    message.content_length(response.text().size());
    co_await http::async_write(connection.stream, message, asio::redirect_error(asio::use_awaitable, error));
  }
  co_return !error;
}

void HttpServer::State::stop() {
  asio::post(lanes.front()->context, [this] {
    Error ignored;
    acceptor.close(ignored);
    signals.cancel(ignored);
  });
  for (const auto& lane : lanes) asio::post(lane->context, [this, &lane = *lane] { lane.stop(options.stop_grace); });
}

HttpServer::HttpServer(ServerOptions options, Handlers handlers)
    : state_(std::make_unique<State>(std::move(options), std::move(handlers))) {}

HttpServer::~HttpServer() = default;

std::string HttpServer::url() const {
  const auto endpoint = state_->acceptor.local_endpoint();
  const std::string host = endpoint.address().to_string();
  return "http://" + (endpoint.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(endpoint.port());
}

void HttpServer::run(bool signals) {
  asio::io_context& main = state_->lanes.front()->context;
  if (signals) {
    if (!interrupts_ignored()) state_->signals.add(SIGINT);
    state_->signals.add(SIGTERM);
    state_->signals.async_wait([this](Error error, int) {
      if (!error) stop();
    });
  }
  asio::co_spawn(main, state_->accept(), asio::detached);
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < state_->lanes.size(); ++i)
    threads.emplace_back([&context = state_->lanes[i]->context] { context.run(); });
  main.run();
  threads.clear();
  state_->workers.join();
}

void HttpServer::stop() { state_->stop(); }

}  // namespace gridloom
