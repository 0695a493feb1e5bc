// SPDX-License-Identifier: Apache-2.0
// Comma-separated values, RFC 4180.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace gridloom {

using CsvRow = std::vector<std::string>;

// Reads the next record (quoted fields may hold line breaks) into `row`; false at the end. A byte order mark at the
// very beginning and carriage returns before line feeds are dropped. Throws DataError for a quote that never closes.
bool read_csv_row(std::istream&, CsvRow& row);

// Quoted where it must be.
std::string csv_field(std::string_view);
void write_csv_row(std::ostream&, const CsvRow&);

}  // namespace gridloom
