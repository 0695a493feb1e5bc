// SPDX-License-Identifier: Apache-2.0
// From the bytes of a file's texts to UTF-8: as the catalogue or the file says, or as the texts themselves show. The
// one mechanism for tables and layers. Private to engine/io.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/errors.h"

namespace gridloom {

// Throws DataError unless texts in this encoding can be read ("GBK", "windows-1252", "UTF-16").
void require_known_encoding(const std::string& name);

bool is_utf16(const std::string& encoding);  // with or without byte order: UTF-16, utf-16le, ...

// All of it, its byte order mark taken away. Throws DataError where the bytes are none.
std::string utf8_of_utf16(std::string_view bytes, const std::string& encoding = "UTF-16");

struct StatedEncoding {
  std::string name;  // empty: nothing is said
  std::string by;    // encoding_key, cpg_file, dbf_file; of the latter ...

  std::string language_driver{};  // ... by this number of a language driver
};

// For all texts of one file: first every one is shown to it, then it makes up its mind, then it decodes them.
// Where nothing is said, a file is UTF-8 if most of its texts are; else GB 18030 if all can be, and read like Chinese.
// A column that was pasted from elsewhere, and shows it clearly, is read by itself. What is not text in the encoding
// stands as \xE9 in the result, so that nothing is lost and no two texts become one.
class TextDecoder {
 public:
  // `last_resort` is tried where the texts show nothing; empty: none. Throws DataError for an unknown encoding.
  explicit TextDecoder(StatedEncoding stated, std::string last_resort = "");
  ~TextDecoder();

  // `row` counts from 1; 0 is the name of a field. Columns from 0; kNames is that of the names. The field's name is for
  // messages. `cut`: the text fills its field to
  // the last byte, so half a character at its end is no damage but the field's width.
  static constexpr std::size_t kNames = SIZE_MAX;
  void look_at(std::string_view text, std::size_t row, std::size_t column, std::string_view field, bool cut = false);
  // Throws DataError, without the file's name, where most texts are not what is said, or where nothing can be told.
  void decide();
  std::string decode(std::string_view text, std::size_t row, std::size_t column, std::string_view field,
                     bool cut = false);

  std::vector<Reason> remarks() const;  // for findings: what was guessed, and what is damaged

 private:
  struct Found {
    std::size_t texts = 0;
    Reason first;  // where, and what

    void add(std::string_view text, std::size_t row, std::string_view field);
  };
  class Iconv;
  struct Piece {
    std::size_t read = 0;  // bytes
    bool half = false;     // what follows is the beginning of a character, and the end of the text
  };
  // What the texts show that are not ASCII.
  struct Evidence {
    std::string field;
    std::size_t utf8 = 0, pairs = 0, common_pairs = 0;
    bool gb18030 = true;
    Found misfits{};  // no UTF-8

    void add(const Evidence&);
    bool is_utf8() const { return utf8 > misfits.texts || misfits.texts == 0; }
    bool is_chinese() const;
  };
  using Decoding = std::shared_ptr<const Iconv>;  // null for UTF-8

  // Appends up to the end, or to the first byte that cannot be read.
  static Piece append(const Iconv*, std::string_view text, std::string& out);
  static bool fits(const Iconv*, std::string_view text, bool cut);
  Decoding decoding_of(const std::string& encoding);
  void decide_columns();

  StatedEncoding stated_;
  std::string last_resort_, encoding_;
  Decoding iconv_;                                  // of the encoding
  std::map<std::size_t, Evidence> evidence_;        // by column
  std::map<std::size_t, std::string> encoding_of_;  // of columns that are read by themselves
  std::map<std::string, Decoding> decodings_;
  std::size_t fitting_ = 0;
  Found misfits_, cut_;                   // of what is stated
  std::map<std::string, Found> damaged_;  // by encoding
  std::vector<Reason> guesses_;
};

}  // namespace gridloom
