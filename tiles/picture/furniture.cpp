// SPDX-License-Identifier: Apache-2.0
#include "tiles/picture/furniture.h"

#include "engine/base/round_numbers.h"
#include "tiles/maps/legend.h"

namespace gridloom {

void add_scale_bar(Drawing& to, Spot at, double px_per_metre, double most_px, double text_size) {
  const double metres = round_below(most_px / px_per_metre), length = metres * px_per_metre;
  const double height = 0.42 * text_size, top = at.y - height;
  to.items.push_back(Shape{{rectangle({at.x, top}, length, height)}, true, Tone{kPaper}, Pen{{kInk}, 1}, ""});
  to.items.push_back(Shape{{rectangle({at.x, top}, length / 2, height)}, true, Tone{kInk}, {}, ""});
  const std::string text = metres >= 1000 ? legend_number(metres / 1000) + " km" : legend_number(metres) + " m";
  to.items.push_back(
      Lettering{{at.x, top - 0.5 * text_size}, text, text_size, kInk, false, Align::start, 2, "scale-text"});
}

void add_north_arrow(Drawing& to, Spot at, double text_size) {
  const double tip = at.y - 2.1 * text_size, half = 0.55 * text_size;
  to.items.push_back(Shape{{{{at.x, tip}, {at.x + half, at.y}, {at.x, at.y - 0.5 * text_size}, {at.x - half, at.y}}},
                           true,
                           Tone{kInk},
                           {},
                           "north"});
  to.items.push_back(
      Lettering{{at.x, tip - 0.3 * text_size}, "N", text_size, kInk, true, Align::middle, 2, "north-text"});
}

}  // namespace gridloom
