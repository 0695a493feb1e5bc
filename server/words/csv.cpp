// SPDX-License-Identifier: Apache-2.0
#include "server/words/csv.h"

#include <istream>
#include <ostream>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

bool quotes_open(std::string_view line) {
  bool open = false;
  for (const char c : line) open ^= c == '"';
  return open;
}

void drop_carriage_return(std::string& line) {
  if (line.ends_with('\r')) line.pop_back();
}

// Fields of one whole record.
CsvRow split(std::string_view record) {
  CsvRow row(1);
  bool quoted = false;
  for (std::size_t i = 0; i < record.size(); ++i) {
    const char c = record[i];
    if (quoted && c == '"' && i + 1 < record.size() && record[i + 1] == '"')
      row.back() += record[++i];
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      row.emplace_back();
    else
      row.back() += c;
  }
  return row;
}

}  // namespace

bool read_csv_row(std::istream& in, CsvRow& row) {
  const bool first = in.tellg() == std::istream::pos_type(0);
  std::string record, line;
  if (!std::getline(in, record)) return false;
  if (first && record.starts_with("\xef\xbb\xbf")) record.erase(0, 3);
  while (quotes_open(record)) {
    if (!std::getline(in, line)) throw DataError("quote_unclosed");
    record += '\n' + line;
  }
  drop_carriage_return(record);
  row = split(record);
  return true;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

void write_csv_row(std::ostream& out, const CsvRow& row) {
  for (std::size_t i = 0; i < row.size(); ++i) out << (i ? "," : "") << csv_field(row[i]);
  out << '\n';
}

}  // namespace gridloom
