// SPDX-License-Identifier: Apache-2.0
#include "server/report/html.h"

#include <algorithm>

#include "engine/base/strings.h"
#include "server/words/number_text.h"
#include "server/words/url.h"

namespace gridloom {

std::string html_table(const HtmlTable& table) {
  const auto row = [&](const std::vector<std::string>& cells, const std::string& tag, bool sum) {
    std::string out = sum ? "<tr class=\"sum\">" : "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i)
      out += "<" + tag + (table.columns.at(i) == 'n' ? " class=\"n\">" : ">") + cells[i] + "</" + tag + ">";
    return out + "</tr>\n";
  };
  std::string out =
      "<div class=\"wide\" tabindex=\"0\"><table><thead>" + row(table.header, "th", false) + "</thead><tbody>\n";
  for (std::size_t r = 0; r < table.rows.size(); ++r) out += row(table.rows[r], "td", r >= table.totals);
  return out + "</tbody></table></div>\n";
}

std::string figure(const std::string& picture, const std::string& caption) {
  return "<figure>" + picture + "<figcaption>" + caption + "</figcaption></figure>\n";
}

std::string folded(const std::string& summary, const std::string& body, bool open) {
  return std::string(open ? "<details open>" : "<details>") + "<summary>" + summary + "</summary>\n" + body +
         "</details>\n";
}

std::string bar_cell(double share, const std::string& text) {
  return "<span class=\"bar\"><i style=\"width:" + fixed(100 * std::clamp(share, 0.0, 1.0), 1) + "%\"></i><b>" + text +
         "</b></span>";
}

std::string download(const std::string& text, const std::string& file, const std::string& label) {
  return "<a class=\"download\" download=\"" + xml_escaped(file) + "\" href=\"data:text/csv;charset=utf-8,%EF%BB%BF" +
         encode(text) + "\">" + xml_escaped(label) + "</a>";
}

}  // namespace gridloom
