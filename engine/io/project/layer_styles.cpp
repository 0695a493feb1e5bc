// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/layer_styles.h"

#include <string>

#include "engine/io/project/project_schema.h"
#include "engine/io/project/qgis_style.h"
#include "engine/io/qgis_tables.h"

namespace gridloom {

void write_layer_styles(GeoPackageWriter& file, const City& city, const ProjectWords& words) {
  namespace schema = project_schema;
  Database& database = file.database();
  database.exec(kLayerStyles);
  Statement insert(database, kInsertLayerStyle);
  const QgisStyles styles(city, words, Tongue::both);
  const auto put = [&](const Table& table) {
    if (table.geometry.empty()) return;
    pugi::xml_document style = styles.of(table);
    style.child("qgis").attribute("styleCategories") = "Symbology|Labeling|Temporal|Fields|Forms";
    insert.put(table.name).put(style_text(style)).run();
  };
  for (const Table& table : schema::tables(city))
    put(table.called == "zones_of" ? schema::zones_of(city, static_cast<std::size_t>(table.of.layer)) : table);
}

}  // namespace gridloom
