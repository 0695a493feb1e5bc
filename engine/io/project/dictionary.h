// SPDX-License-Identifier: Apache-2.0
// The tables `layers` and `columns` of a project file, which tell people what is in the others. Gridloom reads neither.
#pragma once

#include <string>
#include <string_view>

#include "engine/io/project/geopackage.h"
#include "engine/io/project/project_words.h"

namespace gridloom {

// Makes and fills both, and registers them. `schema`: "main", or "temp".
void make_dictionary(Database&, std::string_view schema, const City&, const ProjectWords&);

// Writes anew what the rows of both say, where they are Gridloom's.
void refill_dictionary(Database&, const City&, const ProjectWords&);

// `gpkg_data_columns` and its constraints (OGC 12-128r17, annex F.9), which GDAL and QGIS show as names of columns and
// of their values: of the columns that there are, and that have words.
void make_data_columns(Database&, const City&, const ProjectWords&);

// What a column is called, in a few words; empty where the words do not say.
Text title_of(const City&, const ProjectWords&, const Table&, const Column&);

// A text of a file that has one language, where both are known: "中文 English".
std::string in_both(const Text&);

// What a table, or a column of it, means; empty where the words do not say.
Text meaning_of(const City&, const ProjectWords&, const Table&, const Column* = nullptr);

}  // namespace gridloom
