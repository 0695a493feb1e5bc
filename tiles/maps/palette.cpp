// SPDX-License-Identifier: Apache-2.0
#include "tiles/maps/palette.h"
#include "engine/base/strings.h"

#include <sstream>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

class Reader {
 public:
  Reader(const std::map<std::string, std::string>& parameters, const std::string& source)
      : parameters_(parameters), source_(source) {}

  Colour colour(const std::string& name) const { return colours(name).front(); }

  std::vector<Colour> colours(const std::string& name) const {
    std::vector<Colour> out;
    for (const std::string& word : words(name)) {
      try {
        out.push_back(parse_colour(word));
      } catch (const DataError& e) {
        fail(name, e.reason());
      }
    }
    return out;
  }

  double number(const std::string& name) const { return numbers(name).front(); }

  std::vector<double> numbers(const std::string& name) const {
    std::vector<double> out;
    for (const std::string& word : words(name)) {
      const auto value = number_of<double>(word);
      if (!value) fail(name, {"palette_not_a_number", {{"text", word}}});
      out.push_back(*value);
    }
    return out;
  }

 private:
  std::vector<std::string> words(const std::string& name) const {
    const auto at = parameters_.find(name);
    if (at == parameters_.end()) fail(name, {"palette_missing"});
    std::istringstream text(at->second);
    std::vector<std::string> out;
    for (std::string word; text >> word;) out.push_back(word);
    if (out.empty()) fail(name, {"palette_empty"});
    return out;
  }
  [[noreturn]] void fail(const std::string& name, const Reason& why) const {
    throw DataError("map_parameter_wrong", {{"name", name}, {"why", why}}).within(source_);
  }

  const std::map<std::string, std::string>& parameters_;
  const std::string& source_;
};

}  // namespace

Palette read_palette(const std::map<std::string, std::string>& parameters, const std::string& source) {
  const Reader r(parameters, source);
  Palette p;
  p.background = r.colour("background");
  p.hues = r.colours("hues");
  p.tints = r.numbers("tints");
  p.ramp = r.colours("ramp");
  p.none = r.colour("none");
  p.uninhabited = r.colour("uninhabited");
  p.special = r.colour("special");
  p.vacant = r.colour("vacant");
  p.split = r.colour("split");
  p.frame_line = r.colour("frame-line");
  p.admin_line = r.colour("admin-line");
  p.zone_line = r.colour("zone-line");
  p.item_line = r.colour("item-line");
  p.upper_size = r.number("upper-size");
  p.admin_size = r.number("admin-size");
  p.item_size = r.number("item-size");
  return p;
}

}  // namespace gridloom
