// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_server.h"

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

#include <poll.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <ctime>
#include <set>
#include <thread>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/loop_watch.h"
#include "engine/base/strings.h"
#include "server/http/host_name.h"
#include "server/http/interrupts.h"
#include "server/http/problem.h"

namespace gridloom {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using Error = beast::error_code;
using Parser = http::request_parser<http::string_body>;

std::string text_of(beast::string_view text) { return {text.data(), text.size()}; }

constexpr std::chrono::milliseconds kLook{100};  // how often a client whose answer is being made is looked for

// Whether the client has closed the connection, or at least its half: who asks and closes waits for nothing.
bool has_left(tcp::socket& socket) {
  pollfd look{socket.native_handle(), POLLRDHUP, 0};
  return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

// Where a body is framed by anything but one Content-Length or exactly `chunked`, two readers may see two requests
// (RFC 9112 §6.1, §11.2).
bool is_framed_clearly(const http::request<http::string_body>& message) {
  const std::size_t codings = message.count(http::field::transfer_encoding);
  return codings == 0 || (codings == 1 && message.version() >= 11 && message.count(http::field::content_length) == 0 &&
                          beast::iequals(message[http::field::transfer_encoding], "chunked"));
}

// "http://name/path" names the host itself, whatever the Host field says (RFC 9112 §3.2.2).
void take_host_of_target(Request& request) {
  const std::string_view target = request.target;
  const std::size_t scheme = target.find("://");
  const std::string_view name = target.substr(0, scheme);
  if (scheme == target.npos || !(equal_ignoring_case(name, "http") || equal_ignoring_case(name, "https"))) return;
  const std::size_t begin = scheme + 3, end = std::min(target.find_first_of("/?#", begin), target.size());
  std::string host(target.substr(begin, end - begin)), rest(target.substr(end));
  request.host = std::move(host);
  request.target = rest.starts_with('/') ? std::move(rest) : '/' + rest;
}

// By the standard header, those that proxies and their networks write before it, and Via, which gateways must write
// (RFC 9110 §7.6.3); nginx writes none unless it is told to, but passes requests on as HTTP/1.0.
bool comes_through_a_proxy(const http::request<http::string_body>& message) {
  constexpr std::array kFields{"Forwarded",
                               "Via",
                               "X-Real-IP",
                               "X-Client-IP",
                               "X-Cluster-Client-IP",
                               "CF-Connecting-IP",
                               "True-Client-IP",
                               "Fly-Client-IP",
                               "X-Envoy-External-Address"};
  return message.version() < 11 || std::any_of(message.begin(), message.end(), [&](const auto& field) {
           const auto name = field.name_string();
           return beast::iequals(name.substr(0, 11), "X-Forwarded") ||
                  beast::iequals(name.substr(0, 11), "X-Original-") ||
                  std::any_of(kFields.begin(), kFields.end(),
                              [&](const char* known) { return beast::iequals(name, known); });
         });
}

// Without the body.
Request head_of(const http::request<http::string_body>& message) {
  Request request{.method = text_of(message.method_string()),
                  .target = text_of(message.target()),
                  .host = text_of(message[http::field::host]),
                  .forwarded_proto = text_of(message["X-Forwarded-Proto"]),
                  .forwarded = comes_through_a_proxy(message),
                  .accept_encoding = text_of(message[http::field::accept_encoding]),
                  .accept_language = text_of(message[http::field::accept_language]),
                  .if_none_match = text_of(message[http::field::if_none_match]),
                  .origin = text_of(message[http::field::origin])};
  take_host_of_target(request);
  return request;
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

// An answer that is made somewhere else. Of its lane, but for the watch and what finish() does.
struct Call {
  Call(asio::any_io_executor lane, Language its_language) : language(its_language), alarm(lane) {}

  Language language;  // of the one who waits
  LoopWatch watch;    // stopped: nobody waits any more
  std::optional<Response> response;
  asio::steady_timer alarm;  // of the one who waits
  Left left;

  void abandon() {
    watch.stop = true;
    if (const auto tell = std::exchange(left, {})) tell();
  }
};

// From any thread; the first counts.
void finish(const std::shared_ptr<Call>& call, Response response) {
  asio::post(call->alarm.get_executor(), [call, response = std::move(response)]() mutable {
    if (call->response) return;
    call->response = std::move(response);
    call->alarm.cancel();
  });
}

// One thread, its sockets, and nobody else's: nothing in here needs a lock.
struct Lane {
  struct Connection {
    beast::tcp_stream stream;
    bool busy = false;             // between the first byte of a request and the last of its answer
    std::shared_ptr<Call> call{};  // its answer is being made elsewhere
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
      if (error) return;
      for (Connection* c : connections)
        if (c->call) c->call->abandon();
      context.stop();
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
  Handler handler;
  std::vector<std::unique_ptr<Lane>> lanes;
  tcp::acceptor acceptor;
  asio::signal_set signals;
  asio::thread_pool workers;
  std::atomic<std::size_t> open{0};
  std::atomic<std::size_t> waiting{0};

  State(ServerOptions, Handler);
  asio::awaitable<void> accept();
  asio::awaitable<void> serve(Lane&, tcp::socket);
  asio::awaitable<void> converse(Lane&, Lane::Connection&);
  asio::awaitable<bool> read(Lane&, Lane::Connection&, beast::flat_buffer&, Parser&, Error&);
  asio::awaitable<void> hear_out(Lane::Connection&);
  bool is_known_as(const std::string& host) const;
  void limit_body(Parser&, Error&) const;
  std::optional<Response> refusal(const Parser&, const Error&) const;
  asio::awaitable<std::optional<Response>> respond(Lane::Connection&, Request, std::chrono::milliseconds);
  asio::awaitable<std::optional<Response>> wait_for(Lane::Connection&, std::chrono::steady_clock::time_point until);
  void begin_in_worker(const std::shared_ptr<Call>&, InWorker);
  std::chrono::milliseconds deadline_of(const Parser&) const;
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

HttpServer::State::State(ServerOptions o, Handler h)
    : options(std::move(o)),
      handler(std::move(h)),
      lanes(make_lanes(options.lanes)),
      acceptor(lanes.front()->context),
      signals(lanes.front()->context),
      workers(std::max(1u, options.workers)) {
  Error error;
  const auto address = asio::ip::make_address(options.host, error);
  if (error) throw DataError("host_no_ip_address", {{"host", options.host}});
  const tcp::endpoint endpoint(address, options.port);
  const auto check = [&] {
    if (error)
      throw DataError("cannot_listen", {{"host", options.host}, {"port", options.port}, {"why", error.message()}});
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
  parser.body_limit(std::max(options.body_bytes, options.large_body_bytes));
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
  co_await http::async_read_header(connection.stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
  if (!error) limit_body(parser, error);
  if (!error && !parser.is_done() && !refusal(parser, error)) {
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(connection.stream, asio::buffer(kContinue),
                                 asio::redirect_error(asio::use_awaitable, error));
      if (error) co_return false;
    }
    co_await http::async_read(connection.stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
  }
  co_return !error || status_of(error) != 0;
}

bool HttpServer::State::is_known_as(const std::string& host) const {
  return !options.hosts || is_allowed_host(host, *options.hosts);
}

void HttpServer::State::limit_body(Parser& parser, Error& error) const {
  const Request head = head_of(parser.get());
  if (is_known_as(head.host) && options.may_be_large && options.may_be_large(head.method, head.target)) return;
  parser.body_limit(options.body_bytes);
  if (const auto length = parser.content_length(); length && *length > options.body_bytes)
    error = http::error::body_limit;
}

// What of a request is wrong, whatever it asks.
std::optional<Response> HttpServer::State::refusal(const Parser& parser, const Error& error) const {
  const auto& message = parser.get();
  const auto told = [&](unsigned status, const Text& detail) {
    return problem(status, detail, language_of(head_of(message)));
  };
  if (error == http::error::body_limit) {
    const std::string most = std::to_string(options.body_bytes / 1024);
    return told(413, {"The body is too large: a request has at most " + most +
                          " KiB, unless it is one that this server takes large ones for.",
                      "请求体过大：除服务器专门接收的大请求外，最多 " + most + " KiB。"});
  }
  if (error)
    return told(status_of(error),
                {"The request cannot be read: " + error.message() + '.', "无法读取请求：" + error.message() + "。"});
  if (!is_framed_clearly(message))
    return told(400, {"A body is framed by one Content-Length or by Transfer-Encoding: chunked, not otherwise.",
                      "请求体只能由一个 Content-Length 或 Transfer-Encoding: chunked 界定。"});
  if (message.count(http::field::expect) > 0 && !beast::iequals(message[http::field::expect], "100-continue"))
    return told(417, {"Of Expect, only 100-continue is known here.", "Expect 只支持 100-continue。"});
  if (message.version() >= 11 && message.count(http::field::host) != 1)
    return told(400, {"A request needs one Host header.", "请求须有且只有一个 Host 头。"});
  if (open.load() > options.connections) return told(503, {"Too many connections.", "连接过多。"});
  return std::nullopt;
}

std::chrono::milliseconds HttpServer::State::deadline_of(const Parser& parser) const {
  const std::string text = text_of(parser.get()["X-Request-Timeout"]);
  const auto seconds = number_of<std::uint32_t>(text);
  if (!seconds) return options.deadline;
  return std::min<std::chrono::milliseconds>(std::chrono::seconds(*seconds), options.longest);
}

// Takes, for a moment, what the client goes on sending: a connection that is closed over unread bytes is reset, and the
// answer to them with it.
asio::awaitable<void> HttpServer::State::hear_out(Lane::Connection& connection) {
  std::array<char, 16 * 1024> unheard;
  connection.stream.expires_after(std::chrono::seconds(2));
  Error error;
  connection.stream.socket().shutdown(tcp::socket::shutdown_send, error);
  for (std::size_t heard = 0; !error && heard < 2 * options.large_body_bytes;)
    heard += co_await connection.stream.async_read_some(asio::buffer(unheard),
                                                        asio::redirect_error(asio::use_awaitable, error));
}

asio::awaitable<void> HttpServer::State::converse(Lane& lane, Lane::Connection& connection) {
  beast::flat_buffer buffer;
  for (Manner manner; manner.keep_alive;) {
    Parser parser;
    Error error;
    if (!co_await read(lane, connection, buffer, parser, error)) co_return;
    const auto& message = parser.get();
    manner.keep_alive = false;
    std::optional<Response> response = refusal(parser, error);
    if (!response) {
      manner.head = message.method() == http::verb::head;
      manner.version = message.version();
      Request request = head_of(message);
      request.body = std::move(parser.get().body());
      if (is_known_as(request.host)) {
        response = co_await respond(connection, std::move(request), deadline_of(parser));
        if (!response) co_return;
        manner.keep_alive = message.keep_alive() && !lane.stopping;
      } else {
        response = problem(421,
                           {"This server is not known by that name; it is told its names by --allow-host.",
                            "本服务器不使用该名称；其名称由 --allow-host 指定。"},
                           language_of(request));
      }
    }
    if (!co_await write(connection, *response, manner)) co_return;
    if (!parser.is_done()) co_await hear_out(connection);
    connection.busy = false;
  }
}

// Empty: the client has left.
asio::awaitable<std::optional<Response>> HttpServer::State::respond(Lane::Connection& connection, Request request,
                                                                    std::chrono::milliseconds deadline) {
  const Language language = language_of(request);
  Answering answering = handler(std::move(request));
  if (auto* ready = std::get_if<Response>(&answering)) co_return std::move(*ready);
  const auto call = connection.call = std::make_shared<Call>(connection.stream.get_executor(), language);
  auto until = std::chrono::steady_clock::now() + deadline;
  if (const auto* others = std::get_if<Elsewhere>(&answering)) {
    if (!others->in_time) until = std::chrono::steady_clock::time_point::max();
    call->left = others->begin([call](Response response) { finish(call, std::move(response)); });
  } else {
    begin_in_worker(call, std::get<InWorker>(std::move(answering)));
  }
  auto response = co_await wait_for(connection, until);
  connection.call.reset();
  co_return response;
}

void HttpServer::State::begin_in_worker(const std::shared_ptr<Call>& call, InWorker work) {
  if (waiting.fetch_add(1) >= options.waiting) {
    --waiting;
    return finish(
        call, come_again({"Too many requests are waiting; ask again in a moment.", "等待的请求过多，请稍后再试。"}, 1,
                         call->language));
  }
  asio::post(workers, [this, call, work = std::move(work)] {
    if (!call->watch.stop) {
      const WatchScope watched(&call->watch);
      finish(call, work.make());
    }
    --waiting;
  });
}

asio::awaitable<std::optional<Response>> HttpServer::State::wait_for(Lane::Connection& connection,
                                                                     std::chrono::steady_clock::time_point until) {
  const auto call = connection.call;
  while (!call->response) {
    call->alarm.expires_after(kLook);
    Error woken;
    co_await call->alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (call->response) break;
    const bool late = std::chrono::steady_clock::now() >= until;
    if (!late && !has_left(connection.stream.socket())) continue;
    call->abandon();
    if (!late) co_return std::nullopt;
    co_return come_again({"The answer took longer than it may; ask for less, or for more time (X-Request-Timeout). "
                          "Whether what was sent "
                          "was taken is not known: sent again, the same ids change nothing.",
                          "作答超时；请缩小所问，或用 X-Request-Timeout "
                          "要求更长时间。所发内容是否已收下尚不可知：相同编号再发一次不会改变结果。"},
                         1, call->language);
  }
  co_return std::move(call->response);
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
    if (!acceptor.is_open()) return;
    acceptor.close(ignored);
    signals.cancel(ignored);
    if (options.on_stop) options.on_stop();
  });
  for (const auto& lane : lanes) asio::post(lane->context, [this, &lane = *lane] { lane.stop(options.stop_grace); });
}

HttpServer::HttpServer(ServerOptions options, Handler handler)
    : state_(std::make_unique<State>(std::move(options), std::move(handler))) {}

HttpServer::~HttpServer() = default;

std::string HttpServer::url() const {
  const auto endpoint = state_->acceptor.local_endpoint();
  const std::string host = endpoint.address().to_string();
  return "http://" + (endpoint.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(endpoint.port());
}

void HttpServer::stop_by_signals() {
  if (!interrupts_ignored()) state_->signals.add(SIGINT);
  state_->signals.add(SIGTERM);
  state_->signals.async_wait([this](Error error, int) {
    if (!error) stop();
  });
}

void HttpServer::run() {
  asio::io_context& main = state_->lanes.front()->context;
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
