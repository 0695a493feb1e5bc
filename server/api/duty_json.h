// SPDX-License-Identifier: Apache-2.0
// The answer to "which grid, whose duty": one text for the HTTP interface and the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "engine/city/city.h"
#include "engine/zoning/duty.h"

namespace gridloom {

// One JSON object on one line; without a duty the answer that the place is outside the city. `where` is WGS 84.
// `incidents` are per grid; where they are told in full batches (`batch` > 0), the grid says so: 0 is fewer than one.
std::string duty_json(const City&, std::span<const std::uint64_t> incidents, const std::optional<Duty>&, LonLat where,
                      std::uint64_t batch = 0);

// "outside the city", in both languages.
Text outside_message(const City&);

}  // namespace gridloom
