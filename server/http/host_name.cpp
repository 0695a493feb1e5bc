// SPDX-License-Identifier: Apache-2.0
#include "server/http/host_name.h"

#include <arpa/inet.h>

#include <algorithm>

#include "server/http/http_message.h"

namespace gridloom {
namespace {

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(1, std::min(host.find(']'), host.size()) - 1);
  return host.substr(0, host.find(':'));
}

bool is_address(const std::string& name) {
  in6_addr any{};
  return inet_pton(AF_INET, name.c_str(), &any) == 1 || inet_pton(AF_INET6, name.c_str(), &any) == 1;
}

}  // namespace

bool is_allowed_host(std::string_view host, std::span<const std::string> names) {
  const std::string name(without_port(host));
  if (host.empty() || is_address(name) || equal_ignoring_case(name, "localhost")) return true;
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& known) { return known == "*" || equal_ignoring_case(name, known); });
}

}  // namespace gridloom
