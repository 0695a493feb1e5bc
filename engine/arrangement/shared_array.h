// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace gridloom {

// An array in parts that copies share until one of them writes: a copy costs size / kPart pointers, a write at most one
// part. Reading one copy while another is written is safe from any threads; one copy must not be written while it is
// read.
template <class T>
class SharedArray {
 public:
  std::size_t size() const { return size_; }
  const T& operator[](std::size_t i) const { return (*parts_[i / kPart])[i % kPart]; }

  // To be written to: the part is copied first if others hold it.
  T& own(std::size_t i) { return own_part(i / kPart)[i % kPart]; }

  void push_back(T value) {
    if (size_ % kPart == 0) {
      parts_.push_back(std::make_shared<std::vector<T>>());
      parts_.back()->reserve(kPart);
    }
    own_part(size_ / kPart).push_back(std::move(value));
    ++size_;
  }

 private:
  static constexpr std::size_t kPart = 128;

  std::vector<T>& own_part(std::size_t p) {
    if (parts_[p].use_count() > 1) {
      auto copy = std::make_shared<std::vector<T>>();
      copy->reserve(kPart);
      copy->assign(parts_[p]->begin(), parts_[p]->end());
      parts_[p] = std::move(copy);
    }
    return *parts_[p];
  }

  std::vector<std::shared_ptr<std::vector<T>>> parts_;
  std::size_t size_ = 0;
};

}  // namespace gridloom
