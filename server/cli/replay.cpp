// SPDX-License-Identifier: Apache-2.0
// gridloom incidents replay: past events as if they happened now.
#include <algorithm>
#include <chrono>
#include <ctime>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/events/local_time.h"
#include "engine/io/crs.h"
#include "engine/io/project/project_file.h"
#include "engine/io/time_zone.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"
#include "server/http/http_client.h"
#include "server/words/event_query.h"

namespace gridloom::cli {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kTick{200};
constexpr std::size_t kLargestPost = 5000;

struct Options {
  std::string project, url, from, to;
  double speed = 60;
  std::size_t limit = SIZE_MAX;
};

// Rows of events with a time in the range, by time.
std::vector<std::uint32_t> rows_by_time(const City& city, const Options& options) {
  const EventTable& events = city.events;
  EventFilter filter;
  filter.from = parse_moment("--from", options.from, city.time_zone);
  filter.to = parse_moment("--to", options.to, city.time_zone);
  std::vector<std::uint32_t> rows = select_events(events, filter);
  std::erase_if(rows, [&](std::uint32_t r) { return events.occurred_at[r].seconds == kUnknownTime.seconds; });
  std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
    return events.occurred_at[a].seconds < events.occurred_at[b].seconds;
  });
  rows.resize(std::min(rows.size(), options.limit));
  return rows;
}

// The event under a new id, so that it stands beside the one it repeats; a date stays a date.
nlohmann::ordered_json moved(const City& city, Projection& projection, std::uint32_t row, const std::string& prefix,
                             std::int64_t now) {
  const EventTable& e = city.events;
  const LonLat where = projection.to_lonlat(city.arrangement.lattice.metres(e.at[row]));
  nlohmann::ordered_json out = {{"id", prefix + e.id[row]}};
  const std::string when = format_local_time({now, true});
  out["occurred_at"] = e.occurred_at[row].has_clock ? when : when.substr(0, 10);
  for (const auto& [key, field] : kWords<EventField>)
    if (const std::string& text = e[field][row]; !text.empty()) out[std::string(key)] = text;
  out["lon"] = where.lon;
  out["lat"] = where.lat;
  return out;
}

void send(const std::vector<nlohmann::ordered_json>& due, const std::string& url) {
  if (url.empty()) {
    for (const auto& event : due)
      std::cout << event.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    std::cout.flush();
    return;
  }
  for (std::size_t begin = 0; begin < due.size(); begin += kLargestPost) {
    const auto first = due.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = due.begin() + static_cast<std::ptrdiff_t>(std::min(due.size(), begin + kLargestPost));
    const nlohmann::ordered_json batch(std::vector<nlohmann::ordered_json>(first, last));
    post_json(url + "/api/incidents", batch.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
}

int run(const Options& options) {
  const Interruption interruption;
  const City city = read_project(options.project);
  const TimeZone zone(city.time_zone);
  Projection projection(city.arrangement.lattice.crs);
  const std::vector<std::uint32_t> rows = rows_by_time(city, options);
  if (rows.empty()) throw DataError("no_incidents_in_range").within(options.project);
  const auto begin = Clock::now();
  const std::int64_t first = city.events.occurred_at[rows.front()].seconds;
  const std::string prefix = "replay-" + std::to_string(std::time(nullptr)) + "-";
  std::string url = options.url;
  while (url.ends_with('/')) url.pop_back();
  for (std::size_t next = 0; next < rows.size() && !interruption.requested();) {
    const double passed = std::chrono::duration<double>(Clock::now() - begin).count() * options.speed;
    const std::int64_t now = zone.local(std::time(nullptr));
    std::vector<nlohmann::ordered_json> due;
    for (; next < rows.size() && static_cast<double>(city.events.occurred_at[rows[next]].seconds - first) <= passed;
         ++next)
      due.push_back(moved(city, projection, rows[next], prefix, now));
    if (!due.empty()) send(due, url);
    if (next < rows.size()) std::this_thread::sleep_for(kTick);
  }
  return kOk;
}

}  // namespace

Verb replay_verb(CLI::App& parent, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(parent, console, "replay",
               {"Feed past incidents into a running server as if they happened now, or print them as NDJSON",
                "把过往事件当作正在发生，送入运行中的服务器，或输出 NDJSON"},
               "gridloom incidents replay nyc.gpkg --speed 3600 --into http://127.0.0.1:8080");
  add_project(*verb, console, options->project);
  verb->add_option("--speed", options->speed,
                   console.say({"Seconds of the past in one second of now", "现在一秒内重放的过往秒数"}))
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  verb->add_option("--into", options->url,
                   console.say({"Server to feed (default: print)", "要送入的服务器（默认输出到标准输出）"}))
      ->type_name("URL");
  verb->add_option("--from", options->from, console.say({"First local time to replay", "起始当地时间（含）"}));
  verb->add_option("--to", options->to, console.say({"Local time to stop at", "截止当地时间（不含）"}));
  verb->add_option("--limit", options->limit, console.say({"At most so many incidents", "最多重放的事件数"}));
  return {verb, [options] { return run(*options); }};
}

}  // namespace gridloom::cli
