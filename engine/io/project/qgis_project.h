// SPDX-License-Identifier: Apache-2.0
// The city as projects of QGIS inside its own file (table `qgis_projects`): groups of layers, themes, relations, lists
// of names in forms, and a print layout; one in each language of the city's name.
#pragma once

#include <string>

#include "engine/city/city.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/project/project_words.h"

namespace gridloom {

// `file`: the name under which the project file will lie; QGIS finds the layers by it.
void write_qgis_projects(GeoPackageWriter&, const City&, const ProjectWords&, const std::string& file);

}  // namespace gridloom
