// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_message.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <stdexcept>

#include "server/http/gzip.h"

namespace gridloom {
namespace {

// Below this the gzip frame and the second header cost more than they save.
constexpr std::size_t kSmallestToCompress = 256;

// FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923): not against forgers, who could only fool themselves.
std::string hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  char text[24];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// The next item of a comma list; the list loses it.
std::string_view next_item(std::string_view& list, char separator = ',') {
  const std::string_view item = list.substr(0, list.find(separator));
  list.remove_prefix(std::min(list.size(), item.size() + 1));
  return trim(item);
}

// Of "q=0.5": 500; 1000 where no number is given (RFC 9110 §12.4.2).
int quality(std::string_view parameters) {
  while (!parameters.empty()) {
    const std::string_view item = next_item(parameters, ';');
    if (item.size() < 3 || !equal_ignoring_case(item.substr(0, 2), "q=")) continue;
    double value = 1;
    std::from_chars(item.data() + 2, item.data() + item.size(), value);
    return static_cast<int>(1000 * std::clamp(value, 0.0, 1.0));
  }
  return 1000;
}

bool refuses(std::string_view parameters) { return quality(parameters) == 0; }

std::string gzip_etag(std::string_view etag) { return std::string(etag.substr(0, etag.size() - 1)) + "-gzip\""; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string_view Response::header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& h) { return h.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

SharedContent make_content(std::string bytes, Packing packing) {
  auto content = std::make_shared<Content>();
  content->etag = '"' + hash_of(bytes) + '"';
  content->varies = packing != Packing::never && bytes.size() >= kSmallestToCompress;
  if (content->varies && packing != Packing::skip) content->gzip = gzip(bytes);
  if (content->gzip.size() >= bytes.size()) content->gzip.clear();
  content->bytes = std::move(bytes);
  return content;
}

Language language_of(const Request& request) {
  Language best = Language::en;
  int best_quality = 0;
  for (std::string_view list = request.accept_language; !list.empty();) {
    std::string_view item = next_item(list);
    const std::string_view tag = next_item(item, ';');
    const std::string_view primary = tag.substr(0, tag.find('-'));
    const bool zh = equal_ignoring_case(primary, "zh");
    if (!zh && !equal_ignoring_case(primary, "en")) continue;
    if (const int wish = quality(item); wish > best_quality) {
      best = zh ? Language::zh : Language::en;
      best_quality = wish;
    }
  }
  return best;
}

bool accepts_gzip(std::string_view list) {
  bool any = false;
  while (!list.empty()) {
    std::string_view item = next_item(list);
    const std::string_view coding = next_item(item, ';');
    if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip")) return !refuses(item);
    if (coding == "*") any = !refuses(item);
  }
  return any;
}

bool matches(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    std::string_view item = next_item(list);
    if (item == "*") return true;
    if (item.substr(0, 2) == "W/") item.remove_prefix(2);
    if (item == etag) return true;
  }
  return false;
}

Response respond(const Request& request, const SharedContent& content, std::string type, std::string cache_control) {
  Response response;
  response.headers.emplace_back("Cache-Control", std::move(cache_control));
  if (content->bytes.empty()) {
    response.status = 204;
    return response;
  }
  const bool packed = !content->gzip.empty() && accepts_gzip(request.accept_encoding);
  response.headers.emplace_back("ETag", packed ? gzip_etag(content->etag) : content->etag);
  if (content->varies) response.headers.emplace_back("Vary", "Accept-Encoding");
  if (matches(request.if_none_match, response.header("ETag"))) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", std::move(type));
  if (packed) response.headers.emplace_back("Content-Encoding", "gzip");
  response.body = std::shared_ptr<const std::string>(content, packed ? &content->gzip : &content->bytes);
  return response;
}

}  // namespace gridloom
