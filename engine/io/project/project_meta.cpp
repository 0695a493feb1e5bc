// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/project_meta.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/project/project_file.h"

namespace gridloom {
namespace {

using nlohmann::json;

json to_json(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }
Text text_of(const json& j) { return {j.at("en").get<std::string>(), j.at("zh").get<std::string>()}; }

json to_json(const Layer& layer) {
  json fields = json::array();
  for (const Field& field : layer.fields) fields.push_back({{"name", field.name}, {"type", word_of(field.type)}});
  json out = {{"id", layer.id},       {"title", to_json(layer.title)},  {"department", to_json(layer.department)},
              {"rank", layer.rank},   {"accuracy_m", layer.accuracy_m}, {"locked", layer.locked},
              {"moved", layer.moved}, {"fields", std::move(fields)}};
  if (layer.weight) out["weight"] = *layer.weight;
  return out;
}

FieldType field_type_of(const std::string& word) {
  if (const auto type = value_of<FieldType>(word)) return *type;
  throw DataError("field_type_unknown", {{"type", word}});
}

Layer layer_of(const json& j) {
  Layer layer;
  layer.id = j.at("id").get<std::string>();
  layer.title = text_of(j.at("title"));
  layer.department = text_of(j.at("department"));
  layer.rank = j.at("rank").get<int>();
  layer.accuracy_m = j.at("accuracy_m").get<double>();
  layer.locked = j.at("locked").get<bool>();
  layer.moved = j.value("moved", true);  // older files do not say
  layer.weight.reset();
  if (const auto weight = j.find("weight"); weight != j.end()) layer.weight = weight->get<double>();
  for (const json& field : j.at("fields"))
    layer.fields.push_back({field.at("name").get<std::string>(), field_type_of(field.at("type").get<std::string>())});
  return layer;
}

const std::string& value_of(const std::map<std::string, std::string>& meta, const std::string& key) {
  const auto at = meta.find(key);
  if (at == meta.end()) throw DataError("meta_missing", {{"key", key}});
  return at->second;
}

double number_of(const std::map<std::string, std::string>& meta, const std::string& key) {
  const std::string& text = value_of(meta, key);
  const auto number = gridloom::number_of<double>(text);
  if (!number) throw DataError("meta_is_no_number", {{"key", key}, {"value", text}});
  return *number;
}

// Older files do not say: they are of cities without one.
int privacy_k_of(const std::map<std::string, std::string>& meta) {
  const double k = meta.contains("privacy_k") ? number_of(meta, "privacy_k") : 0;
  if (k != 0 && !(k >= 2 && k <= 1e4 && k == std::floor(k))) throw DataError("privacy_k_out_of_range", {{"k", k}});
  return static_cast<int>(k);
}

void read_json(const std::map<std::string, std::string>& meta, City& city) {
  for (const json& layer : json::parse(value_of(meta, "layers"))) city.layers.push_back(layer_of(layer));
  for (const json& level : json::parse(value_of(meta, "admin")))
    city.admin.push_back({level.at("id").get<std::string>(), text_of(level.at("title")), {}, {}});
}

}  // namespace

std::map<std::string, std::string> describe_project(const City& city) try {
  json layers = json::array(), admin = json::array();
  for (const Layer& layer : city.layers) layers.push_back(to_json(layer));
  for (const AdminLevel& level : city.admin) admin.push_back({{"id", level.id}, {"title", to_json(level.title)}});
  const Lattice& lattice = city.arrangement.lattice;
  return {{"format_version", std::to_string(kProjectFormat)},
          {"written_by", GRIDLOOM_VERSION},
          {"city_id", city.id},
          {"city_code", city.code},
          {"city_name_en", city.name.en},
          {"city_name_zh", city.name.zh},
          {"time_zone", city.time_zone},
          {"crs", lattice.crs},
          {"origin_x", number_text(lattice.origin_x)},
          {"origin_y", number_text(lattice.origin_y)},
          {"people_per_household", number_text(city.people_per_household)},
          {"households_min", number_text(city.households_min)},
          {"households_max", number_text(city.households_max)},
          {"privacy_k", std::to_string(city.privacy_k)},
          {"min_width_m", number_text(city.min_width_m)},
          {"linework_weight", number_text(city.linework_weight)},
          {"layers", layers.dump()},
          {"admin", admin.dump()}};
} catch (const json::exception& error) {
  throw DataError("title_not_utf8", {{"why", error.what()}});
}

City city_of_description(const std::map<std::string, std::string>& meta) {
  City city;
  city.id = value_of(meta, "city_id");
  city.code = value_of(meta, "city_code");
  city.name = {value_of(meta, "city_name_en"), value_of(meta, "city_name_zh")};
  city.time_zone = value_of(meta, "time_zone");
  city.people_per_household = number_of(meta, "people_per_household");
  city.households_min = number_of(meta, "households_min");
  city.households_max = number_of(meta, "households_max");
  city.privacy_k = privacy_k_of(meta);
  city.min_width_m = number_of(meta, "min_width_m");
  city.linework_weight = number_of(meta, "linework_weight");
  city.arrangement.lattice = {value_of(meta, "crs"), number_of(meta, "origin_x"), number_of(meta, "origin_y")};
  try {
    read_json(meta, city);
  } catch (const json::exception& error) {
    throw DataError("meta_layers_damaged", {{"why", error.what()}});
  }
  return city;
}

City described_project(Database& database) {
  std::map<std::string, std::string> meta;
  Statement select(database, "SELECT key, value FROM gridloom_meta");
  while (select.next()) {
    std::string key(select.text());
    meta[std::move(key)] = select.text();
  }
  return city_of_description(meta);
}

void put_meta(Database& database, std::string_view key, std::string_view value) {
  Statement(database, "DELETE FROM gridloom_meta WHERE key = ?").put(key).run();
  Statement(database, "INSERT INTO gridloom_meta (key, value) VALUES (?, ?)").put(key).put(value).run();
}

}  // namespace gridloom
