// SPDX-License-Identifier: Apache-2.0
// Comma-separated values as they are written (RFC 4180); engine/io/delivery reads tables.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace gridloom {

using CsvRow = std::vector<std::string>;

// Quoted where it must be.
std::string csv_field(std::string_view);
void write_csv_row(std::ostream&, const CsvRow&);

}  // namespace gridloom
