// SPDX-License-Identifier: Apache-2.0
#include "tiles/heat/heat_surface.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "engine/base/parallel.h"
#include "tiles/pyramid/mercator.h"

namespace gridloom {
namespace {

constexpr double kWorld = 4294967296.0;  // world units
// Radius in pixels of the equator from which runs are faster than cells; see bench_heat_tiles.
constexpr double kRunsFrom = 16;
constexpr std::size_t kBlock = 1 << 15;  // events that are projected together

std::uint32_t world_unit(double share) {
  return static_cast<std::uint32_t>(std::clamp(std::floor(share * kWorld + 0.5), 0.0, kWorld - 1));
}

// Beyond the right edge the world begins again.
std::uint32_t east_of(const Mercator& m) {
  const double share = (m.x / kMercatorHalf + 1) / 2;
  return world_unit(share - (share >= 1 ? 1 : 0));
}

}  // namespace

HeatSurface::Column::Column(std::shared_ptr<const EventChunk> chunk, const Lattice& lattice, unsigned threads)
    : chunk_(std::move(chunk)), lattice_(lattice), mercator_(chunk_->at.size()) {
  parallel_blocks(mercator_.size(), kBlock, threads, [&](std::size_t, std::size_t begin, std::size_t end) {
    const std::vector<Mercator> m = to_mercator(lattice_, std::span(chunk_->at).subspan(begin, end - begin));
    for (std::size_t i = begin; i < end; ++i)
      mercator_[i] = {east_of(m[i - begin]), world_unit((1 - m[i - begin].y / kMercatorHalf) / 2)};
  });
}

const std::vector<EventPosition>& HeatSurface::Column::on(WorldRaster raster) const {
  if (raster == WorldRaster::mercator) return mercator_;
  std::call_once(asked_, [&] {
    std::vector<EventPosition> made;
    made.reserve(mercator_.size());
    for (std::size_t begin = 0; begin < mercator_.size(); begin += kBlock) {
      const std::size_t count = std::min(kBlock, mercator_.size() - begin);
      for (const Mercator& m : to_mercator(lattice_, std::span(chunk_->at).subspan(begin, count)))
        made.push_back({east_of(m), world_unit((90 - to_lon_lat(m).lat) / 360)});
    }
    geographic_ = std::move(made);
  });
  return geographic_;
}

HeatSurface::HeatSurface(EventStore store, const Lattice& lattice, const HeatSurface* before, unsigned threads)
    : store_(std::move(store)) {
  for (const EventStore::Part& part : store_.parts()) {
    std::shared_ptr<const Column> column;
    for (std::size_t p = 0; before && p < before->columns_.size(); ++p)
      if (before->store_.parts()[p].chunk == part.chunk) column = before->columns_[p];
    if (!column) column = std::make_shared<const Column>(part.chunk, lattice, threads);
    columns_.push_back(std::move(column));
  }
}

// In whole pixels.
std::vector<EventPosition> HeatSurface::points_in(const EventFilter& filter, const PixelWindow& w) const {
  const std::int64_t side = std::int64_t{1} << w.level;
  const auto unit = [&](std::int64_t pixel) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(pixel, 0, side - 1) << (32 - w.level));
  };
  const std::uint32_t past = static_cast<std::uint32_t>((std::uint64_t{1} << (32 - w.level)) - 1);
  const std::uint32_t x0 = unit(w.x0), x1 = unit(w.x0 + w.nx - 1) + past;
  const std::uint32_t y0 = unit(w.y0), y1 = unit(w.y0 + w.ny - 1) + past;
  std::vector<EventPosition> out;
  const EventMatcher matcher(store_, filter);
  for (std::size_t p = 0; p < store_.parts().size(); ++p) {
    const EventStore::Part& part = store_.parts()[p];
    const std::vector<EventPosition>& at = columns_[p]->on(w.raster);
    const auto [begin, end] = matcher.rows(part);
    // Without a branch for each row: near and far ones come by chance.
    std::array<std::uint32_t, 4096> near;
    for (std::size_t row = begin; row < end;) {
      stop_if_asked();
      std::size_t count = 0;
      for (const std::size_t last = std::min(end, row + near.size()); row < last; ++row) {
        near[count] = static_cast<std::uint32_t>(row);
        count +=
            static_cast<std::size_t>(at[row].x - x0 <= x1 - x0) & static_cast<std::size_t>(at[row].y - y0 <= y1 - y0);
      }
      for (std::size_t i = 0; i < count; ++i)
        if (matcher.passes(part, near[i])) out.push_back(at[near[i]]);
    }
  }
  return out;
}

std::vector<double> HeatSurface::density(const EventFilter& filter, double radius_m, const PixelWindow& window,
                                         unsigned threads) const {
  if (!(radius_m > 0 && radius_m <= 50'000)) throw std::invalid_argument("the radius must be in (0, 50 000] metres");
  if (window.level > 31 || window.nx == 0 || window.ny == 0 || window.x0 < 0 || window.y0 < 0)
    throw std::invalid_argument("no such window");
  const heat::Frame frame{window, radius_m, heat::fraction_bits(store_.size())};
  const bool runs = radius_m >= kRunsFrom * 2 * kMercatorHalf / std::exp2(window.level);
  const auto reach = static_cast<std::int64_t>(1.02 * frame.reach(window.y0, window.y0 + window.ny)) + 4;
  const PixelWindow near{window.level,
                         window.x0 - reach,
                         window.y0 - reach,
                         window.nx + static_cast<std::uint32_t>(2 * reach),
                         window.ny + static_cast<std::uint32_t>(2 * reach),
                         window.raster};
  std::vector<EventPosition> events = points_in(filter, near);
  if (events.empty()) return {};
  const heat::Stripes stripes(frame, std::move(events), near.y0, near.ny, runs ? 4 : 0, !runs, threads);
  std::vector<double> values =
      runs ? heat::sum_runs(frame, stripes, threads) : heat::sum_cells(frame, stripes, threads);
  const double peak = 3 / std::numbers::pi / (radius_m * radius_m) * 1e6;
  for (double& v : values) v *= peak;
  return values;
}

}  // namespace gridloom
