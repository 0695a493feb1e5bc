// SPDX-License-Identifier: Apache-2.0
#include "engine/io/text_encoding.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/strings.h"

namespace gridloom {
namespace {

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// As iconv calls it; the Chinese ones by the last of them, which holds the others.
std::string canonical(const std::string& name) {
  const std::string word = upper(name);
  for (const char* chinese : {"GB2312", "GBK", "CP936", "936", "GB-18030", "GB 18030", "EUC-CN"})
    if (word == chinese) return "GB18030";
  if (word == "UTF8" || word == "65001") return "UTF-8";
  return word;
}

// A lead byte, and fewer bytes after it than it asks for.
bool is_half_utf8(std::string_view text) {
  if (text.empty() || text.size() > 3) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t wanted = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  return byte(0) >= 0xc2 && byte(0) <= 0xf4 && text.size() < wanted &&
         std::all_of(text.begin() + 1, text.end(),
                     [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; });
}

}  // namespace

class TextDecoder::Iconv {
 public:
  explicit Iconv(const std::string& from) : handle_(iconv_open("UTF-8", from.c_str())) {
    if (handle_ == reinterpret_cast<iconv_t>(-1)) throw DataError("encoding_unknown", {{"name", from}});
  }
  ~Iconv() { iconv_close(handle_); }
  Iconv(const Iconv&) = delete;
  Iconv& operator=(const Iconv&) = delete;

  Piece append(std::string_view text, std::string& out) const {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);  // to the initial state
    char* in = const_cast<char*>(text.data());           // iconv only reads
    std::size_t left = text.size();
    while (left > 0) {
      std::array<char, 1024> block;
      char* to = block.data();
      std::size_t room = block.size();
      const std::size_t done = iconv(handle_, &in, &left, &to, &room);
      const int why = done == static_cast<std::size_t>(-1) ? errno : 0;
      out.append(block.data(), to);
      if (why == EILSEQ || why == EINVAL) return {text.size() - left, why == EINVAL};
    }
    return {text.size(), false};
  }

 private:
  iconv_t handle_;
};

namespace {

const char* utf16_name(const std::string& encoding) {
  return encoding.ends_with("LE") ? "UTF-16LE" : encoding.ends_with("BE") ? "UTF-16BE" : "UTF-16";
}

}  // namespace

void require_known_encoding(const std::string& name) {
  // iconv takes "" for the machine's own, and what follows a slash for a wish.
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == ' ';
  });
  const iconv_t handle = plain ? iconv_open("UTF-8", canonical(name).c_str()) : reinterpret_cast<iconv_t>(-1);
  if (handle == reinterpret_cast<iconv_t>(-1)) throw DataError("encoding_unknown", {{"name", shortened(name)}});
  iconv_close(handle);
}

bool is_utf16(const std::string& encoding) {
  const std::string name = canonical(encoding);
  return name.starts_with("UTF-16") || name.starts_with("UTF16") || name.starts_with("UCS-2");
}

TextDecoder::TextDecoder(StatedEncoding stated, std::string last_resort)
    : stated_(std::move(stated)), last_resort_(std::move(last_resort)) {
  if (!stated_.name.empty()) {
    try {
      require_known_encoding(stated_.name);
    } catch (const DataError&) {
      throw DataError("stated_encoding_unknown",
                      {{"by", stated_.by}, {"driver", stated_.language_driver}, {"name", shortened(stated_.name)}});
    }
  }
  encoding_ = stated_.name.empty() ? "GB18030" : canonical(stated_.name);  // while looking: what the texts may be
  iconv_ = decoding_of(encoding_);
}

TextDecoder::~TextDecoder() = default;

TextDecoder::Decoding TextDecoder::decoding_of(const std::string& encoding) {
  if (encoding == "UTF-8") return nullptr;
  Decoding& known = decodings_[encoding];
  if (!known) known = std::make_shared<const Iconv>(encoding);
  return known;
}

TextDecoder::Piece TextDecoder::append(const Iconv* iconv, std::string_view text, std::string& out) {
  if (iconv) return iconv->append(text, out);
  std::size_t read = 0;
  for (std::size_t length = 1; read < text.size() && length; read += length) length = utf8_length(text.substr(read));
  out.append(text.substr(0, read));
  return {read, is_half_utf8(text.substr(read))};
}

bool TextDecoder::fits(const Iconv* iconv, std::string_view text, bool cut) {
  std::string out;
  const Piece piece = append(iconv, text, out);
  return piece.read == text.size() || (cut && piece.half);
}

void TextDecoder::Evidence::add(const Evidence& more) {
  utf8 += more.utf8;
  pairs += more.pairs;
  common_pairs += more.common_pairs;
  gb18030 = gb18030 && more.gb18030;
  if (misfits.texts == 0) misfits.first = more.misfits.first;
  misfits.texts += more.misfits.texts;
}

// Western letters stand alone among ASCII, and Japanese and traditional Chinese lie elsewhere.
bool TextDecoder::Evidence::is_chinese() const { return misfits.texts > 0 && gb18030 && common_pairs * 4 >= pairs * 3; }

void TextDecoder::Found::add(std::string_view text, std::size_t row, std::string_view field) {
  if (texts++) return;
  first = row ? Reason{"text_in_row", {{"row", row}, {"field", legible(field)}, {"text", shortened(legible(text))}}}
              : Reason{"name_of_field", {{"field", shortened(legible(text))}}};
}

void TextDecoder::look_at(std::string_view text, std::size_t row, std::size_t column, std::string_view field,
                          bool cut) {
  if (is_ascii(text)) return;
  if (!stated_.name.empty()) {
    if (fits(iconv_.get(), text, cut))
      ++fitting_;
    else
      misfits_.add(text, row, field);
    return;
  }
  Evidence& seen = evidence_.try_emplace(column, Evidence{std::string(field)}).first->second;
  if (is_utf8(text)) {
    ++seen.utf8;
    return;
  }
  seen.misfits.add(text, row, field);
  seen.gb18030 = seen.gb18030 && fits(iconv_.get(), text, cut);
  const auto high = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) >= 0xA1; };
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x80) continue;
    ++seen.pairs;
    seen.common_pairs += high(i) && high(i + 1);  // of GB 2312, which holds nearly all that is written
    ++i;
  }
}

void TextDecoder::decide() {
  if (!stated_.name.empty()) {
    if (misfits_.texts > fitting_)
      throw DataError(
          "encoding_misstated",
          {{"by", stated_.by}, {"driver", stated_.language_driver}, {"name", stated_.name}, {"first", misfits_.first}});
    return;
  }
  Evidence all;
  for (const auto& [column, seen] : evidence_) all.add(seen);
  encoding_ = "UTF-8";
  if (!all.is_utf8()) {
    std::string guess;
    if (all.is_chinese())
      guess = "GB18030";
    else if (all.utf8 == 0 && last_resort_.empty())
      throw DataError("encoding_unclear", {{"first", all.misfits.first}});
    else if (all.utf8 == 0)
      guess = last_resort_;
    if (!guess.empty()) {
      encoding_ = canonical(guess);
      guesses_.push_back({"texts_read_as", {{"encoding", guess}}});
    }
  }
  iconv_ = decoding_of(encoding_);
  decide_columns();
}

// Two texts of one mind, and none that does not fit: fewer may be damage, or an accident of bytes.
void TextDecoder::decide_columns() {
  constexpr std::size_t kTexts = 2;
  for (const auto& [column, seen] : evidence_) {
    std::string own;
    if (seen.misfits.texts == 0 && seen.utf8 >= kTexts)
      own = "UTF-8";
    else if (seen.utf8 == 0 && seen.misfits.texts >= kTexts && seen.is_chinese())
      own = "GB18030";
    if (own.empty() || own == encoding_ || encoding_of_.contains(column)) continue;
    encoding_of_[column] = own;
    guesses_.push_back({"column_read_as", {{"field", legible(seen.field)}, {"encoding", own}, {"others", encoding_}}});
  }
}

std::string TextDecoder::decode(std::string_view text, std::size_t row, std::size_t column, std::string_view field,
                                bool cut) {
  if (is_ascii(text)) return std::string(text);
  const auto own = encoding_of_.find(column);
  const std::string& encoding = own == encoding_of_.end() ? encoding_ : own->second;
  const Decoding iconv = own == encoding_of_.end() ? iconv_ : decoding_of(encoding);
  std::string out;
  bool damaged = false;
  for (std::string_view rest = text; !rest.empty();) {
    const Piece piece = append(iconv.get(), rest, out);
    rest.remove_prefix(piece.read);
    if (rest.empty()) break;
    if (cut && piece.half) {
      if (row) cut_.add(text, row, field);
      break;
    }
    damaged = true;
    out += escaped_byte(rest.front());
    rest.remove_prefix(1);
  }
  if (damaged) damaged_[encoding].add(text, row, field);
  return out;
}

std::vector<Reason> TextDecoder::remarks() const {
  std::vector<Reason> told = guesses_;
  for (const auto& [encoding, found] : damaged_)
    told.push_back({"texts_damaged", {{"texts", found.texts}, {"encoding", encoding}, {"first", found.first}}});
  if (cut_.texts) told.push_back({"texts_cut", {{"texts", cut_.texts}, {"first", cut_.first}}});
  return told;
}

std::string utf8_of_utf16(std::string_view bytes, const std::string& encoding) {
  const iconv_t handle = iconv_open("UTF-8", utf16_name(canonical(encoding)));
  const std::unique_ptr<void, decltype(&iconv_close)> owner(handle, &iconv_close);
  std::string out(bytes.size() * 2, '\0');     // a unit of two bytes makes at most three
  char* in = const_cast<char*>(bytes.data());  // iconv only reads
  char* to = out.data();
  std::size_t left = bytes.size(), room = out.size();
  if (iconv(handle, &in, &left, &to, &room) == static_cast<std::size_t>(-1))
    throw DataError("not_utf16", {{"byte", bytes.size() - left}});
  out.resize(out.size() - room);
  if (out.starts_with("\xEF\xBB\xBF")) out.erase(0, 3);
  return out;
}

}  // namespace gridloom
