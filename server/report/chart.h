// SPDX-License-Identifier: Apache-2.0
// Charts as SVG: they take the page's colours and fonts.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gridloom {

// A vertical line in a chart at a position in bars (1.5: the middle of the second bar), with its name beside it.
struct Mark {
  double at = 0;
  std::string css_class;
  std::string name;
};

// Vertical bars over an axis of names, with an axis of values from 0 to a round number above the largest.
struct BarChart {
  std::string label;             // what it shows, to those who cannot see it
  std::string x_title, y_title;  // what the axes count, and in which unit
  std::vector<std::pair<std::string, double>> bars;
  std::vector<Mark> marks = {};
  bool names_at_ends = false;  // a name is the upper end of its bar's class
};
std::string bar_chart(const BarChart&);

}  // namespace gridloom
