// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace gridloom::cli {

// gisdata/city.schema.json, as it was when this was built.
std::string_view catalogue_schema();

}  // namespace gridloom::cli
