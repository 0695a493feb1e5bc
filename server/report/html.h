// SPDX-License-Identifier: Apache-2.0
// Pieces of a page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gridloom {

// <table>: a header row, then rows of ready cells. `columns` has a letter for each: t text, n a number, set to the
// right. The rows from `totals` on are sums.
struct HtmlTable {
  std::string columns;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows = {};
  std::size_t totals = static_cast<std::size_t>(-1);
};
std::string html_table(const HtmlTable&);

std::string figure(const std::string& picture, const std::string& caption);

// Folded until the reader opens it.
std::string folded(const std::string& summary, const std::string& body, bool open = false);

// A bar of this share (0 .. 1) of its cell, with the text over it.
std::string bar_cell(double share, const std::string& text);

// A link that saves the text as a file; in UTF-8 with a byte order mark, as spreadsheets want it.
std::string download(const std::string& text, const std::string& file, const std::string& label);

}  // namespace gridloom
