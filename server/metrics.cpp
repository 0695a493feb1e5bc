// SPDX-License-Identifier: Apache-2.0
#include "server/metrics.h"

#include <sstream>

namespace gridloom {
namespace {

double seconds(Metrics::Clock::duration time) { return std::chrono::duration<double>(time).count(); }

void family(std::ostream& out, std::string_view name, std::string_view type, std::string_view help) {
  out << "# HELP " << name << ' ' << help << "\n# TYPE " << name << ' ' << type << '\n';
}

template <class Value>
void single(std::ostream& out, std::string_view name, std::string_view type, std::string_view help, Value value) {
  family(out, name, type, help);
  out << name << ' ' << value << '\n';
}

std::string_view name_of(std::size_t format) { return format == 0 ? "png" : "mvt"; }

}  // namespace

void Metrics::request(std::string_view route, unsigned status, Clock::duration time) {
  const std::lock_guard lock(guard_);
  Series& series = requests_[{std::string(route), status}];
  ++series.count;
  series.seconds += seconds(time);
}

void Metrics::render(TileFormat format, Clock::duration time) {
  const std::lock_guard lock(guard_);
  Series& series = renders_[static_cast<std::size_t>(format)];
  ++series.count;
  series.seconds += seconds(time);
}

std::string Metrics::text(const CacheCounts& cache, const JobCounts& jobs, std::uint64_t epoch) const {
  const std::lock_guard lock(guard_);
  std::ostringstream out;
  const auto by_request = [&](std::string_view name, auto value) {
    for (const auto& [key, series] : requests_)
      out << name << "{route=\"" << key.first << "\",status=\"" << key.second << "\"} " << value(series) << '\n';
  };
  const auto by_format = [&](std::string_view name, auto value) {
    for (std::size_t f = 0; f < renders_.size(); ++f)
      out << name << "{format=\"" << name_of(f) << "\"} " << value(renders_[f]) << '\n';
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
  single(out, "gridloom_cache_hits_total", "counter", "Tiles answered from memory.", cache.hits);
  single(out, "gridloom_cache_misses_total", "counter", "Tiles that had to be made.", cache.misses);
  single(out, "gridloom_cache_joined_total", "counter", "Requests that waited for another's tile.", cache.joined);
  single(out, "gridloom_cache_bytes", "gauge", "Memory held by finished tiles.", cache.bytes);
  single(out, "gridloom_cache_entries", "gauge", "Finished tiles held.", cache.entries);
  family(out, "gridloom_jobs", "gauge", "Analyses that have not ended, by state.");
  out << "gridloom_jobs{state=\"waiting\"} " << jobs.waiting << "\ngridloom_jobs{state=\"running\"} " << jobs.running
      << '\n';
  single(out, "gridloom_epoch", "gauge", "Epoch of the snapshot being served.", epoch);
  return out.str();
}

}  // namespace gridloom
