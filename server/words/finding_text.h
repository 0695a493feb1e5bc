// SPDX-License-Identifier: Apache-2.0
// What was repaired or seen, in words.
#pragma once

#include "engine/base/text.h"
#include "engine/city/finding.h"

namespace gridloom {

Text text_of(const Finding&);

}  // namespace gridloom
