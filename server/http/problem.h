// SPDX-License-Identifier: Apache-2.0
// Errors as RFC 9457 problem details.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "server/http/http_message.h"

namespace gridloom {

// A request that cannot be answered as asked: thrown by routes, turned into a response by handle().
class HttpError : public std::runtime_error {
 public:
  HttpError(unsigned status, const std::string& detail) : std::runtime_error(detail), status_(status) {}
  unsigned status() const { return status_; }

 private:
  unsigned status_;
};

// The standard's reason phrase, "Not Found" for 404.
std::string_view reason_of(unsigned status);

// What a client sent comes back in no longer a sentence.
inline constexpr std::size_t kMostDetailBytes = 600;

// 503 with Retry-After: what cannot be done now may be asked for again.
Response come_again(std::string_view detail, unsigned after_seconds);

// application/problem+json with type, title, status and detail (its first kMostDetailBytes); never cached.
Response problem(unsigned status, std::string_view detail);

}  // namespace gridloom
