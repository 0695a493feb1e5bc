// SPDX-License-Identifier: Apache-2.0
// Values by the words that people use for them, in questions and in records.
#pragma once

#include <map>
#include <string>

#include "engine/base/errors.h"

namespace gridloom {

// The value of a word. Throws DataError with the words there are; `what` begins the sentence.
template <class Value>
Value value_of(const std::map<std::string, Value>& words, const std::string& given, const std::string& what) {
  if (const auto found = words.find(given); found != words.end()) return found->second;
  std::string known;
  for (const auto& entry : words) known += (known.empty() ? "" : ", ") + entry.first;
  throw DataError(what + " is '" + given + "'; it can be " + known);
}

// The word of a value in such a table.
template <class Value>
std::string word_of(const std::map<std::string, Value>& words, Value value) {
  for (const auto& [word, its_value] : words)
    if (its_value == value) return word;
  return {};
}

}  // namespace gridloom
