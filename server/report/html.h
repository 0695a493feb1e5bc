// SPDX-License-Identifier: Apache-2.0
// Pieces of a page.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gridloom {

// Text with what HTML would read as markup escaped; good for attribute values in double quotes, too.
std::string html(std::string_view text);

// <table>: a header row, then rows of ready cells. Columns from `first_number` on are numbers, set to the right.
std::string html_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                       std::size_t first_number);

// A bar of this share (0 .. 1) of its cell, with the text over it.
std::string bar_cell(double share, const std::string& text);

// Vertical bars as SVG; marks are vertical lines at positions in bars (1.5: the middle of the second bar).
struct Mark {
  double at = 0;
  std::string css_class;
};
std::string bar_chart(const std::vector<std::pair<std::string, double>>& bars, const std::vector<Mark>& marks,
                      const std::string& label);

// A link that saves the text as a file; in UTF-8 with a byte order mark, as spreadsheets want it.
std::string download(const std::string& text, const std::string& file, const std::string& label);

}  // namespace gridloom
