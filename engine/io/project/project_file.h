// SPDX-License-Identifier: Apache-2.0
// The project file: one GeoPackage that holds a whole city, opens in QGIS as it is, and reads back as the same city.
//
// The file is the arrangement: `boundaries` has every arc with its full polyline, its nodes and the atoms on both
// sides, and all polygons are derived from it for other software; Gridloom never reads them back. Coordinates are
// metres in the working CRS, whole millimetres from the lattice origin, so nothing is lost between lattice and file.
//
// Tables beside those that every GeoPackage has (column lists: project_schema.h):
//   grids, atoms, overlaps, boundaries, aligned_<layer>, delivered_<layer>, admin_<N>, conflicts, zones, incidents,
//   crosswalk, responsibilities, quality, plans, succession, history, gridloom_meta (key, value), layer_styles (QGIS),
//   for people layers, columns (dictionary.h), for programs gpkg_data_columns, gpkg_metadata (lineage_metadata.h).
// Beside these the views zones_<layer>, for QGIS: files from before them read the same.
// After a fusion also incident_log (event_log.h): events appended since, as they came. `incidents` has them too, up to
// the number that gridloom_meta names (event_fold.h); read_project merges what came later, here and in the log beside.
// `boundaries.layers` lists the layers with a boundary there (comma, catalogue order), `support` says how many.
// `boundaries.level` is what the arc separates at most: the id of the highest administrative level whose unit differs
// left and right (the city's frame: the top level's id), else "grid", else "atom".
// Texts of typed attributes come back in their shortest form: integers in decimal, reals as the shortest text that
// reads back as the same number.
#pragma once

#include <filesystem>

#include "engine/base/errors.h"
#include "engine/base/progress.h"
#include "engine/city/city.h"
#include "engine/io/project/project_settings.h"
#include "engine/io/project/project_words.h"
#include "engine/io/source_file.h"

namespace gridloom {

inline constexpr int kProjectFormat = 3;

// What a city that is fused again takes over from the project before.
struct KeptOfBefore {
  std::string names{};        // by which logs know it and those before it; empty: a new project
  EventTable appended{};      // on the city's lattice; among the city's events already
  std::int64_t last_seq = 0;  // of the last of these
  ProjectSettings settings{};
};

// Writes beside the target, syncs, and renames over it; on failure the target is as it was and nothing stays behind.
// Throws DataError where the city cannot be said in the file's terms (two cells of a layer with one id, a grid in
// pieces, a layer id that is also a column of the file, a number that is none) and where the disk refuses; Cancelled.
// O(arc points * labelings); the same city gives the same bytes but for the times in gpkg_contents and gpkg_metadata
// and the project's name for its log (project_id). `appended` become the file's incident_log, the settings its own
// (project_settings.h).
void write_project(const City&, const std::filesystem::path&, Progress&, const KeptOfBefore& = {},
                   const ProjectWords& = {}, const Lineage& = {});

// Throws DataError naming the file and the table when it is no project file, of a newer format, or damaged. Checks that
// every reference resolves; that the geometry is an arrangement is for verify() to show.
City read_project(const std::filesystem::path&);

}  // namespace gridloom
