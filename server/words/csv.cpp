// SPDX-License-Identifier: Apache-2.0
#include "server/words/csv.h"

#include <ostream>

namespace gridloom {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

std::string csv_field(std::string_view text) {
  // A byte order mark that stands for itself must not be taken for the file's.
  if (text.find_first_of(",\"\r\n") == text.npos && !text.starts_with(kByteOrderMark)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

void write_csv_row(std::ostream& out, const CsvRow& row) {
  for (std::size_t i = 0; i < row.size(); ++i) out << (i ? "," : "") << csv_field(row[i]);
  out << '\n';
}

}  // namespace gridloom
