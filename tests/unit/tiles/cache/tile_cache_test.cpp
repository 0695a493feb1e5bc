// SPDX-License-Identifier: Apache-2.0
#include "tiles/cache/tile_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace gridloom {
namespace {

TileKey key(std::uint32_t x) { return {.map = {"grids", "", Language::en}, .tile = {10, x, 0}}; }

struct Bytes {
  std::string bytes;
  std::size_t weight() const { return bytes.capacity() + sizeof(Bytes); }
};
using Shared = std::shared_ptr<const Bytes>;

Shared bytes(std::size_t count, char c = 'x') { return std::make_shared<const Bytes>(Bytes{std::string(count, c)}); }

TEST(TileCache, MakesOnceAndRemembers) {
  TileCache<Bytes> cache(1 << 20);
  int made = 0;
  const auto make = [&] { return ++made, bytes(10); };
  EXPECT_EQ(cache.find(key(1)), nullptr);
  const auto first = cache.get(key(1), make);
  EXPECT_EQ(cache.get(key(1), make), first);
  EXPECT_EQ(cache.find(key(1)), first);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(cache.counts().hits, 2u);
  EXPECT_EQ(cache.counts().misses, 1u);
}

TEST(TileCache, EverythingThatChangesTheBytesIsInTheKey) {
  TileCache<Bytes> cache(1 << 20);
  std::vector<TileKey> keys(9, key(1));
  keys[1].epoch = 2;
  keys[2].map.map = "zones";
  keys[3].map.layer = "police";
  keys[4].map.language = Language::zh;
  keys[5].tile.z = 11;
  keys[6].tile.y = 1;
  keys[7].format = TileFormat::mvt;
  keys[8].scale = 2;
  int made = 0;
  for (const TileKey& k : keys) cache.get(k, [&] { return ++made, bytes(1); });
  EXPECT_EQ(made, 9);
}

TEST(TileCache, DropsTheLeastRecentlyUsed) {
  TileCache<Bytes> cache(35'000);
  for (std::uint32_t x = 0; x < 3; ++x) cache.get(key(x), [] { return bytes(10'000); });
  cache.find(key(0));
  cache.get(key(3), [] { return bytes(10'000); });
  EXPECT_NE(cache.find(key(0)), nullptr);
  EXPECT_EQ(cache.find(key(1)), nullptr);
  EXPECT_NE(cache.find(key(2)), nullptr);
  EXPECT_NE(cache.find(key(3)), nullptr);
  EXPECT_LE(cache.counts().bytes, 35'000u);
  EXPECT_EQ(cache.counts().entries, 3u);
}

TEST(TileCache, HandsOutWhatIsTooHeavyToKeep) {
  TileCache<Bytes> cache(1000);
  EXPECT_EQ(cache.get(key(1), [] { return bytes(10'000); })->bytes.size(), 10'000u);
  EXPECT_EQ(cache.counts().entries, 0u);
  EXPECT_EQ(cache.counts().bytes, 0u);
}

TEST(TileCache, EqualMissesWaitForOneComputation) {
  constexpr int kClients = 16;
  TileCache<Bytes> cache(1 << 20);
  std::atomic<int> made{0};
  std::latch start(kClients);
  std::vector<Shared> got(kClients);
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < kClients; ++i)
      clients.emplace_back([&, i] {
        start.arrive_and_wait();
        got[i] = cache.get(key(1), [&] {
          ++made;
          // Until all others have asked: they can only be waiting for this one. Bounded, so that a fault fails.
          const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
          while (cache.counts().joined < kClients - 1 && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
          return bytes(10);
        });
      });
  }
  EXPECT_EQ(made, 1);
  for (const auto& content : got) EXPECT_EQ(content, got.front());
}

TEST(TileCache, AFailureIsNotRemembered) {
  TileCache<Bytes> cache(1 << 20);
  const auto fail = []() -> Shared { throw std::runtime_error("no"); };
  EXPECT_THROW(cache.get(key(1), fail), std::runtime_error);
  EXPECT_EQ(cache.get(key(1), [] { return bytes(3); })->bytes, "xxx");
}

}  // namespace
}  // namespace gridloom
