// SPDX-License-Identifier: Apache-2.0
// A small delivery with every kind of trouble, for the tests of fusion from end to end.
#pragma once

#include "support/delivered.h"

namespace gridloom::draw {

// Shifted by a few metres, as if digitised again.
inline DeliveredLayer redrawn(DeliveredLayer layer, std::int32_t dx, std::int32_t dy) {
  for (DeliveredCell& c : layer.cells)
    for (Ring& r : c.rings)
      for (Point& p : r.points) p = {p.x + dx, p.y + dy};
  return layer;
}

// 12 x 8 plots of 100 m: two districts of two communities each, four layers, tracts of 2 x 2 plots.
//
// police      the communities' lines drawn again, 3 m off: slivers everywhere
// schools     a gap, an overlap, a cell in two parts, a cell in the hole of another, and a duplicate
// sanitation  two cells, the second a bow-tie; nobody in the east
// fire        reaches beyond the town; one cell wholly outside; a cell covered by another
inline FuseInput town() {
  const Rows district{"AAAAAABBBBBB", "AAAAAABBBBBB", "AAAAAABBBBBB", "AAAAAABBBBBB",
                      "AAAAAABBBBBB", "AAAAAABBBBBB", "AAAAAABBBBBB", "AAAAAABBBBBB"};
  const Rows community{"aaaaaacccccc", "aaaaaacccccc", "aaaaaacccccc", "aaaaaacccccc",
                       "bbbbbbdddddd", "bbbbbbdddddd", "bbbbbbdddddd", "bbbbbbdddddd"};
  const Rows police{"ppppppppqqqq", "ppppppppqqqq", "ppppppppqqqq", "ppppppppqqqq",
                    "rrrrrrrrrrrr", "rrrrrrrrrrrr", "ssssssssssss", "ssssssssssss"};
  const Rows school{"uuuuuuuuwwww", "uvvuuuuuwwww", "uvvuuuuuwwww", "uuuu....wwww",
                    "xxxx....yyyy", "xxxxxyyyyyyy", "uuxxxyyyyyyy", "uuxxxyyyyyyy"};
  const Rows fire{"eeeeeeffffff", "eeeeeeffffff", "eeeeeeffffff", "eeeeeeffffff",
                  "eeeeeeffffff", "eeeeeeffffff", "eeeeeeffffff", "eeeeeeffffff"};
  FuseInput in;
  in.city_id = "town";
  in.city_code = "9";
  in.city_name = {"Town", "城"};
  in.time_zone = "Asia/Shanghai";
  in.lattice = kLattice;
  in.admin = {top_level(), admin_level("district", district, "AB"),
              admin_level("community", community, "abcd", "AABB")};

  DeliveredLayer schools = delivered("schools", school, "uvwxy");
  schools.cells.push_back({{"z", "Claims ground of x and y", {}}, rectangle(350, 50, 650, 250)});
  schools.cells.push_back({{"w2", "The same as w", {}}, schools.cells[2].rings});
  schools.rank = 3;
  DeliveredLayer sanitation = delivered(
      "sanitation",
      {rectangle(0, 0, 450, 800), {Ring{{{450'000, 0}, {850'000, 800'000}, {850'000, 0}, {450'000, 800'000}}, false}}},
      {"m", "n"});
  sanitation.rank = 2;
  sanitation.accuracy_m = 2;
  DeliveredLayer fires = redrawn(delivered("fire", fire, "ef"), -40'000, 2'000);
  fires.cells.push_back({{"g", "Out of town", {}}, rectangle(3000, 0, 3100, 100)});
  fires.cells.push_back({{"h", "On the ground of f", {}}, rectangle(900, 300, 1000, 400)});
  fires.rank = 4;
  fires.shift = ShiftWord::keep;
  in.layers = {redrawn(delivered("police", police, "pqrs"), 3'000, 3'000), schools, sanitation, fires};

  Cells tracts;
  std::vector<std::string> ids;
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 6; ++column) {
      tracts.push_back(rectangle(200 * column, 200 * row, 200 * column + 200, 200 * row + 200));
      ids.push_back("T" + std::to_string(row) + std::to_string(column));
      in.population.people.push_back(100 + 37 * ((row * 5 + column * 3) % 7));
    }
  in.population.areas = delivered("tracts", tracts, ids);

  for (int i = 0; i < 40; ++i) {
    in.events.id.push_back("E" + std::to_string(i));
    in.events.occurred_at.push_back({1'767'225'600 + i * 3600, true});
    in.events.at.push_back({i * 31'000 + 7'000, (i * 77'000) % 800'000 + 11});
    in.events.closed_at.push_back({INT64_MIN, false});
    for (StringColumn* c :
         {&in.events.category, &in.events.subcategory, &in.events.agency, &in.events.severity, &in.events.status}) {
      if (c->values.empty()) c->values.push_back("any");
      c->of_row.push_back(0);
    }
  }
  in.unify.households_min = 150;
  in.unify.households_max = 400;
  in.unify.people_per_household = 2;
  return in;
}

}  // namespace gridloom::draw
