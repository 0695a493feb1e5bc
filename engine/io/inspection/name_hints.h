// SPDX-License-Identifier: Apache-2.0
// What the names of files and columns suggest, in English and Chinese. Suggestions only: what the data show counts
// first. Private to engine/io.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/catalogue/catalogue.h"

namespace gridloom {

// The words of a name: "Police-Service_Areas2015" has police, service, area; digits and plurals fall away. A Chinese
// name is one word, in which others are looked for.
std::vector<std::string> words_in(std::string_view name);

// What a name is about, in one English word: "police", "ward", "road"; empty: none of those known (name_hints.cpp).
std::string subject_of(std::string_view name);

// An administrative level, where the whole name says nothing else: "ward", "subdistrict", "community", ...; empty.
std::string level_in(std::string_view name);
int rank_of_level(std::string_view level);  // 0 is the topmost

bool names_census(std::string_view name);   // "census-block-groups", "people", 人口
bool names_outline(std::string_view name);  // "boundary", "city limits"
std::optional<LineKind> lines_named(std::string_view name);

// How much a column's name speaks for a use; 0: nothing.
enum class ColumnUse {
  id,
  name,
  people,
  households,
  lon,
  lat,
  easting,
  northing,
  occurred_at,
  closed_at,
  category,
  subcategory,
  agency,
  severity,
  status,
  kind
};
int hint_of(std::string_view column, ColumnUse use);

// A number of the program that made the file, not of who made the data: OBJECTID, FID, EntityHandle.
bool is_row_number(std::string_view column);
// Areas, lengths, links, addresses, telephones: nothing to know a feature by.
bool is_no_id(std::string_view column);

// Lower case, digits and underscores, from a letter; empty where nothing of the name can stand in an id.
std::string id_from(std::string_view name);

}  // namespace gridloom
