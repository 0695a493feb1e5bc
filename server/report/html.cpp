// SPDX-License-Identifier: Apache-2.0
#include "server/report/html.h"

#include <algorithm>

#include "server/number_text.h"
#include "server/url.h"

namespace gridloom {

std::string html(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string html_table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                       std::size_t first_number) {
  const auto row = [&](const std::vector<std::string>& cells, const std::string& tag) {
    std::string out = "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i)
      out += "<" + tag + (i >= first_number ? " class=\"n\">" : ">") + cells[i] + "</" + tag + ">";
    return out + "</tr>\n";
  };
  std::string out = "<div class=\"wide\"><table><thead>" + row(header, "th") + "</thead><tbody>\n";
  for (const auto& cells : rows) out += row(cells, "td");
  return out + "</tbody></table></div>\n";
}

std::string bar_cell(double share, const std::string& text) {
  return "<span class=\"bar\"><i style=\"width:" + fixed(100 * std::clamp(share, 0.0, 1.0), 1) + "%\"></i><b>" + text +
         "</b></span>";
}

std::string bar_chart(const std::vector<std::pair<std::string, double>>& bars, const std::vector<Mark>& marks,
                      const std::string& label) {
  constexpr double kBar = 26, kHeight = 90, kText = 12;
  double most = 0;
  for (const auto& [name, value] : bars) most = std::max(most, value);
  const double width = kBar * static_cast<double>(bars.size());
  std::string out = "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 " + fixed(width, 0) + " " +
                    fixed(kHeight + kText, 0) + "\" aria-label=\"" + html(label) + "\">";
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double x = kBar * static_cast<double>(i), h = most > 0 ? kHeight * bars[i].second / most : 0;
    out += "<rect x=\"" + fixed(x + 2, 0) + "\" y=\"" + fixed(kHeight - h, 1) + "\" width=\"" + fixed(kBar - 4, 0) +
           "\" height=\"" + fixed(h, 1) + "\"><title>" + html(bars[i].first) + ": " + fixed(bars[i].second, 3) +
           "</title></rect><text x=\"" + fixed(x + kBar / 2, 0) + "\" y=\"" + fixed(kHeight + kText - 2, 0) + "\">" +
           html(bars[i].first) + "</text>";
  }
  for (const Mark& m : marks)
    out += "<path class=\"" + m.css_class + "\" d=\"M" + fixed(m.at * kBar, 1) + " 0v" + fixed(kHeight, 0) + "\"/>";
  return out + "</svg>";
}

std::string download(const std::string& text, const std::string& file, const std::string& label) {
  return "<a class=\"download\" download=\"" + html(file) + "\" href=\"data:text/csv;charset=utf-8,%EF%BB%BF" +
         encode(text) + "\">" + html(label) + "</a>";
}

}  // namespace gridloom
