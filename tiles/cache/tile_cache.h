// SPDX-License-Identifier: Apache-2.0
// Finished tiles in memory, least recently used out first; equal misses wait for one computation.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/parallel.h"
#include "engine/base/words.h"
#include "tiles/heat/heat_frame.h"
#include "tiles/pyramid/tile_id.h"
#include "tiles/service/tile_service.h"

namespace gridloom {

enum class TileFormat { png, mvt };
template <>
inline constexpr auto kWords<TileFormat> = words<TileFormat>({{"png", TileFormat::png}, {"mvt", TileFormat::mvt}});

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

// Safe to use from any number of threads. `Value::weight()` is what one costs, in bytes.
template <class Value>
class TileCache {
 public:
  using Shared = std::shared_ptr<const Value>;

  explicit TileCache(std::size_t capacity_bytes) : capacity_(capacity_bytes) {}

  // The tile if it is there, else null. O(log entries).
  Shared find(const TileKey&);

  // The tile, made by `make` on this thread unless it is there or being made. What `make` throws reaches all who wait
  // for it and is not remembered; but for Cancelled, after which one of these makes it. What is heavier than the whole
  // cache is handed out and not kept.
  Shared get(const TileKey&, const std::function<Shared()>& make);

  CacheCounts counts() const;

 private:
  // What an entry costs beside its value: the key twice, list and tree nodes.
  static std::size_t weight_of(const TileKey& key) {
    return 2 * (sizeof(TileKey) + key.map.map.capacity() + key.map.layer.capacity()) + 128;
  }
  struct Entry {
    TileKey key;
    Shared value;
    std::size_t weight = 0;
  };
  using Order = std::list<Entry>;  // the last used first

  Shared make_and_keep(const TileKey&, const std::function<Shared()>& make, std::promise<Shared>&);
  Shared touch(const TileKey&);
  void keep(const TileKey&, const Shared&);

  mutable std::mutex guard_;
  std::size_t capacity_;
  Order order_;
  std::map<TileKey, typename Order::iterator> entries_;
  std::map<TileKey, std::shared_future<Shared>> making_;
  CacheCounts counts_;
};

template <class Value>
auto TileCache<Value>::touch(const TileKey& key) -> Shared {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  ++counts_.hits;
  return found->second->value;
}

template <class Value>
auto TileCache<Value>::find(const TileKey& key) -> Shared {
  const std::lock_guard lock(guard_);
  return touch(key);
}

template <class Value>
void TileCache<Value>::keep(const TileKey& key, const Shared& value) {
  const std::size_t weight = weight_of(key) + value->weight();
  if (weight > capacity_) return;
  order_.push_front({key, value, weight});
  entries_.emplace(key, order_.begin());
  counts_.bytes += weight;
  while (counts_.bytes > capacity_) {
    counts_.bytes -= order_.back().weight;
    entries_.erase(order_.back().key);
    order_.pop_back();
  }
}

template <class Value>
auto TileCache<Value>::get(const TileKey& key, const std::function<Shared()>& make) -> Shared {
  for (;;) {
    std::promise<Shared> promise;
    std::shared_future<Shared> other;
    {
      const std::lock_guard lock(guard_);
      if (Shared value = touch(key)) return value;
      const auto [place, first] = making_.try_emplace(key);
      if (first)
        place->second = promise.get_future().share();
      else
        other = place->second;
      ++(first ? counts_.misses : counts_.joined);
    }
    if (!other.valid()) return make_and_keep(key, make, promise);
    try {
      return other.get();
    } catch (const Cancelled&) {
      stop_if_asked();  // the maker's client has left; ours has not
    }
  }
}

template <class Value>
auto TileCache<Value>::make_and_keep(const TileKey& key, const std::function<Shared()>& make,
                                     std::promise<Shared>& promise) -> Shared {
  try {
    Shared value = make();
    {
      const std::lock_guard lock(guard_);
      keep(key, value);
      making_.erase(key);
    }
    promise.set_value(value);
    return value;
  } catch (...) {
    {
      const std::lock_guard lock(guard_);
      making_.erase(key);
    }
    promise.set_exception(std::current_exception());
    throw;
  }
}

template <class Value>
CacheCounts TileCache<Value>::counts() const {
  const std::lock_guard lock(guard_);
  CacheCounts counts = counts_;
  counts.entries = entries_.size();
  return counts;
}

}  // namespace gridloom
