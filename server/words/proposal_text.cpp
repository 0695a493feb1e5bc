// SPDX-License-Identifier: Apache-2.0
#include "server/words/proposal_text.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "engine/base/strings.h"
#include "server/words/error_text.h"
#include "server/words/titles.h"

namespace gridloom {
namespace {

// A scalar as it has to be written: plain where that cannot be taken for anything else.
std::string scalar(const std::string& text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80 || c == '_' ||
           c == '/' || c == '.' || c == '-' || c == ' ';
  };
  const auto begins = static_cast<unsigned char>(text.empty() ? ' ' : text.front());
  const bool word = (std::isalpha(begins) || begins >= 0x80) && text.back() != ' ' &&
                    std::all_of(text.begin(), text.end(), plain) && is_utf8(text);
  const std::string small = lower_case(text);
  constexpr std::string_view kOther[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
  if (word && std::find(std::begin(kOther), std::end(kOther), small) == std::end(kOther)) return text;
  if (text.starts_with("EPSG:") &&
      std::all_of(text.begin() + 5, text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return text;
  // A JSON string is one of YAML.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string pair_of(const Text& text) {
  return text.en == text.zh ? scalar(text.en) : "{en: " + scalar(text.en) + ", zh: " + scalar(text.zh) + "}";
}

class Writer {
 public:
  Writer(const Proposal& proposal, Language language) : p_(proposal), c_(proposal.catalogue), language_(language) {}

  std::string text() {
    say(
        {"Written by gridloom init from what lies in the files; check what is doubted, then: gridloom check, gridloom "
         "fuse.",
         "由 gridloom init 根据文件内容写成；请核对存疑之处，再运行 gridloom check 与 gridloom fuse。"});
    line("id: " + c_.id);
    entry("code", "code: " + json_text(c_.code));
    entry("name", "name: " + pair_of(c_.name));
    entry("crs", "crs: " + scalar(c_.crs));
    entry("time_zone", "time_zone: " + scalar(c_.time_zone));
    write_levels();
    write_layers();
    write_population();
    write_linework();
    write_incidents();
    write_facilities();
    write_unify();
    write_left_out();
    return std::move(out_);
  }

 private:
  static std::string json_text(const std::string& text) { return nlohmann::json(text).dump(); }
  void line(const std::string& text) { out_ += indent_ + text + "\n"; }
  void say(const Text& text) {
    std::string one = text.in(language_);
    std::replace(one.begin(), one.end(), '\n', ' ');
    line("# " + one);
  }
  void remarks(const std::string& path) {
    const auto at = p_.remarks.find(path);
    if (at == p_.remarks.end()) return;
    for (const Reason& remark : at->second) say(text_of(remark));
  }
  void entry(const std::string& path, const std::string& text) {
    remarks(path);
    line(text);
  }
  void key(const std::string& name, const std::string& value) {
    if (!value.empty()) line(name + ": " + value);
  }
  void text_key(const std::string& name, const std::string& value) { key(name, value.empty() ? "" : scalar(value)); }

  Text title_at(const std::string& path, const Text& otherwise) const {
    const auto subject = p_.subjects.find(path);
    return subject == p_.subjects.end() ? otherwise : title_of_subject(subject->second, otherwise);
  }

  void source(const CatalogueSource& source) {
    text_key("source", source.file.string());
    text_key("table", source.table);
    text_key("encoding", source.encoding);
    text_key("crs", source.crs);
    if (source.swapped) key("axis", "swapped");
  }

  void key_fields(const CatalogueKey& k) {
    if (k.fields.size() == 1) return text_key("key", k.fields[0]);
    if (k.fields.empty()) return;
    std::string fields;
    for (const std::string& field : k.fields) fields += (fields.empty() ? "" : ", ") + scalar(field);
    key("key", "{fields: [" + fields + "], separator: " + json_text(k.separator) + "}");
  }

  // An item of a list: its remarks, then its keys, the first behind a dash.
  template <class Keys>
  void item(const std::string& path, const std::string& indent, const std::string& id, Keys keys) {
    indent_ = indent;
    remarks(path);
    line("- id: " + id);
    indent_ = indent + "  ";
    keys();
    indent_.clear();
  }

  void write_levels() {
    line("frame:");
    line("  levels:");
    for (std::size_t l = 0; l < c_.levels.size(); ++l) {
      const CatalogueLevel& level = c_.levels[l];
      const std::string path = "frame.levels[" + std::to_string(l) + "]";
      item(path, "    ", level.id, [&] {
        key("title", pair_of(title_at(path, level.title)));
        if (!level.source) return;
        source(*level.source);
        key_fields(level.key);
        if (!level.name_en.empty()) key("name", pair_of({level.name_en, level.name_zh}));
        text_key("parent", level.parent);
      });
    }
  }

  void write_layers() {
    line("layers:");
    for (std::size_t l = 0; l < c_.layers.size(); ++l) {
      const CatalogueLayer& layer = c_.layers[l];
      const std::string path = "layers[" + std::to_string(l) + "]";
      item(path, "  ", layer.id, [&] {
        key("title", pair_of(layer.title));
        const Text department = title_at(path, layer.department);
        if (!(department == layer.title)) key("department", pair_of(department));
        source(layer.source);
        key_fields(layer.key);
        text_key("name", layer.name);
        if (layer.parent) key("parent", "{layer: " + layer.parent->layer + ", key: " + scalar(layer.parent->key) + "}");
      });
    }
  }

  void write_population() {
    if (!c_.population) return remarks("population");
    remarks("population");
    line("population:");
    indent_ = "  ";
    source(c_.population->source);
    key_fields(c_.population->key);
    text_key("people", c_.population->people);
    text_key("households", c_.population->households);
    indent_.clear();
  }

  void write_linework() {
    if (c_.linework.empty()) return;
    line("linework:");
    for (std::size_t l = 0; l < c_.linework.size(); ++l) {
      const CatalogueLinework& lines = c_.linework[l];
      item("linework[" + std::to_string(l) + "]", "  ", lines.id, [&] {
        key("title", pair_of(lines.title));
        key("kind", std::string(word_of(lines.kind)));
        source(lines.source);
        text_key("name", lines.name);
      });
    }
  }

  void places(const CataloguePlaces& places) {
    source(places.source);
    if (places.x.empty()) return;
    text_key(places.source.crs.empty() ? "lon" : "x", places.x);
    text_key(places.source.crs.empty() ? "lat" : "y", places.y);
  }

  void write_incidents() {
    if (!c_.incidents) return;
    const CatalogueIncidents& incidents = *c_.incidents;
    remarks("incidents");
    line("incidents:");
    indent_ = "  ";
    places(incidents.places);
    text_key("id", incidents.id);
    text_key("occurred_at", incidents.occurred_at);
    if (incidents.dates != DateOrder::year_first) key("dates", std::string(word_of(incidents.dates)));
    for (const auto& [word, field] : kWords<EventField>) text_key(std::string(word), incidents[field]);
    text_key("closed_at", incidents.closed_at);
    indent_.clear();
  }

  void write_facilities() {
    if (c_.facilities.empty()) return;
    line("facilities:");
    for (std::size_t f = 0; f < c_.facilities.size(); ++f) {
      const CatalogueFacilities& facilities = c_.facilities[f];
      item("facilities[" + std::to_string(f) + "]", "  ", facilities.id, [&] {
        key("title", pair_of(facilities.title));
        places(facilities.places);
        text_key("key", facilities.key);
        text_key("name", facilities.name);
        text_key("kind", facilities.kind);
      });
    }
  }

  void write_unify() {
    say({"The households that a grid should have (this is the default), and how many people make one.",
         "每个网格应有的户数（此为默认值），以及每户人数。"});
    line("unify:");
    line("  nest_in: " + c_.levels.back().id);
    line("  households: {min: " + number_text(c_.unify.options.households_min) +
         ", max: " + number_text(c_.unify.options.households_max) + "}");
    line("  people_per_household: " + number_text(c_.unify.options.people_per_household));
    say({"Everybody is told exact counts of incidents; for multiples of five: privacy: {k: 5}",
         "所有人都可看到事件的确切数量；若只公布 5 的倍数：privacy: {k: 5}"});
  }

  void write_left_out() {
    if (p_.left_out.empty()) return;
    say({"Left out:", "未列入："});
    for (const Proposal::LeftOut& left : p_.left_out) say(within(left.what, text_of(left.why)));
  }

  const Proposal& p_;
  const Catalogue& c_;
  Language language_;
  std::string out_, indent_;
};

}  // namespace

std::string catalogue_text(const Proposal& proposal, Language language) { return Writer(proposal, language).text(); }

}  // namespace gridloom
