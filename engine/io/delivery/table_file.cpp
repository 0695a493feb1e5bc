// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/table_file.h"

#include <algorithm>
#include <deque>
#include <set>
#include <span>
#include <utility>

#include "engine/base/errors.h"
#include "engine/base/nearest_word.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/unpack.h"
#include "engine/io/delivery/vector_file.h"
#include "engine/io/file_format.h"
#include "engine/io/text_encoding.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

// Splits a CSV in place: quoted cells are unescaped where they stand.
class CsvParser {
 public:
  CsvParser(std::string& bytes, std::string file)
      : at_(bytes.data()), end_(at_ + bytes.size()), file_(std::move(file)) {
    if (bytes.starts_with("\xEF\xBB\xBF")) at_ += 3;
    separator_ = detect_separator();
  }

  // Appends the cells of the next row; false at the end. Empty lines are no rows.
  bool next(std::vector<std::string_view>& cells) {
    while (at_ != end_ && (*at_ == '\n' || *at_ == '\r')) step_line_end();
    if (at_ == end_) return false;
    row_line_ = line_;
    do cells.push_back(*at_ == '"' ? quoted() : plain());
    while (step_separator());
    return true;
  }

  [[noreturn]] void fail(Reason reason) const {
    throw DataError(std::move(reason)).within(file_ + ":" + std::to_string(row_line_));
  }

 private:
  char detect_separator() const {
    char* const line_end = std::find(at_, end_, '\n');
    char best = ',';
    for (const char c : {';', '\t'})
      if (std::count(at_, line_end, c) > std::count(at_, line_end, best)) best = c;
    return best;
  }

  std::string_view plain() {
    char* const begin = at_;
    while (at_ != end_ && *at_ != separator_ && *at_ != '\n' && *at_ != '\r') ++at_;
    return {begin, at_};
  }

  std::string_view quoted() {
    char* const begin = ++at_;
    char* out = begin;
    for (;; ++at_) {
      if (at_ == end_) fail({"quote_unclosed"});
      if (*at_ == '\n') ++line_;
      if (*at_ == '"') {
        ++at_;
        if (at_ == end_ || *at_ != '"') break;
      }
      *out++ = *at_;
    }
    if (at_ != end_ && *at_ != separator_ && *at_ != '\n' && *at_ != '\r') fail({"text_after_quote"});
    return {begin, out};
  }

  // True when another cell of the row follows (it may be empty, also at the end of the file).
  bool step_separator() {
    if (at_ == end_) return false;
    if (*at_ == separator_) {
      ++at_;
      if (at_ == end_) {  // a last empty cell: give the loop one more character to stop at
        at_ = &line_end_;
        end_ = at_ + 1;
      }
      return true;
    }
    step_line_end();
    return false;
  }

  void step_line_end() {
    if (*at_ == '\n') ++line_;
    ++at_;
  }

  char* at_;
  char* end_;
  char line_end_ = '\n';
  char separator_ = ',';
  std::string file_;
  std::size_t line_ = 1, row_line_ = 1;
};

// What the cells of a CSV point to.
struct CsvText {
  std::string bytes;
  std::deque<std::string> decoded;
};

// UTF-16, which no parser of single bytes could read, becomes UTF-8 first.
std::string utf8_bytes(std::string bytes, const std::string& file, std::string& encoding) {
  const bool marked = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  if (!is_utf16(encoding) && !(encoding.empty() && marked)) return bytes;
  try {
    bytes = utf8_of_utf16(bytes, encoding.empty() ? "UTF-16" : encoding);
  } catch (DataError& e) {
    e.within(file);
    throw;
  }
  encoding.clear();
  return bytes;
}

void decode_cells(TextTable& table, const std::string& encoding, CsvText& text) {
  if (encoding.empty() && is_utf8(text.bytes)) return;
  TextDecoder decoder({encoding, "encoding_key"});
  const std::size_t columns = table.header.size();
  for (const std::string& name : table.header) decoder.look_at(name, 0, TextDecoder::kNames, name);
  for (std::size_t i = 0; i < table.cells.size(); ++i)
    decoder.look_at(table.cells[i], i / columns + 1, i % columns, table.header[i % columns]);
  try {
    decoder.decide();
  } catch (DataError& e) {
    e.within(table.file);
    throw;
  }
  for (std::string& name : table.header) name = decoder.decode(name, 0, TextDecoder::kNames, name);
  for (std::size_t i = 0; i < table.cells.size(); ++i) {
    std::string cell = decoder.decode(table.cells[i], i / columns + 1, i % columns, table.header[i % columns]);
    if (cell != table.cells[i]) table.cells[i] = text.decoded.emplace_back(std::move(cell));
  }
  table.remarks = decoder.remarks();
}

// The attributes of a vector file as a table.
TextTable table_of(std::shared_ptr<const RawLayer> layer) {
  TextTable table;
  table.file = layer->file;
  table.crs = layer->crs;
  table.remarks = layer->remarks;
  for (const Field& field : layer->fields) table.header.push_back(field.name);
  if (!layer->row_id.empty() && !layer->numbered) table.header.push_back(layer->row_id);
  std::size_t several = 0, first = 0;
  for (const RawFeature& feature : layer->features) {
    table.points.push_back(feature.point);
    if (feature.points > 1 && several++ == 0) first = table.points.size();
    for (const auto& value : std::span(feature.values).first(table.header.size()))
      table.cells.push_back(value ? std::string_view(*value) : std::string_view());
  }
  if (several > 0) table.remarks.push_back({"several_points_in_one", {{"features", several}, {"feature", first}}});
  table.owner = std::move(layer);
  return table;
}

void keep_wanted(TextTable& table, const CatalogueSource& source) {
  if (source.where.empty()) return;
  struct Condition {
    std::size_t index;
    IdColumn column;
    std::set<std::string, std::less<>> values;
  };
  std::vector<Condition> wanted;
  for (const auto& [name, values] : source.where) {
    const std::size_t index = table.column(name, source.place);
    Condition& condition = wanted.emplace_back(Condition{index, table.ids(index), {}});
    for (const std::string& value : values) condition.values.emplace(plain_cell(value));
  }
  std::vector<std::string_view> kept;
  for (std::size_t row = 0; row < table.rows(); ++row)
    if (std::all_of(wanted.begin(), wanted.end(),
                    [&](const auto& w) { return w.values.contains(w.column.id(table.cell(row, w.index))); }))
      kept.insert(kept.end(), &table.cells[row * table.header.size()],
                  &table.cells[row * table.header.size()] + table.header.size());
  table.cells = std::move(kept);
}

}  // namespace

std::size_t TextTable::column(const std::string& name, const CataloguePlace& asked_by) const {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  const auto near = nearest_word(name, header);
  throw DataError("column_missing", {{"column", name}, {"near", near.value_or("")}, {"known", header}})
      .within(file)
      .within(asked_by.text());
}

IdColumn TextTable::ids(std::size_t column) const {
  IdColumn ids(header[column]);
  for (std::size_t row = 0; row < rows(); ++row) ids.look_at(cell(row, column));
  return ids;
}

TextTable read_csv_bytes(std::string bytes, const std::string& file, const std::string& stated) {
  TextTable table;
  table.file = file;
  std::string encoding = stated;
  const auto text = std::make_shared<CsvText>(CsvText{utf8_bytes(std::move(bytes), file, encoding), {}});
  CsvParser parser(text->bytes, table.file);
  std::vector<std::string_view> header;
  if (!parser.next(header)) throw DataError("table_empty").within(table.file);
  table.header.assign(header.begin(), header.end());
  for (std::size_t expected = header.size(); parser.next(table.cells); expected += header.size())
    if (table.cells.size() != expected)
      parser.fail({"row_of_other_width",
                   {{"cells", header.size() + table.cells.size() - expected}, {"header", header.size()}}});
  decode_cells(table, encoding, *text);
  table.owner = text;
  return table;
}

TextTable read_csv(const fs::path& file, const std::string& encoding) {
  return read_csv_bytes(read_bytes(file), file.string(), encoding);
}

TextTable read_table_file(const CatalogueSource& source) {
  if (!is_csv(source.file))
    return table_of(std::make_shared<const RawLayer>(select_features(read_vector_file(source), source)));
  TextTable table = read_csv(source.file, source.encoding);
  keep_wanted(table, source);
  return table;
}

}  // namespace gridloom
