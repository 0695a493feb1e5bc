// SPDX-License-Identifier: Apache-2.0
#include "server/http/host_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace gridloom {
namespace {

TEST(HostName, AddressesLocalhostAndGivenNamesAreAllowed) {
  const std::vector<std::string> names{"Maps.example"};
  for (const char* host : {"", "localhost", "LOCALHOST:80", "127.0.0.1", "10.0.0.7:8080", "[::1]", "[fe80::1]:8080",
                           "maps.example", "MAPS.EXAMPLE:443"})
    EXPECT_TRUE(is_allowed_host(host, names)) << host;
  for (const char* host : {"evil.example", "maps.example.evil.example", "example", "127.0.0.1.evil.example", "[", "[]",
                           ":80", "localhost.evil.example", "1", "*"})
    EXPECT_FALSE(is_allowed_host(host, names)) << host;
  EXPECT_TRUE(is_allowed_host("evil.example", std::vector<std::string>{"*"}));
}

}  // namespace
}  // namespace gridloom
