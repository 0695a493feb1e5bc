// SPDX-License-Identifier: Apache-2.0
// The named texts that a question is asked with, on the command line, in URLs and in bodies of requests, read in one
// place so that all mean the same.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/words.h"

namespace gridloom {

// What was asked for has no meaning: text_of(DataError) is what is given here.
class WrongParameter : public DataError {
 public:
  WrongParameter(const std::string& en, const std::string& zh)
      : DataError("wrong_parameter", {{"en", en}, {"zh", zh}}) {}
};

// Throws that the name means nothing, with those that do.
[[noreturn]] void refuse_name(const std::string& name, const std::set<std::string, std::less<>>& known);

// Every getter throws WrongParameter, naming the parameter, for a text that has no meaning, and for a name given more
// than once. An empty text is one that was not given. What was asked for is remembered for refuse_others().
class Parameters {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  explicit Parameters(Pairs given) : given_(std::move(given)) {}

  const Pairs& pairs() const { return given_; }                 // as they came
  std::string text(std::string_view name) const;                // "" when not given
  std::vector<std::string> texts(std::string_view name) const;  // of a name that may be given again and again
  double number(std::string_view name) const;                   // any that is finite; must be given
  std::uint64_t whole(std::string_view name) const;             // decimal digits alone; must be given
  std::optional<double> number(std::string_view name, double least, double most) const;
  double number(std::string_view name, double otherwise, double least, double most) const;
  std::uint64_t whole(std::string_view name, std::uint64_t otherwise, std::uint64_t least, std::uint64_t most) const;
  bool yes(std::string_view name) const;  // "yes", "true", "1"; "no", "false", "0": not
  std::vector<double> numbers(std::string_view name, double least, double most) const;  // "250,500"

  template <class Value>
  Value word(std::string_view name, Value otherwise, std::type_identity_t<Words<Value>> words = kWords<Value>) const {
    const std::string given = text(name);
    if (given.empty()) return otherwise;
    if (const auto value = value_of<Value>(given, words)) return *value;
    refuse_word(name, given, known_words<Value>(words));
  }

  bool given(std::string_view name) const;

  // A name that was given and never asked for is a spelling mistake, or means nothing beside the others: throws
  // WrongParameter with those that do.
  void refuse_others() const;

 private:
  std::string required(std::string_view name) const;
  [[noreturn]] static void refuse_word(std::string_view name, const std::string& given, const std::string& known);

  Pairs given_;
  mutable std::set<std::string, std::less<>> asked_;
};

}  // namespace gridloom
