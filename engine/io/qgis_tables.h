// SPDX-License-Identifier: Apache-2.0
// Tables of a GeoPackage in which QGIS looks for more than data.
#pragma once

namespace gridloom {

// Styles of tables; the columns are QGIS' own.
inline constexpr const char* kLayerStyles =
    "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), "
    "f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, "
    "styleSLD TEXT, useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)";
// The style that is taken by itself; its table and its text are bound.
inline constexpr const char* kInsertLayerStyle =
    "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, "
    "styleSLD, useAsDefault, description, owner) VALUES ('', '', ?1, 'geom', 'gridloom', ?2, '', 1, '', '')";

}  // namespace gridloom
