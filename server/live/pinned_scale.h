// SPDX-License-Identifier: Apache-2.0
// The heat scale of a project: the one that was chosen for it (`gridloom incidents scale`), else one from its data.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/city/city.h"
#include "engine/io/project/project_settings.h"
#include "tiles/heat/heat_scale.h"

namespace gridloom {

// Incidents per km² of each grid that has any, ascending. `incidents` are per grid. O(grids log grids).
std::vector<double> grid_densities(const City&, std::span<const std::uint64_t> incidents);

// What `percent` of the densities do not exceed (the nearest rank); 0 where there are none.
double percentile(std::span<const double> densities, double percent);

// A few grids that are far denser than all others share the last colour with them: the rest would be dark.
inline constexpr double kPinnedPercent = 99;

// The version of a scale that follows from the data; chosen ones have later versions.
inline constexpr std::uint32_t kScaleOfData = 1;

// The chosen scale, else the one from kPinnedPercent of the grids' densities; `incidents` are per grid. Throws
// DataError for a chosen one that is damaged.
HeatScale pinned_scale(const ProjectSettings&, const City&, std::span<const std::uint64_t> incidents);

// Throws DataError where lowest or highest is no such number, or lowest < highest does not hold.
void check_scale(const HeatScale&);

// Empty where none was chosen. Throws DataError for one that is damaged.
std::optional<HeatScale> chosen_scale(const ProjectSettings&);
ProjectSettings settings_of(const HeatScale&);

}  // namespace gridloom
