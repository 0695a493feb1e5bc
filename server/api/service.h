// SPDX-License-Identifier: Apache-2.0
// What the routes answer from: one immutable snapshot of a city and what was prepared of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/arrangement/locate.h"
#include "engine/city/city.h"
#include "server/api/append_route.h"
#include "server/api/position.h"
#include "server/api/publication.h"
#include "server/http/metrics.h"
#include "server/http/static_files.h"
#include "server/live/jobs.h"
#include "server/live/live_events.h"
#include "tiles/cache/tile_cache.h"
#include "tiles/service/tile_service.h"

namespace gridloom {

// Who is told incidents exactly where the city has a privacy.k (audience.h); everybody else gets the public form.
enum class Audience {
  everybody,  // nobody: whoever asks gets the public form
  local,      // this machine's own programs, where the server listens on loopback
  operators,  // whoever reaches the server
};

struct ServiceOptions {
  std::filesystem::path styles;
  std::filesystem::path web;                // the built web application; may be missing
  std::optional<LogPosition> project = {};  // where incidents are appended; none: nowhere
  bool read_only = false;                   // nothing is appended or written there
  std::size_t cache_bytes = std::size_t{256} << 20;
  JobOptions jobs = {};
  Audience audience = Audience::everybody;
  Publication::Clock clock = [] { return static_cast<std::int64_t>(std::time(nullptr)); };
  unsigned analysis_threads = 1;                   // of each analysis
  std::vector<std::vector<Point>> streets = {};    // lines on the city's lattice that densities may follow
  std::function<void(const Text&)> on_error;  // told of every answer 500, with its cause; may be empty
};

// Routes only read it; caches and counters look after themselves. Safe to use from any number of threads.
struct Service {
  // O(city): builds the indices and the tile service; its events move into the compact store of `live`. Throws what
  // TileService and StaticFiles throw.
  Service(City, const ServiceOptions&);
  Service(const Service&) = delete;

  std::shared_ptr<const City> city;  // without its events
  std::uint64_t epoch = 1;
  PointLocator locator;
  std::unique_ptr<LiveEvents> live;
  std::unique_ptr<Publication> publication;  // null: the city has no privacy.k
  Audience audience = Audience::everybody;
  double population = 0;
  TileService tiles;
  StaticFiles web;
  std::unique_ptr<Positions> positions;
  std::unique_ptr<TileCache<Content>> cache;
  std::unique_ptr<Metrics> metrics;
  std::function<void(const Text&)> on_error;
  unsigned analysis_threads = 1;
  std::vector<std::vector<Point>> streets;
  // The last: they look at the rest.
  std::unique_ptr<Jobs> jobs;
  std::unique_ptr<Appends> appends;

 private:
  Service(EventStore, City, const ServiceOptions&);
};

}  // namespace gridloom
