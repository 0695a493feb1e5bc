// SPDX-License-Identifier: Apache-2.0
// JSON of people's words, for .cpp files. Not for other headers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "engine/base/text.h"

namespace gridloom {

using Json = nlohmann::ordered_json;

inline Json json_of(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }

// One line; bytes that are not UTF-8 (a city's names may come from any file) become U+FFFD.
inline std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace gridloom
