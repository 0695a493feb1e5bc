// SPDX-License-Identifier: Apache-2.0
// `gpkg_metadata` of a project (OGC 12-128r17, annex F.8): ISO 19139 documents of which files the city, and each layer
// and level of it, were made of, when and by which version. GDAL and QGIS show them.
#pragma once

#include "engine/city/city.h"
#include "engine/io/project/sqlite.h"
#include "engine/io/source_file.h"

namespace gridloom {

// One for the whole file, and one for the tables of each layer, each level, and the incidents, whose sources are known.
void write_lineage(Database&, const City&, const Lineage&);

}  // namespace gridloom
