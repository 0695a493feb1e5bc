// SPDX-License-Identifier: Apache-2.0
// Columns of tables.
#pragma once

#include <string>

namespace gridloom {

enum class FieldType { text, integer, real };
struct Field {
  std::string name;
  FieldType type = FieldType::text;
  friend bool operator==(const Field&, const Field&) = default;
};

}  // namespace gridloom
