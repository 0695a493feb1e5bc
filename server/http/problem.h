// SPDX-License-Identifier: Apache-2.0
// Errors as RFC 9457 problem details.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "server/http/http_message.h"

namespace gridloom {

// A request that cannot be answered as asked.
class HttpError : public std::runtime_error {
 public:
  HttpError(unsigned status, Text detail)
      : std::runtime_error(detail.en), status_(status), detail_(std::move(detail)) {}
  unsigned status() const { return status_; }
  const Text& detail() const { return detail_; }

 private:
  unsigned status_;
  Text detail_;
};

// The standard's reason phrase, "Not Found" for 404.
std::string_view reason_of(unsigned status);

// What a client sent comes back in no longer a sentence.
inline constexpr std::size_t kMostDetailBytes = 600;

// 503 with Retry-After: what cannot be done now may be asked for again.
Response come_again(const Text& detail, unsigned after_seconds, Language);

// application/problem+json with type, title, status and detail (its first kMostDetailBytes); never cached.
Response problem(unsigned status, const Text& detail, Language);

}  // namespace gridloom
