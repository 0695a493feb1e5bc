// SPDX-License-Identifier: Apache-2.0
// What conflicts say, as columns of a project file: ids as JSON lists, facts as a word for their sort and a JSON
// object. Private to the project file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/city/city.h"

namespace gridloom {

std::string list_text(const std::vector<std::string>& ids);              // ["12","13"]
std::optional<std::vector<std::string>> list_of(std::string_view text);  // empty where it is no list of texts

// The words for the facts of conflicts, in the order of the variant.
inline constexpr std::string_view kConflictCauses[] = {"",           "parent", "lost", "shift",
                                                       "adjustment", "piece",  "told", "drawn"};

std::string_view cause_of(const ConflictFacts&);
std::string facts_text(const City&, const ConflictFacts&);  // {"reach_m":27.3,"beside":true}; empty: there are none
// `city`: for its layers. Empty where the text is none of the cause's.
std::optional<ConflictFacts> facts_of(const City& city, std::string_view cause, std::string_view text);

// Those that people decide, about a whole grid: their ground is that grid's, and none of their own.
inline bool is_of_grid(ConflictKind kind) {
  return kind == ConflictKind::split_duty || kind == ConflictKind::unmet_target;
}

}  // namespace gridloom
