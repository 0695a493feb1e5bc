// SPDX-License-Identifier: Apache-2.0
// Parameters in the body of a request: {"category": ["noise"], "cell": 50, "adaptive": true}.
#pragma once

#include <string_view>

#include "server/words/parameters.h"

namespace gridloom {

// Adds the members of a JSON object: texts, numbers, true and false (yes and no), and lists of them, which are the name
// again and again where a name may be, else one text with commas. null, and an empty body, are nothing. Throws
// HttpError and WrongParameter.
void add_body(std::string_view body, Parameters::Pairs&);

}  // namespace gridloom
