// SPDX-License-Identifier: Apache-2.0
// Texts as files and people give them.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace gridloom {

// Length of the UTF-8 sequence at the start of a text that is not empty; 0 where there is none (RFC 3629: no overlong
// forms, no surrogates).
std::size_t utf8_length(std::string_view text);
bool is_utf8(std::string_view text);

// Without blanks at its ends: ASCII's, no-break and ideographic space (U+00A0, U+3000), zero-width ones (U+200B,
// U+FEFF).
std::string_view trimmed(std::string_view text);

// ASCII capitals made small; other bytes stay.
std::string lower_case(std::string text);

// As the text of an XML or HTML element, or of an attribute in double quotes.
std::string xml_escaped(std::string_view text);

// For messages: the text itself, or its first `most` bytes, cut between characters, and "...".
std::string shortened(std::string_view text, std::size_t most = 60);

// The shortest text that reads back as the same number; a whole number without exponent or fraction, for codes lie in
// fields of reals too: 370202000000, not 3.70202e+11.
std::string number_text(double);

// The number that the whole text is, a finite one; nothing for any other text.
template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if constexpr (std::floating_point<Number>)
    if (!std::isfinite(number)) return std::nullopt;
  return number;
}

// A byte that is no text, as "\xE9".
std::string escaped_byte(char);

// Bytes that are no UTF-8 escaped, for messages.
std::string legible(std::string_view text);

// What a word says, whatever its case and the blanks around it: yes for 1, t, true, y, yes, on, 是 and 真; no for 0, f,
// false, n, no, off, 否, 假 and a blank; nothing for any other.
std::optional<bool> yes_or_no(std::string_view word);

}  // namespace gridloom
