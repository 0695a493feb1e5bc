// SPDX-License-Identifier: Apache-2.0
// Deliveries drawn by hand for the tests of fusion. One drawn square is 100 m wide unless said otherwise.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/city/delivery.h"
#include "support/draw.h"

namespace gridloom::draw {

inline constexpr std::int32_t kPlot = 100'000;

// A rectangle in metres.
inline Rings rectangle(double west, double south, double east, double north) {
  const auto at = [](double x, double y) {
    return Point{static_cast<std::int32_t>(std::lround(x * 1000)), static_cast<std::int32_t>(std::lround(y * 1000))};
  };
  return {Ring{{at(west, south), at(east, south), at(east, north), at(west, north)}, false}};
}

inline Rings together(Rings a, const Rings& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

inline DeliveredLayer delivered(std::string id, const Cells& cells, const std::vector<std::string>& ids) {
  DeliveredLayer out;
  out.id = std::move(id);
  out.title = {out.id, out.id};
  out.department = {"Department of " + out.id, out.id};
  out.rank = 1;
  out.accuracy_m = 5;
  for (std::size_t c = 0; c < cells.size(); ++c) out.cells.push_back({{ids[c], "Cell " + ids[c], {}}, cells[c]});
  return out;
}

// Cells named by their letters.
inline DeliveredLayer delivered(std::string id, const Rows& rows, std::string_view names) {
  std::vector<std::string> ids;
  for (char c : names) ids.emplace_back(1, c);
  return delivered(std::move(id), cells(rows, names, kPlot), ids);
}

// Units named by their letters; `parents` runs parallel, a blank for a parent that is not named.
inline DeliveredAdminLevel admin_level(std::string id, const Rows& rows, std::string_view names,
                                       std::string_view parents = {}) {
  DeliveredAdminLevel out;
  out.id = id;
  out.units = delivered(std::move(id), rows, names);
  for (std::size_t u = 0; u < names.size(); ++u) {
    out.names.push_back({"Unit " + std::string(1, names[u]), "单元"});
    const char parent = u < parents.size() ? parents[u] : ' ';
    out.parents.push_back(parent == ' ' ? std::string() : std::string(1, parent));
  }
  return out;
}

inline DeliveredAdminLevel top_level() {
  DeliveredAdminLevel out;
  out.id = "city";
  return out;
}

inline Cells rings_of(const DeliveredLayer& layer) {
  Cells out;
  for (const DeliveredCell& c : layer.cells) out.push_back(c.rings);
  return out;
}

}  // namespace gridloom::draw
