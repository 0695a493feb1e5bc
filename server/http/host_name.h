// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace gridloom {

// Whether a request's host ("name", "name:port", "[::1]:port") may be answered: any address, "localhost", one of
// `names` (without regard to case), "*" among these for all; none (HTTP/1.0) as well. A page elsewhere whose own name
// is made to mean this server (DNS rebinding) calls it by that name, and is found out.
bool is_allowed_host(std::string_view host, std::span<const std::string> names);

}  // namespace gridloom
