// SPDX-License-Identifier: Apache-2.0
// What tables and columns of a project are called in files that leave it.
#pragma once

#include <span>

#include "engine/base/text.h"
#include "engine/city/city.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/results/table_export.h"

namespace gridloom {

// Names in English are the project's own, in Chinese the titles of project_words.h. Those of a shapefile are short
// ones, at most ten bytes in its encoding and no two alike: from a table, those of layers from the beginning of their
// titles. Numbers are rounded to what means something: a decimetre, a tenth of a person, a ten-thousandth of a share.
// `beside`: the tables that the file has already; no two of its sheets have one title.
ExportTable export_table(const City&, const Table&, Language, ExportFormat, ExportEncoding,
                         std::span<const ExportTable> beside);

}  // namespace gridloom
