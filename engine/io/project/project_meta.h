// SPDX-License-Identifier: Apache-2.0
// What a project file says about itself and its city beside the tables: keys and values of `gridloom_meta`.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/city/city.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {

// format_version, written_by (the program's version), city_id, city_code, city_name_en, city_name_zh, time_zone, crs,
// origin_x, origin_y, people_per_household, privacy_k, and as JSON `layers` and `admin`: everything about them but
// their cells, units and labels.
std::map<std::string, std::string> describe_project(const City&);

// A city with the described properties, and the layers and levels without content. Throws DataError (without the
// file's name) when a key is missing or a value makes no sense.
City city_of_description(const std::map<std::string, std::string>&);

// That of an open project.
City described_project(Database&);

// Says one thing of an open project, whatever it said before.
void put_meta(Database&, std::string_view key, std::string_view value);

}  // namespace gridloom
