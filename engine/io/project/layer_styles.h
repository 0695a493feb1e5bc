// SPDX-License-Identifier: Apache-2.0
// QGIS finds its default styles inside the GeoPackage, in the table `layer_styles`.
#pragma once

#include "engine/city/city.h"
#include "engine/io/project/geopackage.h"
#include "engine/io/project/project_words.h"

namespace gridloom {

// A style (QML) for every table and view with geometry. Call after those are written.
void write_layer_styles(GeoPackageWriter&, const City&, const ProjectWords&);

}  // namespace gridloom
