// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "engine/io/delivery/street_reader.h"
#include "engine/io/project/project_file.h"
#include "engine/io/project/soundness.h"
#include "server/api/audience.h"
#include "server/api/routes.h"
#include "server/api/service.h"
#include "server/cli/common_options.h"
#include "server/cli/resources.h"
#include "server/cli/verbs.h"
#include "server/http/http_server.h"

namespace gridloom::cli {
namespace {

struct Options {
  std::string project;
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string styles, web;
  unsigned threads = 1;
  std::size_t cache_mb = 256;
  unsigned analyses = 2;
  std::string streets;
  std::vector<std::string> hosts;
  bool read_only = false;
  std::string audience;  // "public", "operator"; empty: by the host
};

std::filesystem::path folder(const std::string& given, const char* in_source, const char* installed) {
  if (!given.empty() && !std::filesystem::is_directory(given)) throw DataError("folder_missing", {{"folder", given}});
  return given.empty() ? resource_folder(in_source, installed) : std::filesystem::path(given);
}

std::filesystem::path styles_folder(const Options& options) {
  const auto found = folder(options.styles, "styles", "styles");
  if (found.empty()) throw DataError("styles_not_found");
  return found;
}

// The position is of the file that was read, and not behind what was read.
std::pair<LogPosition, City> open_project(const std::string& project) {
  for (;;) {
    require_sound(project);
    LogPosition position = log_position(project);
    City city = read_project(project);
    if (identity_of(project) == position.file) return {std::move(position), std::move(city)};
  }
}

Audience audience_of(const Options& options) {
  if (options.audience == "operator") return Audience::operators;
  return options.audience.empty() && names_this_machine(options.host) ? Audience::local : Audience::everybody;
}

Service make_service(const Options& options, const Console& console) {
  ConsoleProgress progress(console);
  progress.stage("open", 0);
  auto [position, city] = open_project(options.project);
  progress.stage("prepare", 0.5);
  std::vector<std::vector<Point>> streets;
  if (!options.streets.empty()) streets = read_named_streets(options.streets, city.arrangement.lattice);
  return Service(std::move(city),
                 {.styles = styles_folder(options),
                  .web = folder(options.web, "server/web/dist", "web"),
                  .project = std::move(position),
                  .read_only = options.read_only,
                  .cache_bytes = options.cache_mb << 20,
                  .jobs = {.at_once = options.analyses},
                  .audience = audience_of(options),
                  .analysis_threads = std::max(1u, options.threads / 2),
                  .streets = std::move(streets),
                  .on_error = [&console](const Text& what) { print_error(console, console.say(what)); }});
}

// Who is told incidents how exactly.
Text form_of(const Service& service) {
  if (!service.publication)
    return {"This project has no privacy.k: everybody is told exact counts of incidents.",
            "该工程未设 privacy.k：所有人看到的都是精确的事件数。"};
  const std::string k = std::to_string(service.publication->k());
  switch (service.audience) {
    case Audience::everybody:
      break;
    case Audience::local:
      return {
          "The operator's view: programs of this machine are told exact counts of incidents, and whoever comes "
          "through a proxy is told multiples of " +
              k + " (privacy.k). Behind a proxy that sends no X-Forwarded-For, serve with --audience public.",
          "操作者视图：本机程序看到精确的事件数，经代理而来者只看到 " + k +
              "（privacy.k）的整倍数。若代理不发送 X-Forwarded-For，请加 --audience public。"};
    case Audience::operators:
      return {"The operator's view: whoever reaches this server is told exact counts of incidents.",
              "操作者视图：凡能访问本服务者，看到的都是精确的事件数。"};
  }
  return {"The public form: incidents of past days by grid, month and category, in multiples of " + k +
              " (privacy.k); none are taken over HTTP.",
          "公开形式：往日事件按网格、月份和类别给出，均为 " + k + "（privacy.k）的整倍数；不经 HTTP 接收事件。"};
}

void announce(const Service& service, const std::string& url, const Console& console) {
  if (console.json)
    std::cout << nlohmann::json{{"url", url}} << std::endl;
  else
    std::cout << console.say(service.city->name) << ": " << url << "/" << std::endl;
  print_note(form_of(service), console);
  if (service.web.empty())
    print_note({"The web page is not built (npm run build in server/web); tiles and the API are served.",
                "网页尚未构建（在 server/web 运行 npm run build）；瓦片与接口照常服务。"},
               console);
}

// Whatever still runs when the grace is over ends with the process: what was acknowledged is on the disk.
void end_in_time(std::chrono::milliseconds grace) {
  std::thread([grace] {
    std::this_thread::sleep_for(grace);
    std::_Exit(kOk);
  }).detach();
}

int run(const Options& options, const Console& console) {
  static constexpr std::chrono::seconds kGrace{10}, kToEnd{3};
  // Listens first: a port that is taken shows before the city is opened.
  const Service* service = nullptr;
  HttpServer server({.host = options.host,
                     .port = options.port,
                     .lanes = std::clamp(options.threads / 2, 1u, 4u),
                     .workers = options.threads,
                     .large_body_bytes = std::size_t{16} << 20,
                     .may_be_large = takes_large_body,
                     .stop_grace = kGrace,
                     .hosts = options.hosts,
                     .on_stop = [] { end_in_time(kGrace + kToEnd); }},
                    [&](Request request) { return answer(std::move(request), *service); });
  const Service opened = make_service(options, console);
  service = &opened;
  server.stop_by_signals();
  // The first who asks need not wait for it.
  if (opened.publication && opened.audience == Audience::everybody) opened.publication->now();
  announce(opened, server.url(), console);
  server.run();
  return kOk;
}

}  // namespace

Verb serve_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(root, console, "serve",
                            {"Serve tiles, the API and the web page of a project", "发布工程的瓦片、接口与网页"},
                            "gridloom serve nyc.gpkg --port 8080");
  add_project(*verb, console, options->project);
  verb->add_option("--host", options->host, console.say({"Address to listen on", "监听地址"}))->capture_default_str();
  verb->add_option("--port", options->port, console.say({"Port; 0: any free one", "端口；0 为任一空闲端口"}))
      ->capture_default_str();
  verb->add_option("--styles", options->styles, console.say({"Folder of the map styles", "地图样式目录"}));
  verb->add_option("--web", options->web, console.say({"Folder of the built web page", "网页构建目录"}));
  verb->add_option("--cache", options->cache_mb, console.say({"Memory for finished tiles in MiB", "瓦片缓存（MiB）"}))
      ->capture_default_str()
      ->check(CLI::Range(0, 1 << 20));
  verb->add_option("--analyses", options->analyses,
                   console.say({"Heatmaps and hotspots made at once", "同时进行的核密度与热点分析数"}))
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  verb->add_option("--streets", options->streets,
                   console.say({"Lines for densities along streets: as `heatmap --streets`",
                                "沿街道密度所用的线：同 heatmap --streets"}))
      ->type_name("FILE");
  verb->add_option(
          "--allow-host", options->hosts,
          console.say({"A name that clients may call this server by, besides its addresses and localhost: its "
                       "name behind a proxy; * for any",
                       "客户端可用来访问本服务器的名称（其地址与 localhost 之外），如代理之后的域名；* 为任意"}))
      ->type_name("NAME");
  verb->add_flag("--read-only", options->read_only,
                 console.say({"Take no incidents and write nothing; what others append is followed all the same",
                              "不接收事件，也不写入任何内容；他处追加的事件仍会跟进"}));
  verb->add_option("--audience", options->audience,
                   console.say({"public: whoever asks is told incidents in multiples of the catalogue's privacy.k; "
                                "operator: whoever asks is told exact counts. Default: exact on loopback to this "
                                "machine's own programs, else public",
                                "public：所有人只看到目录 privacy.k 整倍数的事件数；operator：所有人看到精确数。"
                                "默认：监听本机地址时对本机程序为精确数，否则为公开形式"}))
      ->check(CLI::IsMember({"public", "operator"}));
  add_threads(*verb, console, options->threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
