// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/events/event.h"

namespace gridloom {

// Fills a column: stores each text once, in the order of first appearance. The column must outlive it, and not change
// but through it. O(1) a text.
class TextInterner {
 public:
  explicit TextInterner(StringColumn& column) : column_(column) {
    for (std::uint32_t v = 0; v < column.values.size(); ++v) number_.emplace(column.values[v], v);
  }
  void add(std::string_view text) {
    const auto [at, fresh] = number_.try_emplace(std::string(text), static_cast<std::uint32_t>(column_.values.size()));
    if (fresh) column_.values.push_back(at->first);
    column_.of_row.push_back(at->second);
  }

 private:
  StringColumn& column_;
  std::unordered_map<std::string, std::uint32_t> number_;
};

// Of category, subcategory, agency, severity and status, in this order.
inline std::array<TextInterner, 5> interners_of(EventTable& e) {
  return {TextInterner(e.category), TextInterner(e.subcategory), TextInterner(e.agency), TextInterner(e.severity),
          TextInterner(e.status)};
}

}  // namespace gridloom
