// SPDX-License-Identifier: Apache-2.0
// Texts for people, in the two languages of the interface.
#pragma once

#include <string>

namespace gridloom {

enum class Language { en, zh };

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

}  // namespace gridloom
