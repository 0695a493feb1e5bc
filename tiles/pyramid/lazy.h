// SPDX-License-Identifier: Apache-2.0
// Values that are made once, by whoever needs them first, and then shared by all threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

namespace gridloom {

template <class Key, class Value>
class Lazy {
 public:
  // The value of the key, from make() the first time. Others who ask meanwhile wait; when make() throws, the next
  // caller tries again. The reference lives as long as this object.
  template <class Make>
  const Value& get(const Key& key, Make&& make) const {
    Entry& e = entry(key);
    std::call_once(e.once, [&] { e.value = std::make_unique<const Value>(make()); });
    return *e.value;
  }

 private:
  struct Entry {
    std::once_flag once;
    std::unique_ptr<const Value> value;
  };

  Entry& entry(const Key& key) const {
    const std::lock_guard lock(mutex_);
    std::unique_ptr<Entry>& e = entries_[key];
    if (!e) e = std::make_unique<Entry>();
    return *e;
  }

  mutable std::mutex mutex_;
  mutable std::map<Key, std::unique_ptr<Entry>> entries_;
};

// Values that change with an epoch: of every key the newest is kept, and lives as long as someone holds it.
template <class Key, class Value>
class Latest {
 public:
  // From make() where the epoch is not the kept one's; others who ask for the key meanwhile wait. An older epoch's
  // value is made and not kept. When make() throws, the next caller tries again.
  template <class Make>
  std::shared_ptr<const Value> get(const Key& key, std::uint64_t epoch, Make&& make) const {
    Entry& e = entry(key);
    const std::lock_guard lock(e.mutex);
    if (e.value && e.epoch == epoch) return e.value;
    auto made = std::make_shared<const Value>(make());
    if (e.value && e.epoch > epoch) return made;
    e.epoch = epoch;
    e.value = made;
    return made;
  }

 private:
  struct Entry {
    std::mutex mutex;
    std::uint64_t epoch = 0;
    std::shared_ptr<const Value> value;
  };

  Entry& entry(const Key& key) const {
    const std::lock_guard lock(mutex_);
    return entries_[key];  // a map's entries stay where they are
  }

  mutable std::mutex mutex_;
  mutable std::map<Key, Entry> entries_;
};

}  // namespace gridloom
