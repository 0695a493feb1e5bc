// SPDX-License-Identifier: Apache-2.0
// One request to another server.
#pragma once

#include <string>

namespace gridloom {

// POSTs a JSON body to "http://host[:port]/path" and returns the answer's body. Throws DataError where the address is
// none, nobody answers, or the answer is no 2xx: then with its text.
std::string post_json(const std::string& url, const std::string& body);

}  // namespace gridloom
