// SPDX-License-Identifier: Apache-2.0
// The page on the HTTP interface, in Markdown, from the table of routes: docs/API.md and docs/API.zh-CN.md.
#pragma once

#include <string>

#include "engine/base/text.h"

namespace gridloom {

std::string api_document(Language);

}  // namespace gridloom
