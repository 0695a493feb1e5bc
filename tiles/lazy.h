// SPDX-License-Identifier: Apache-2.0
// Values that are made once, by whoever needs them first, and then shared by all threads.
#pragma once

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

}  // namespace gridloom
