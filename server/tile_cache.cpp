// SPDX-License-Identifier: Apache-2.0
#include "server/tile_cache.h"

#include <utility>

#include "engine/parallel.h"

namespace gridloom {
namespace {

// What an entry costs beside its bytes: the key twice, list and tree nodes.
std::size_t weight_of(const TileKey& key, const Content& content) {
  return content.weight() + 2 * (sizeof(TileKey) + key.map.map.capacity() + key.map.layer.capacity()) + 128;
}

}  // namespace

SharedContent TileCache::touch(const TileKey& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  ++counts_.hits;
  return found->second->content;
}

SharedContent TileCache::find(const TileKey& key) {
  const std::lock_guard lock(guard_);
  return touch(key);
}

void TileCache::keep(const TileKey& key, const SharedContent& content) {
  const std::size_t weight = weight_of(key, *content);
  if (weight > capacity_) return;
  order_.push_front({key, content, weight});
  entries_.emplace(key, order_.begin());
  counts_.bytes += weight;
  while (counts_.bytes > capacity_) {
    counts_.bytes -= order_.back().weight;
    entries_.erase(order_.back().key);
    order_.pop_back();
  }
}

SharedContent TileCache::get(const TileKey& key, const std::function<SharedContent()>& make) {
  for (;;) {
    std::promise<SharedContent> promise;
    std::shared_future<SharedContent> other;
    {
      const std::lock_guard lock(guard_);
      if (SharedContent content = touch(key)) return content;
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

SharedContent TileCache::make_and_keep(const TileKey& key, const std::function<SharedContent()>& make,
                                       std::promise<SharedContent>& promise) {
  try {
    SharedContent content = make();
    {
      const std::lock_guard lock(guard_);
      keep(key, content);
      making_.erase(key);
    }
    promise.set_value(content);
    return content;
  } catch (...) {
    {
      const std::lock_guard lock(guard_);
      making_.erase(key);
    }
    promise.set_exception(std::current_exception());
    throw;
  }
}

CacheCounts TileCache::counts() const {
  const std::lock_guard lock(guard_);
  CacheCounts counts = counts_;
  counts.entries = entries_.size();
  return counts;
}

}  // namespace gridloom
