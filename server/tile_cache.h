// SPDX-License-Identifier: Apache-2.0
// Finished tiles in memory, least recently used out first; equal misses wait for one computation.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <string>

#include "server/http_message.h"
#include "tiles/heat_frame.h"
#include "tiles/tile_id.h"
#include "tiles/tile_service.h"

namespace gridloom {

enum class TileFormat { png, mvt };

// All that changes a tile's bytes.
struct TileKey {
  std::uint64_t epoch = 0;
  bool published = false;  // tells the incidents that everybody may see
  MapRequest map;
  TileId tile;
  TileFormat format = TileFormat::png;
  unsigned scale = 1;
  std::string question{};  // of heat tiles: filter, radius and scale
  WorldRaster raster = WorldRaster::mercator;
  friend auto operator<=>(const TileKey&, const TileKey&) = default;
};

struct CacheCounts {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;  // computations started
  std::uint64_t joined = 0;  // requests that waited for another's computation
  std::size_t bytes = 0;
  std::size_t entries = 0;
};

// Safe to use from any number of threads.
class TileCache {
 public:
  explicit TileCache(std::size_t capacity_bytes) : capacity_(capacity_bytes) {}

  // The tile if it is there, else null. O(log entries).
  SharedContent find(const TileKey&);

  // The tile, made by `make` on this thread unless it is there or being made. What `make` throws reaches all who wait
  // for it and is not remembered; but for Cancelled, after which one of these makes it. Content heavier than the whole cache is handed out and not kept.
  SharedContent get(const TileKey&, const std::function<SharedContent()>& make);

  CacheCounts counts() const;

 private:
  struct Entry {
    TileKey key;
    SharedContent content;
    std::size_t weight = 0;
  };
  using Order = std::list<Entry>;  // the last used first

  SharedContent make_and_keep(const TileKey&, const std::function<SharedContent()>& make,
                              std::promise<SharedContent>&);
  SharedContent touch(const TileKey&);
  void keep(const TileKey&, const SharedContent&);

  mutable std::mutex guard_;
  std::size_t capacity_;
  Order order_;
  std::map<TileKey, Order::iterator> entries_;
  std::map<TileKey, std::shared_future<SharedContent>> making_;
  CacheCounts counts_;
};

}  // namespace gridloom
