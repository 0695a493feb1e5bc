// SPDX-License-Identifier: Apache-2.0
// The named texts that a question is asked with, on the command line and in URLs, read in one place so that both mean
// the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/words.h"

namespace gridloom {

// What was asked for has no meaning; what() is the English text.
class WrongParameter : public DataError {
 public:
  WrongParameter(const std::string& en, const std::string& zh) : DataError(en), text_{en, zh} {}
  const Text& text() const { return text_; }

 private:
  Text text_;
};

// The words of a table for a message: "fdr, none".
template <class Value>
std::string words_of(const std::map<std::string, Value>& words) {
  std::string known;
  for (const auto& entry : words) known += (known.empty() ? "" : ", ") + entry.first;
  return known;
}

// Every getter throws WrongParameter, naming the parameter, for a text that has no meaning, and for a name given more
// than once. An empty text is one that was not given. What was asked for is remembered for refuse_others().
class Parameters {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  explicit Parameters(Pairs given) : given_(std::move(given)) {}

  std::string text(std::string_view name) const;  // "" when not given
  std::optional<double> number(std::string_view name, double least, double most) const;
  double number(std::string_view name, double otherwise, double least, double most) const;
  std::uint64_t whole(std::string_view name, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) const;
  bool yes(std::string_view name) const;  // "yes", "true", "1"; "no", "false", "0": not
  std::vector<double> numbers(std::string_view name, double least, double most) const;  // "250,500"

  template <class Value>
  Value word(std::string_view name, const std::map<std::string, Value>& words, Value otherwise) const {
    const std::string given = text(name);
    if (given.empty()) return otherwise;
    if (const auto found = words.find(given); found != words.end()) return found->second;
    refuse_word(name, given, words_of(words));
  }

  bool given(std::string_view name) const;

  // A name that was given and never asked for is a spelling mistake, or means nothing beside the others: throws
  // WrongParameter with those that do.
  void refuse_others() const;

 private:
  [[noreturn]] static void refuse_word(std::string_view name, const std::string& given, const std::string& known);

  Pairs given_;
  mutable std::set<std::string, std::less<>> asked_;
};

}  // namespace gridloom
