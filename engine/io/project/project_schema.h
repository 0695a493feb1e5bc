// SPDX-License-Identifier: Apache-2.0
// The tables of a project file, column by column. Writer and reader both go by these.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/city/city.h"
#include "engine/io/project/geopackage.h"

namespace gridloom::project_schema {

// L stands for every layer's id, in catalogue order; N for every admin level's number, 0 at the top.
Table grids(const City&);  // code, name (English), name_zh, parent, kind, valid_from, valid_to, area_m2, perimeter_m,
                           // compactness, population, households, band (in_band, or why not), locked, cells_split,
                           // households_moved, cut_against_m, colour, then L (who leads there), L_share
Table atoms(const City&);  // atom_id, grid_code, L (leading feature's id or NULL), admin_N (code), area_m2, population
Table overlaps();          // atom_id, layer, feature_id: features beyond the leading one
Table boundaries();        // from_node, to_node, left_atom, right_atom (0: outside), layers, support, level, length_m
Table aligned(const City&, std::size_t layer);    // id, name, colour, then the layer's fields
Table delivered(const City&, std::size_t layer);  // id; rows as in aligned
Table admin(std::size_t level);                   // code, name, name_zh, parent
// kind, layer, admin_level, grid_code, ids_before and ids_after (JSON lists), area_m2, population, cause and facts
// (conflict_facts.h), note and note_zh (words of the facts, for other software)
Table conflicts();
Table drawn();  // kind (DrawnKind), id: ground drawn beside the layers, as delivered
Table zones();  // layer, department, level (0: the layer's own units), unit_id, unit_name, grids, population,
                // incidents, colour
// A view of `zones`, so that each layer opens by itself: the zones of this layer that lie on the map. `create_zones_of`
// is the only statement that makes it.
Table zones_of(const City&, std::size_t layer);
std::string create_zones_of(const Layer&);
// id, occurred_at (format_local_time), category, subcategory, agency, severity, status, closed_at, grid_code, atom_id;
// made of them: occurred_on, occurred_time, closed_on, closed_time
Table incidents();
Table crosswalk();         // layer, feature_id, grid_code, area_m2, population, share_of_feature, share_of_grid
Table responsibilities();  // grid_code, layer, department, unit_id, role, person_id, share, status, source
// stage, layer (NULL: all), metric, other_layer (of metrics of two), up_to_m (the class of a distance; NULL: beyond all
// of them), value, unit
Table quality();
Table plans();       // unit, atoms, grids, households, soft_cut_m, lower_bound_m, relaxed_by, relaxed_proven, status
Table succession();  // old_code, new_code, share, households, retired, at
Table history();     // version, at, who, why, approval, operations
Table meta();        // key, value
// For people (dictionary.h).
Table layers();   // id, title, title_zh, department, department_zh, rank, accuracy_m, locked, moved, weight
Table columns();  // table_name, column_name (NULL: the table itself), value (one of the column's, or NULL), unit,
                  // meaning, meaning_zh

// What SQL looks rows up by. Codes and ids are unique, as far as Gridloom's own answers rest on it; ids of incidents
// need not be.
std::vector<Index> indexes(const City&);

// How many values the columns `colour` have.
inline constexpr std::uint32_t kColours = 8;

// All of them but the styles, which are QGIS's.
std::vector<Table> tables(const City&);

std::string aligned_name(const std::string& layer);
std::string delivered_name(const std::string& layer);
std::string zones_name(const std::string& layer);
std::string admin_name(std::size_t level);

// What `boundaries.level` says below the administrative levels.
inline constexpr std::string_view kGridBoundary = "grid";
inline constexpr std::string_view kAtomBoundary = "atom";

}  // namespace gridloom::project_schema
