// SPDX-License-Identifier: Apache-2.0
// Texts into columns that store each of them once.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "engine/events/event.h"

namespace gridloom {

// Fills a column, in the order of first appearance. The column must outlive it, and its texts not change but through
// it. O(1) a text.
class TextInterner {
 public:
  explicit TextInterner(StringColumn& column) : column_(column) {
    for (const std::string& text : column.values) number_.emplace(text, static_cast<std::uint32_t>(number_.size()));
  }
  // The number of a text, which is one of the column's from then on.
  std::uint32_t number_of(std::string_view text) {
    if (const auto known = number_.find(text); known != number_.end()) return known->second;
    column_.values.emplace_back(text);
    return number_.emplace(text, static_cast<std::uint32_t>(number_.size())).first->second;
  }
  void add(std::string_view text) { column_.of_row.push_back(number_of(text)); }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  StringColumn& column_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> number_;
};

// By field.
inline std::array<TextInterner, kEventFields> interners_of(EventTable& events) {
  return [&]<std::size_t... F>(std::index_sequence<F...>) {
    return std::array{TextInterner(events[static_cast<EventField>(F)])...};
  }
  (std::make_index_sequence<kEventFields>());
}

}  // namespace gridloom
