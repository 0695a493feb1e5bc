// SPDX-License-Identifier: Apache-2.0
// The words of enumerations, in files, catalogues, questions and records. One table stands beside each of them:
//
//   enum class Tail { two_sided, greater, less };
//   template <>
//   inline constexpr auto kWords<Tail> =
//       words<Tail>({{"two-sided", Tail::two_sided}, {"greater", Tail::greater}, {"less", Tail::less}});
//
// Every enumerator has a word. The first is the one that is told, further ones are understood as well. The empty word
// is that of an enumerator which says that nothing was asked for; it is never listed.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/base/errors.h"

namespace gridloom {

template <class Value>
struct Word {
  std::string_view word;
  Value value;
};

template <class Value>
using Words = std::span<const Word<Value>>;

template <class Value>
inline constexpr std::array<Word<Value>, 0> kWords{};

namespace detail {

// The compiler spells an enumerator by its name ("gridloom::Tail::less"), another number as a cast
// ("(gridloom::Tail)3").
template <auto value>
consteval bool is_enumerator() {
  const std::string_view signature = __PRETTY_FUNCTION__;
  return signature[signature.find("value = ") + std::string_view("value = ").size()] != '(';
}

template <class Enum, std::size_t... N>
consteval bool has_all(Words<Enum> table, std::index_sequence<N...>) {
  const auto has = [&](Enum value) { return std::ranges::find(table, value, &Word<Enum>::value) != table.end(); };
  return ((!is_enumerator<static_cast<Enum>(N)>() || has(static_cast<Enum>(N))) && ...);
}

}  // namespace detail

// Does not compile where a word stands twice, or where one of an enumeration's first 32 values has none.
template <class Value, std::size_t N>
consteval std::array<Word<Value>, N> words(const Word<Value> (&all)[N]) {
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (all[i].word == all[j].word) throw "a word stands twice";
  if constexpr (std::is_enum_v<Value>)
    if (!detail::has_all<Value>(all, std::make_index_sequence<32>())) throw "an enumerator has no word";
  return std::to_array(all);
}

// Precondition: the table has the value.
template <class Value>
constexpr std::string_view word_of(Value value, std::type_identity_t<Words<Value>> words = kWords<Value>) {
  return std::ranges::find(words, value, &Word<Value>::value)->word;
}

template <class Value>
constexpr std::optional<Value> value_of(std::string_view word, Words<Value> words = kWords<Value>) {
  const auto found = std::ranges::find(words, word, &Word<Value>::word);
  return found == words.end() ? std::nullopt : std::optional(found->value);
}

// In the order of the table.
template <class Value>
std::vector<std::string> word_list(Words<Value> words = kWords<Value>) {
  std::vector<std::string> list;
  for (const Word<Value>& word : words)
    if (!word.word.empty()) list.emplace_back(word.word);
  return list;
}

// For messages: "two-sided, greater, less".
template <class Value>
std::string known_words(Words<Value> words = kWords<Value>) {
  std::string known;
  for (const std::string& word : word_list<Value>(words)) known += (known.empty() ? "" : ", ") + word;
  return known;
}

// Throws DataError with the words there are; `name` is that of the question which the word answers.
template <class Value>
Value value_named(std::string_view word, std::string_view name) {
  if (const auto value = value_of<Value>(word)) return *value;
  throw DataError("choice_unknown", {{"name", name}, {"given", word}, {"known", word_list<Value>()}});
}

}  // namespace gridloom
