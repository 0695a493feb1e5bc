// SPDX-License-Identifier: Apache-2.0
// The HTTP server over real sockets, with handlers of the test's own.
#include "server/http/http_server.h"
#include "engine/base/errors.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <future>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/parallel.h"

namespace gridloom {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// A client that says exactly what it is told to.
class Client {
 public:
  explicit Client(const std::string& url) {
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool connected() const { return connected_; }
  void say(const std::string& text) { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  // What comes until the text is seen, the connection ends, or five seconds pass.
  std::string hear_until(const std::string& end) {
    std::string heard;
    while (heard.find(end) == std::string::npos && more(heard)) {
    }
    return heard;
  }
  std::string hear_all() { return hear_until(std::string("\0never", 6)); }

 private:
  bool more(std::string& heard) {
    pollfd wait{socket_, POLLIN, 0};
    if (::poll(&wait, 1, 5000) <= 0) return heard += "(silence)", false;
    char buffer[4096];
    const auto got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got > 0) heard.append(buffer, static_cast<std::size_t>(got));
    return got > 0;
  }
  int socket_ = -1;
  bool connected_ = false;
};

Response text(std::string body) {
  Response response;
  response.body = std::make_shared<const std::string>(std::move(body));
  response.headers = {{"Content-Type", "text/plain"}};
  return response;
}

InWorker in_worker(const Request& request) {
  return {[target = request.target] { return text("worker " + target); }};
}

// "/now..." is answered at once with its own target, everything else in a worker.
Answering echo(const Request& request) {
  if (request.target.starts_with("/now")) return text("now " + request.target);
  return in_worker(request);
}

// The same, but for what a worker does.
Handler echo_but(std::function<Response()> work) {
  return [work = std::move(work)](const Request& request) -> Answering {
    if (request.target.starts_with("/now")) return echo(request);
    return InWorker{work};
  };
}

class Running {
 public:
  explicit Running(ServerOptions options = {}, Handler handler = echo)
      : server_((options.port = 0, options), std::move(handler)), thread_([this] { server_.run(); }) {}
  ~Running() { server_.stop(); }
  std::string url() const { return server_.url(); }
  void stop() { server_.stop(); }
  void join() { thread_.join(); }

 private:
  HttpServer server_;
  std::jthread thread_;
};

const std::string kEnd = "Host: h\r\n\r\n";

TEST(HttpServer, AnswersManyRequestsOnOneConnection) {
  const Running server;
  Client client(server.url());
  for (const char* target : {"/now1", "/later", "/now2"}) {
    client.say(std::string("GET ") + target + " HTTP/1.1\r\n" + kEnd);
    EXPECT_THAT(client.hear_until(target), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
}

TEST(HttpServer, AnswersThatAreMadeElsewhereHoldNoWorker) {
  std::vector<std::jthread> makers;
  std::promise<void> open;
  const auto opened = open.get_future().share();
  const Handler handler = [&](const Request& r) -> Answering {
    if (!r.target.starts_with("/else")) return echo(r);
    return Elsewhere{[&, target = r.target](const Reply& reply) {
      makers.emplace_back([opened, reply, target] {
        opened.wait();
        reply(text("elsewhere " + target));
      });
      return Left();
    }};
  };
  {
    const Running server({.workers = 1}, handler);
    std::vector<std::unique_ptr<Client>> waiting;
    for (int i = 0; i < 4; ++i) {
      waiting.push_back(std::make_unique<Client>(server.url()));
      waiting.back()->say("GET /else" + std::to_string(i) + " HTTP/1.1\r\n" + kEnd);
    }
    Client other(server.url());
    other.say("GET /slow HTTP/1.1\r\n" + kEnd);
    EXPECT_THAT(other.hear_until("worker /slow"), HasSubstr("worker /slow"));
    open.set_value();
    for (int i = 0; i < 4; ++i) {
      const std::string mine = "elsewhere /else" + std::to_string(i);
      EXPECT_THAT(waiting[static_cast<std::size_t>(i)]->hear_until(mine), HasSubstr(mine));
    }
    // The connection goes on.
    waiting[0]->say("GET /now HTTP/1.1\r\n" + kEnd);
    EXPECT_THAT(waiting[0]->hear_until("now /now"), HasSubstr("now /now"));
    makers.clear();
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  const Running server;
  Client client(server.url());
  client.say("GET /slow HTTP/1.1\r\n" + kEnd + "GET /now HTTP/1.1\r\n" + kEnd +
             "GET /bye HTTP/1.1\r\nConnection: close\r\n" + kEnd);
  const std::string heard = client.hear_all();
  const auto slow = heard.find("worker /slow"), now = heard.find("now /now"), bye = heard.find("worker /bye");
  EXPECT_LT(slow, now);
  EXPECT_LT(now, bye);
  EXPECT_NE(bye, std::string::npos);
}

TEST(HttpServer, HeadHasTheLengthAndNoBody) {
  const Running server;
  Client client(server.url());
  client.say("HEAD /now HTTP/1.1\r\nConnection: close\r\n" + kEnd);
  const std::string heard = client.hear_all();
  EXPECT_THAT(heard, HasSubstr("Content-Length: 8\r\n"));
  EXPECT_THAT(heard, ::testing::EndsWith("\r\n\r\n"));
}

TEST(HttpServer, TellsAnOldClientThatTheConnectionStays) {
  const Running server;
  Client client(server.url());
  client.say("GET /now HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(client.hear_until("now /now"), HasSubstr("Connection: keep-alive"));
}

TEST(HttpServer, RefusesWhatIsNoRequest) {
  const Running server;
  for (const std::string bad :
       {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/9.9\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n"}) {
    Client client(server.url());
    client.say(bad);
    const std::string heard = client.hear_all();
    EXPECT_THAT(heard, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << bad;
    EXPECT_THAT(heard, HasSubstr("application/problem+json")) << bad;
    EXPECT_THAT(heard, HasSubstr("Connection: close")) << bad;
  }
}

TEST(HttpServer, RefusesTooMuch) {
  const Running server;
  Client header(server.url());
  header.say("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(20'000, 'x'));
  EXPECT_THAT(header.hear_all(), StartsWith("HTTP/1.1 431 "));
  Client body(server.url());
  body.say("GET / HTTP/1.1\r\nContent-Length: 100000000\r\n" + kEnd);
  EXPECT_THAT(body.hear_all(), StartsWith("HTTP/1.1 413 "));
}

TEST(HttpServer, ASlowClientIsCutOff) {
  const Running server({.read_timeout = 100ms});
  Client client(server.url());
  client.say("GET / HT");
  EXPECT_EQ(client.hear_all(), "");
}

TEST(HttpServer, AnswersAtOnceWhileAllWorkersAreBusy) {
  std::latch release(1);
  const Handler handler = echo_but([&] { return release.wait(), text("done"); });
  const Running server({.workers = 1}, handler);
  Client slow(server.url()), quick(server.url());
  slow.say("GET /slow HTTP/1.1\r\n" + kEnd);
  quick.say("GET /now HTTP/1.1\r\n" + kEnd);
  EXPECT_THAT(quick.hear_until("now /now"), HasSubstr("now /now"));
  release.count_down();
  EXPECT_THAT(slow.hear_until("done"), HasSubstr("done"));
}

TEST(HttpServer, TooManyWaitingRequestsAreSentAway) {
  std::latch release(1);
  std::atomic<int> begun{0};
  const Handler handler = echo_but([&] { return ++begun, release.wait(), text("done"); });
  const Running server({.workers = 1, .waiting = 1}, handler);
  Client first(server.url()), second(server.url());
  first.say("GET /a HTTP/1.1\r\n" + kEnd);
  while (begun == 0) std::this_thread::yield();
  second.say("GET /b HTTP/1.1\r\n" + kEnd);
  const std::string heard = second.hear_until("}");
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(heard, HasSubstr("Retry-After: 1"));
  release.count_down();
  EXPECT_THAT(first.hear_until("done"), HasSubstr("done"));
}

// Waits, watched, until it is told to stop; then says so.
Response work_until_stopped(std::atomic<int>& begun, std::atomic<int>& stopped) {
  ++begun;
  try {
    for (;;) {
      stop_if_asked();
      std::this_thread::sleep_for(1ms);
    }
  } catch (const Cancelled&) {
    ++stopped;
  }
  return text("nobody hears this");
}

void wait_until(const std::function<bool()>& true_at_last) {
  while (!true_at_last()) std::this_thread::sleep_for(1ms);
}

TEST(HttpServer, WorkForAClientThatLeftIsStoppedOrNeverBegun) {
  std::atomic<int> begun{0}, stopped{0};
  const Handler handler = [&](const Request& r) -> Answering {
    if (!r.target.starts_with("/long")) return echo(r);
    return InWorker{[&] { return work_until_stopped(begun, stopped); }};
  };
  const Running server({.workers = 1, .deadline = 1h}, handler);
  {
    std::vector<std::unique_ptr<Client>> leaving;
    for (int i = 0; i < 20; ++i) {
      leaving.push_back(std::make_unique<Client>(server.url()));
      leaving.back()->say("GET /long HTTP/1.1\r\n" + kEnd);
    }
    wait_until([&] { return begun > 0; });
  }
  Client staying(server.url());
  staying.say("GET /mine HTTP/1.1\r\n" + kEnd);
  EXPECT_THAT(staying.hear_until("worker /mine"), HasSubstr("worker /mine"));
  EXPECT_EQ(stopped, begun);
  EXPECT_LT(begun, 20);
}

TEST(HttpServer, WhoMakesAnAnswerElsewhereIsToldThatTheClientLeft) {
  std::atomic<int> left{0};
  std::promise<Reply> given;
  const Handler handler = [&](const Request& r) -> Answering {
    if (!r.target.starts_with("/else")) return echo(r);
    return Elsewhere{[&](const Reply& reply) -> Left {
      given.set_value(reply);
      return [&] { ++left; };
    }};
  };
  const Running server({}, handler);
  Reply late;
  {
    Client client(server.url());
    client.say("GET /else HTTP/1.1\r\n" + kEnd);
    late = given.get_future().get();
  }
  wait_until([&] { return left == 1; });
  late(text("to nobody"));
  Client other(server.url());
  other.say("GET /now HTTP/1.1\r\n" + kEnd);
  EXPECT_THAT(other.hear_until("now /now"), HasSubstr("now /now"));
  EXPECT_EQ(left, 1);
}

TEST(HttpServer, AnAnswerThatTakesTooLongIs503AndItsWorkStops) {
  std::atomic<int> begun{0}, stopped{0};
  const Handler handler = echo_but([&] { return work_until_stopped(begun, stopped); });
  const Running server({.workers = 1, .deadline = 150ms}, handler);
  Client client(server.url());
  client.say("GET /long HTTP/1.1\r\n" + kEnd);
  const std::string heard = client.hear_until("}");
  EXPECT_THAT(heard, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(heard, HasSubstr("X-Request-Timeout"));
  wait_until([&] { return stopped == 1; });
  // The connection goes on, and who asks for more time gets it.
  client.say("GET /now HTTP/1.1\r\n" + kEnd);
  EXPECT_THAT(client.hear_until("now /now"), HasSubstr("now /now"));
  Client patient(server.url());
  patient.say("GET /long HTTP/1.1\r\nX-Request-Timeout: 60\r\n" + kEnd);
  wait_until([&] { return begun == 2; });
  std::this_thread::sleep_for(400ms);
  EXPECT_EQ(stopped, 1);
}

TEST(HttpServer, OnlyAnswersInTimeHaveTheDeadlineOfWorkers) {
  std::mutex guard;
  std::vector<Reply> kept;
  const Handler handler = [&](const Request& r) -> Answering {
    return Elsewhere{[&](const Reply& reply) -> Left {
                       const std::lock_guard lock(guard);
                       kept.push_back(reply);
                       return {};
                     },
                     r.target == "/in_time"};
  };
  const Running server({.deadline = 50ms}, handler);
  Client free(server.url()), bound(server.url());
  free.say("GET /free HTTP/1.1\r\n" + kEnd);
  bound.say("GET /in_time HTTP/1.1\r\n" + kEnd);
  EXPECT_THAT(bound.hear_until("}"), StartsWith("HTTP/1.1 503 "));
  {
    const std::lock_guard lock(guard);
    for (const Reply& reply : kept) reply(text("at last"));
  }
  EXPECT_THAT(free.hear_until("at last"), StartsWith("HTTP/1.1 200 "));
}

TEST(HttpServer, ErrorsComeInTheLanguageThatIsAskedFor) {
  const Running server;
  Client client(server.url());
  client.say("GET / HTTP/1.1\r\nAccept-Language: zh-CN,en;q=0.5\r\nExpect: tea\r\n" + kEnd);
  EXPECT_THAT(client.hear_all(), HasSubstr("只支持"));
}

TEST(HttpServer, AStopEndsWorkThatTheGraceIsTooShortFor) {
  std::atomic<int> begun{0}, stopped{0};
  const Handler handler = echo_but([&] { return work_until_stopped(begun, stopped); });
  bool told = false;
  Running server({.deadline = 1h, .stop_grace = 50ms, .on_stop = [&] { told = true; }}, handler);
  Client client(server.url());
  client.say("GET /long HTTP/1.1\r\n" + kEnd);
  wait_until([&] { return begun == 1; });
  server.stop();
  server.join();
  EXPECT_EQ(stopped, 1);
  EXPECT_TRUE(told);
}

TEST(HttpServer, AnswersToItsNamesOnly) {
  const Running server({.hosts = std::vector<std::string>{"maps.example"}});
  const auto heard = [&](const std::string& head) {
    Client client(server.url());
    client.say(head + "Connection: close\r\n\r\n");
    return client.hear_all();
  };
  EXPECT_THAT(heard("GET /now HTTP/1.1\r\nHost: maps.example:80\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(heard("GET /now HTTP/1.1\r\nHost: evil.example\r\n"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(heard("GET http://maps.example/now1 HTTP/1.1\r\nHost: evil.example\r\n"), HasSubstr("now /now1"));
  EXPECT_THAT(heard("GET http://evil.example/now HTTP/1.1\r\nHost: maps.example\r\n"), StartsWith("HTTP/1.1 421 "));
  EXPECT_THAT(heard("GET http://maps.example HTTP/1.1\r\nHost: maps.example\r\n"), HasSubstr("worker /"));
}

TEST(HttpServer, StopsGracefully) {
  std::latch release(1);
  std::atomic<int> begun{0};
  const Handler handler = echo_but([&] { return ++begun, release.wait(), text("finished"); });
  Running server({.lanes = 2}, handler);
  Client idle(server.url()), busy(server.url());
  idle.say("GET /now HTTP/1.1\r\n" + kEnd);
  idle.hear_until("now /now");
  busy.say("GET /slow HTTP/1.1\r\n" + kEnd);
  while (begun == 0) std::this_thread::yield();
  const std::string url = server.url();
  server.stop();
  EXPECT_EQ(idle.hear_all(), "") << "an idle connection is closed";
  release.count_down();
  const std::string heard = busy.hear_all();
  EXPECT_THAT(heard, HasSubstr("finished"));
  EXPECT_THAT(heard, HasSubstr("Connection: close"));
  server.join();
  EXPECT_FALSE(Client(url).connected());
}

TEST(HttpServer, ServesManyClientsOnManyLanes) {
  const Running server({.lanes = 3, .workers = 2});
  std::atomic<int> right{0};
  {
    std::vector<std::jthread> clients;
    for (int c = 0; c < 12; ++c)
      clients.emplace_back([&, c] {
        Client client(server.url());
        for (int i = 0; i < 50; ++i) {
          const std::string target = (i % 2 ? "/now" : "/job") + std::to_string(c * 1000 + i) + ".";
          client.say("GET " + target + " HTTP/1.1\r\n" + kEnd);
          if (client.hear_until(target).find(target) != std::string::npos) ++right;
        }
      });
  }
  EXPECT_EQ(right, 12 * 50);
}

TEST(HttpServer, SaysWhyItCannotListen) {
  const HttpServer first({.port = 0}, echo);
  const auto port = static_cast<std::uint16_t>(std::stoi(first.url().substr(first.url().rfind(':') + 1)));
  EXPECT_THROW(HttpServer({.port = port}, echo), DataError);
  EXPECT_THROW(HttpServer({.host = "not an address"}, echo), DataError);
}

}  // namespace
}  // namespace gridloom
