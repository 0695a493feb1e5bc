// SPDX-License-Identifier: Apache-2.0
// Tables in UTF-8: CSV (RFC 4180, also gzip, also with ';' or tabs), or the attributes of any vector file. Private to
// engine/io.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/field.h"
#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/cell_text.h"

namespace gridloom {

struct TextTable {
  std::string file;  // for messages
  std::vector<std::string> header;
  std::vector<std::string_view> cells;  // row-major; empty for NULL
  std::vector<std::optional<Projected>>
      points;                         // of a vector file: the rows' points in its own coordinates; else empty
  std::string crs;                    // of the points; empty: the file does not say
  std::shared_ptr<const void> owner;  // of what the cells point to
  std::vector<Reason> remarks;        // on its texts, for findings (text_encoding.h)

  std::size_t rows() const { return header.empty() ? 0 : cells.size() / header.size(); }
  std::string_view cell(std::size_t row, std::size_t column) const { return cells[row * header.size() + column]; }
  IdColumn ids(std::size_t column) const;
  // Throws DataError naming the file, the columns there are and the nearest.
  std::size_t column(const std::string& name, const CataloguePlace& asked_by) const;
};

// Throws DataError naming the file, and the row where a quote is never closed or a row has too many or too few cells;
// also for a file without a header, and where its encoding is not the one named, or cannot be told.
TextTable read_csv(const std::filesystem::path& file, const std::string& encoding = "");
TextTable read_csv_bytes(std::string bytes, const std::string& file, const std::string& encoding = "");

// A CSV by its ending (.csv, .tsv, .txt, also with .gz), anything else through GDAL. Rows that `where` does not want
// are left out.
TextTable read_table_file(const CatalogueSource& source);

}  // namespace gridloom
