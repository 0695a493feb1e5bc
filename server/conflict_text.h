// SPDX-License-Identifier: Apache-2.0
// Conflicts in words.
#pragma once

#include <array>

#include "engine/fusion/city.h"

namespace gridloom {

inline constexpr std::array kConflictKinds{
    ConflictKind::gap,       ConflictKind::overlap,    ConflictKind::sliver,       ConflictKind::outside_frame,
    ConflictKind::nesting,   ConflictKind::split_duty, ConflictKind::unmet_target, ConflictKind::covered_cell,
    ConflictKind::lost_cell, ConflictKind::shift};

// The English name is also the one in files and JSON.
Text name_of(ConflictKind);

}  // namespace gridloom
