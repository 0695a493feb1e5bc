// SPDX-License-Identifier: Apache-2.0
// Requests and responses as the routes see them: no sockets, no HTTP library.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/text.h"

namespace gridloom {

// What of a request the routes may look at.
struct Request {
  std::string method = "GET";
  std::string target = "/";       // as sent
  std::string host{};             // Host header
  std::string forwarded_proto{};  // X-Forwarded-Proto
  bool forwarded = false;         // it came through a proxy: someone else asks than who is connected
  std::string accept_encoding{};
  std::string accept_language{};
  std::string if_none_match{};
  std::string origin{};  // Origin header: the site of the page that asks
  std::string body{};
};

struct Response {
  unsigned status = 200;
  std::shared_ptr<const std::string> body;  // null: no body. Sent as it is; a HEAD request is answered by its length
  std::vector<std::pair<std::string, std::string>> headers;  // all but Content-Length, Date, Server and Connection

  std::string_view text() const { return body ? std::string_view(*body) : std::string_view(); }
  // Value of the first header of this name (exact case); empty where there is none.
  std::string_view header(std::string_view name) const;
};

// Bytes ready to be sent many times: with their gzip form where that pays, and a strong validator.
struct Content {
  std::string bytes;
  std::string gzip;     // empty: not worth it, or not wanted
  std::string etag;     // of `bytes`, with its quotes; the gzip form's is derived
  bool varies = false;  // the answer depends on Accept-Encoding

  std::size_t weight() const { return bytes.capacity() + gzip.capacity() + sizeof(Content); }
};
using SharedContent = std::shared_ptr<const Content>;

enum class Packing {
  never,     // compressed already, such as PNG
  for_all,   // content that will be sent to many: keep both forms
  for_this,  // content of one answer to a client that accepts gzip
  skip,      // the same, for a client that does not
};

// O(bytes).
SharedContent make_content(std::string bytes, Packing);

// 200, or 304 where If-None-Match names the content; gzip where the client accepts it; 204 for empty bytes.
Response respond(const Request&, const SharedContent&, std::string content_type, std::string cache_control);

// Of errors: the one that an Accept-Language value asks for first, English where it asks for neither.
Language language_of(const Request&);

// Whether an Accept-Encoding value admits gzip (RFC 9110 §12.5.3: q=0 refuses; "*" counts).
bool accepts_gzip(std::string_view accept_encoding);

// Of ASCII, as names of hosts and codings.
bool equal_ignoring_case(std::string_view, std::string_view);

// Whether an If-None-Match value names this strong validator (weak comparison, RFC 9110 §13.1.2).
bool matches(std::string_view if_none_match, std::string_view etag);

}  // namespace gridloom
