// SPDX-License-Identifier: Apache-2.0
// The values of enumerations for people's eyes; their words for files and questions stand beside each (words.h).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "engine/base/text.h"
#include "engine/city/city.h"
#include "engine/events/event.h"

namespace gridloom {

template <class Value>
struct Title {
  Value value;
  std::string_view en, zh;
};

// Precondition: the table has the value.
template <class Value, std::size_t N>
Text title_in(const std::array<Title<Value>, N>& titles, Value value) {
  const auto title = std::ranges::find(titles, value, &Title<Value>::value);
  return {std::string(title->en), std::string(title->zh)};
}

Text title_of(ConflictKind);
Text title_of(DrawnKind);
Text title_of(DutyStatus);
Text title_of(EventField);
Text title_of(PlanStatus);

// Of what a file's name is about (engine/io/inspection/name_hints.h); `otherwise` where it has none.
Text title_of_subject(std::string_view subject, const Text& otherwise);

}  // namespace gridloom
