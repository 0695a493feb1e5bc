// SPDX-License-Identifier: Apache-2.0
#include "server/http/metrics.h"

#include <sstream>

namespace gridloom {
namespace {

double seconds(Metrics::Clock::duration time) { return std::chrono::duration<double>(time).count(); }

void family(std::ostream& out, std::string_view name, std::string_view type, std::string_view help) {
  out << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
}

}  // namespace

Metrics::Metrics(std::span<const std::string> formats) {
  for (const std::string& format : formats) renders_.emplace(format, Series());
}

void Metrics::request(std::string_view route, unsigned status, Clock::duration time) {
  const std::lock_guard lock(guard_);
  Series& series = requests_[{std::string(route), status}];
  ++series.count;
  series.seconds += seconds(time);
}

void Metrics::render(std::string_view format, Clock::duration time) {
  const std::lock_guard lock(guard_);
  Series& series = renders_[std::string(format)];
  ++series.count;
  series.seconds += seconds(time);
}

std::string Metrics::text(std::span<const Sample> others) const {
  const std::lock_guard lock(guard_);
  std::ostringstream out;
  const auto by_request = [&](std::string_view name, auto value) {
    for (const auto& [key, series] : requests_)
      out << name << "{route=\"" << key.first << "\",status=\"" << key.second << "\"} " << value(series) << '\n';
  };
  const auto by_format = [&](std::string_view name, auto value) {
    for (const auto& [format, series] : renders_)
      out << name << "{format=\"" << format << "\"} " << value(series) << '\n';
  };
  const auto count = [](const Series& s) { return s.count; };
  const auto time = [](const Series& s) { return s.seconds; };
  family(out, "gridloom_requests_total", "counter", "Requests answered, by route and status.");
  by_request("gridloom_requests_total", count);
  family(out, "gridloom_request_seconds_total", "counter", "Time spent on answers.");
  by_request("gridloom_request_seconds_total", time);
  family(out, "gridloom_renders_total", "counter", "Tiles drawn or encoded, by format.");
  by_format("gridloom_renders_total", count);
  family(out, "gridloom_render_seconds_total", "counter", "Time spent on drawing and encoding tiles.");
  by_format("gridloom_render_seconds_total", time);
  std::string_view last;
  for (const Sample& sample : others) {
    if (sample.name != last) family(out, sample.name, sample.type, sample.help);
    last = sample.name;
    out << sample.name;
    if (!sample.label.empty()) out << '{' << sample.label << '}';
    out << ' ' << sample.value << '\n';
  }
  return out.str();
}

}  // namespace gridloom
