// SPDX-License-Identifier: Apache-2.0
// Columns of tables.
#pragma once

#include <string>

#include "engine/base/words.h"

namespace gridloom {

enum class FieldType { text, integer, real };
template <>
inline constexpr auto kWords<FieldType> =
    words<FieldType>({{"text", FieldType::text}, {"integer", FieldType::integer}, {"real", FieldType::real}});
struct Field {
  std::string name;
  FieldType type = FieldType::text;
  friend bool operator==(const Field&, const Field&) = default;
};

}  // namespace gridloom
