// SPDX-License-Identifier: Apache-2.0
#include "engine/base/strings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace gridloom {
namespace {

constexpr std::array<std::string_view, 10> kBlanks{" ",  "\t",       "\r",           "\n",           "\v",
                                                   "\f", "\xC2\xA0", "\xE3\x80\x80", "\xE2\x80\x8B", "\xEF\xBB\xBF"};
constexpr std::array<std::string_view, 8> kYes{"1", "t", "true", "y", "yes", "on", "是", "真"};
constexpr std::array<std::string_view, 9> kNo{"", "0", "f", "false", "n", "no", "off", "否", "假"};

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  if ((lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f)) return 0;
  if ((lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f)) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  const auto cut_one = [&] {
    for (const std::string_view blank : kBlanks) {
      if (text.starts_with(blank)) return text.remove_prefix(blank.size()), true;
      if (text.ends_with(blank)) return text.remove_suffix(blank.size()), true;
    }
    return false;
  };
  while (cut_one()) {
  }
  return text;
}

std::string lower_case(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  return out;
}

std::string shortened(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "...";
}

std::string number_text(double value) {
  constexpr double kExact = 9007199254740992;  // 2^53: from here on not every whole number has a double
  char text[32];
  if (std::abs(value) < kExact && value == std::trunc(value))
    return {text, std::to_chars(text, text + sizeof text, static_cast<std::int64_t>(value)).ptr};
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

std::string escaped_byte(char byte) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  const auto value = static_cast<unsigned char>(byte);
  return {'\\', 'x', kDigits[value >> 4], kDigits[value & 15]};
}

std::string legible(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    out += length ? std::string(text.substr(0, length)) : escaped_byte(text.front());
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::optional<bool> yes_or_no(std::string_view word) {
  std::string lower(trimmed(word));
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto among = [&](const auto& words) { return std::find(words.begin(), words.end(), lower) != words.end(); };
  if (among(kYes)) return true;
  if (among(kNo)) return false;
  return std::nullopt;
}

}  // namespace gridloom
