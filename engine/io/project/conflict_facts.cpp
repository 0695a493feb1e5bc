// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/conflict_facts.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace gridloom {
namespace {

using Json = nlohmann::ordered_json;

static_assert(std::size(kConflictCauses) == std::variant_size_v<ConflictFacts>);

// Texts that are no UTF-8 are for verify to find; here they become what JSON can say.
std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json json_of(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }
Text text_in(const Json& json) { return {json.at("en").get<std::string>(), json.at("zh").get<std::string>()}; }

struct Writer {
  const City& city;

  const std::string& layer(std::int32_t l) const { return city.layers.at(static_cast<std::size_t>(l)).id; }

  Json operator()(const std::monostate&) const { return {}; }
  Json operator()(const PassedToParent& f) const {
    Json json = Json::object();
    if (f.reach_m) json = {{"reach_m", *f.reach_m}, {"beside", f.beside}};
    if (f.doubted)
      json["doubted"] = {{"layer", layer(f.doubted->layer)},
                         {"cell", f.doubted->cell},
                         {"parent_layer", layer(f.doubted->parent_layer)},
                         {"parent", f.doubted->parent},
                         {"share", f.doubted->share}};
    return json;
  }
  Json operator()(const LostGround& f) const { return {{"outside", f.outside}}; }
  Json operator()(const LayerShift& f) const {
    return {{"east_m", f.east_m},
            {"north_m", f.north_m},
            {"near_before", f.near_before},
            {"near_after", f.near_after},
            {"outcome", word_of(f.outcome)}};
  }
  Json operator()(const LayerAdjustment& f) const {
    return {{"mean_m", f.mean_m}, {"most_m", f.most_m}, {"near_before", f.near_before}, {"near_after", f.near_after}};
  }
  Json operator()(const GridPiece& f) const {
    Json json = {{"households", f.households}};
    for (const Text& name : f.enclosed_by) json["enclosed_by"].push_back(json_of(name));
    return json;
  }
  Json operator()(const ToldBefore& f) const { return json_of(f.words); }
  Json operator()(const OfDrawn& f) const { return {{"kind", word_of(f.kind)}, {"outside", f.outside}}; }
};

struct Reader {
  const City& city;
  const Json& json;

  double number(const char* key) const { return json.at(key).get<double>(); }

  std::int32_t layer(const Json& id) const {
    const auto at = std::find_if(city.layers.begin(), city.layers.end(),
                                 [&](const Layer& l) { return l.id == id.get<std::string>(); });
    if (at == city.layers.end()) throw std::out_of_range("no such layer");
    return static_cast<std::int32_t>(at - city.layers.begin());
  }

  PassedToParent passed() const {
    PassedToParent f;
    if (json.contains("reach_m")) {
      f.reach_m = number("reach_m");
      f.beside = json.at("beside").get<bool>();
    }
    if (const auto d = json.find("doubted"); d != json.end())
      f.doubted = NamedParent{layer(d->at("layer")), layer(d->at("parent_layer")), d->at("cell").get<std::string>(),
                              d->at("parent").get<std::string>(), d->at("share").get<double>()};
    return f;
  }

  LayerShift shift() const {
    const auto outcome = value_of<ShiftOutcome>(json.at("outcome").get<std::string>());
    if (!outcome) throw std::out_of_range("no such outcome");
    return {number("east_m"), number("north_m"), number("near_before"), number("near_after"), *outcome};
  }

  GridPiece piece() const {
    GridPiece f{number("households"), {}};
    if (const auto names = json.find("enclosed_by"); names != json.end())
      for (const Json& name : *names) f.enclosed_by.push_back(text_in(name));
    return f;
  }

  OfDrawn drawn() const {
    const auto kind = value_of<DrawnKind>(json.at("kind").get<std::string>());
    if (!kind) throw std::out_of_range("no such kind");
    return {*kind, json.at("outside").get<bool>()};
  }

  ConflictFacts facts(std::string_view cause) const {
    if (cause == "parent") return passed();
    if (cause == "lost") return LostGround{json.at("outside").get<bool>()};
    if (cause == "shift") return shift();
    if (cause == "adjustment")
      return LayerAdjustment{number("mean_m"), number("most_m"), number("near_before"), number("near_after")};
    if (cause == "piece") return piece();
    if (cause == "told") return ToldBefore{text_in(json)};
    if (cause == "drawn") return drawn();
    throw std::out_of_range("no such cause");
  }
};

}  // namespace

std::string list_text(const std::vector<std::string>& ids) { return text_of(Json(ids)); }

std::optional<std::vector<std::string>> list_of(std::string_view text) try {
  return Json::parse(text).get<std::vector<std::string>>();
} catch (const Json::exception&) {
  return {};
}

std::string_view cause_of(const ConflictFacts& facts) { return kConflictCauses[facts.index()]; }

std::string facts_text(const City& city, const ConflictFacts& facts) {
  const Json json = std::visit(Writer{city}, facts);
  return json.is_null() ? std::string() : text_of(json);
}

std::optional<ConflictFacts> facts_of(const City& city, std::string_view cause, std::string_view text) try {
  if (cause.empty()) return ConflictFacts{};
  const Json json = Json::parse(text);
  return Reader{city, json}.facts(cause);
} catch (const Json::exception&) {
  return {};
} catch (const std::out_of_range&) {
  return {};
}

}  // namespace gridloom
