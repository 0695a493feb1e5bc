// SPDX-License-Identifier: Apache-2.0
// Texts for people, in the two languages of the interface.
#pragma once

#include <string>

#include "engine/base/words.h"

namespace gridloom {

enum class Language { en, zh };
template <>
inline constexpr auto kWords<Language> = words<Language>({{"en", Language::en}, {"zh", Language::zh}});

// A text in both languages of the interface.
struct Text {
  std::string en;
  std::string zh;
  // The text of a language; that of the other one where it is empty.
  const std::string& in(Language language) const {
    const bool chinese = en.empty() || (language == Language::zh && !zh.empty());
    return chinese ? zh : en;
  }
  friend bool operator==(const Text&, const Text&) = default;
};

// A name or a code that both languages use.
inline Text both(const std::string& text) { return {text, text}; }

}  // namespace gridloom
