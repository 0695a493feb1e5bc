// SPDX-License-Identifier: Apache-2.0
// What QGIS shows of a project's tables: the templates of styles/qgis, made in QGIS (scripts/qgis-templates) and built
// into the program, filled in for one city.
#pragma once

#include <pugixml.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/city/city.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/project/project_words.h"

namespace gridloom {

// The language of what is filled in: a style that stands for itself says both.
enum class Tongue { both, en, zh };
std::string in(Tongue, const Text&);

// A template by its file's name without ending. Precondition: there is one.
std::string_view qgis_template(std::string_view name);

// A style as `layer_styles` holds it.
std::string style_text(const pugi::xml_document&);

// The template of categories by that name, as `layer_styles` holds it, with those alone that are given here, each by
// its value and its title.
std::string qgis_category_style(std::string_view name, std::span<const std::pair<std::string, Text>> categories);

// What fills in `{marks}` of a template; those of words that `words` do not say stay out.
class QgisStyles {
 public:
  QgisStyles(const City& city, const ProjectWords& words, Tongue tongue)
      : city_(city), words_(words), tongue_(tongue) {}

  // The document <qgis> of a table: renderer, labels and times by its kind, where there is a template for that (else of
  // `as`), the titles of its columns, and which of them a form lets people change.
  pugi::xml_document of(const Table&, std::string_view as = {}) const;

  std::string say(const Text& text) const { return in(tongue_, text); }
  // A phrase, or its id where the words have none.
  std::string phrase(std::string_view id) const;
  std::string title_of_table(const Table&) const;

 private:
  std::string filled(std::string text, const Table&) const;
  std::string meaning(std::string_view table, std::string_view column, std::string_view value) const;
  std::string label_of(const Table&) const;
  void add_levels(pugi::xml_node document) const;
  void add_layers(pugi::xml_node document) const;
  void set_level(pugi::xml_node document, int level) const;
  void add_fields(pugi::xml_node document, const Table&) const;

  const City& city_;
  const ProjectWords& words_;
  Tongue tongue_;
};

}  // namespace gridloom
