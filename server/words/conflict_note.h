// SPDX-License-Identifier: Apache-2.0
// One short sentence for each conflict, beside its ids: what it is and why.
#pragma once

#include "engine/city/city.h"

namespace gridloom {

Text note_of(const City&, const Conflict&);

// "Moved by 12.0 m east …", of a layer that lay off, or was adjusted.
Text text_of(const LayerShift&);
Text text_of(const LayerAdjustment&);

}  // namespace gridloom
