// SPDX-License-Identifier: Apache-2.0
#include "server/api/position.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/crs.h"
#include "engine/io/datum.h"

namespace gridloom {
namespace {

// Transforms kept for later; beyond, they are made anew each time, so that a client who tries all CRSs fills no memory.
constexpr std::size_t kKept = 64;

bool is_epsg(std::string_view name) {
  constexpr std::string_view kPrefix = "epsg:";
  if (!name.starts_with(kPrefix) || name.size() <= kPrefix.size() || name.size() > kPrefix.size() + 6) return false;
  name.remove_prefix(kPrefix.size());
  return std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isdigit(c); });
}

// Of the words of datums; what a file may leave open, a client says.
bool is_degrees(std::string_view name) { return value_of<Datum>(name).value_or(Datum::detect) != Datum::detect; }

std::string checked_name(std::string_view crs) {
  const std::string name = lower_case(std::string(crs));
  if (!is_degrees(name) && !is_epsg(name)) throw DataError("crs_word_unknown", {{"crs", crs}});
  return name;
}

void require_degrees(double lon, double lat) {
  if (!(std::abs(lon) <= 180)) throw DataError("longitude_out_of_range", {{"lon", lon}});
  if (!(std::abs(lat) <= 90)) throw DataError("latitude_out_of_range", {{"lat", lat}});
}

std::optional<Point> on_lattice(const Lattice& lattice, Projected p) {
  if (!std::isfinite(p.x) || !std::isfinite(p.y)) return std::nullopt;
  try {
    return lattice.round(p);
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

// From one named CRS to the working one, and from there to WGS 84.
struct Transform {
  PositionReader reader;
  Projection working;
};

}  // namespace

struct Positions::Transforms {
  Lattice lattice;
  std::mutex guard;
  std::map<std::string, std::vector<Transform>, std::less<>> idle;
  std::size_t kept = 0;

  explicit Transforms(const Lattice& l) : lattice(l) {}

  Transform take(const std::string& crs) {
    {
      const std::lock_guard lock(guard);
      if (const auto found = idle.find(crs); found != idle.end() && !found->second.empty()) {
        Transform transform = std::move(found->second.back());
        found->second.pop_back();
        --kept;
        return transform;
      }
    }
    return {PositionReader(crs, lattice.crs), Projection(lattice.crs)};
  }

  void give_back(const std::string& crs, Transform transform) {
    const std::lock_guard lock(guard);
    if (kept >= kKept) return;
    idle[crs].push_back(std::move(transform));
    ++kept;
  }
};

Positions::Positions(const Lattice& working) : transforms_(std::make_unique<Transforms>(working)) {}
Positions::~Positions() = default;

void Positions::require(std::string_view crs) const {
  const std::string name = checked_name(crs);
  transforms_->give_back(name, transforms_->take(name));
}

Place Positions::place(std::string_view crs, double x, double y) const {
  const std::string name = checked_name(crs);
  const bool degrees = is_degrees(name);
  if (degrees) require_degrees(x, y);
  Transform transform = transforms_->take(name);
  const Projected projected = transform.reader.read(x, y);
  const LonLat lonlat = degrees ? undo_shift(*value_of<Datum>(name), {x, y}) : transform.working.to_lonlat(projected);
  transforms_->give_back(name, std::move(transform));
  if (!std::isfinite(lonlat.lon) || !std::isfinite(lonlat.lat)) throw DataError("coordinates_no_place", {{"crs", crs}});
  return {on_lattice(transforms_->lattice, projected), lonlat};
}

}  // namespace gridloom
