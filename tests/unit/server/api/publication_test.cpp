// SPDX-License-Identifier: Apache-2.0
// The public form of a city's incidents, and who gets it.
#include "server/api/publication.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/events/local_time.h"
#include "server/api/audience.h"
#include "server/api/routes.h"
#include "support/repository.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using Json = nlohmann::json;

City city_with_privacy() {
  City city = toy::city();
  city.privacy_k = 2;
  return city;
}

Request from(const std::string& host) { return {.target = "/api/city", .host = host}; }

class PublicationTest : public ::testing::Test {
 protected:
  explicit PublicationTest(Audience audience = Audience::local)
      : service_(city_with_privacy(), {.styles = repository() / "styles",
                                       .web = {},
                                       .audience = audience,
                                       .clock = [this] { return now_; },
                                       .on_error = [](auto) {}}) {}

  std::int64_t now_ = parse_local_time("2030-06-01T15:00")->seconds;  // in China the 1st, 23:00
  Service service_;
};

TEST_F(PublicationTest, IsMadeOnceADayOfTheCity) {
  const Publication& p = *service_.publication;
  EXPECT_FALSE(p.ready());
  const auto first = p.now();
  EXPECT_TRUE(p.ready());
  EXPECT_TRUE(first->grids.published);
  EXPECT_EQ(first->epoch(), static_cast<std::uint64_t>(parse_local_time("2030-06-01")->seconds / kSecondsPerDay));
  EXPECT_GT(first->store().size(), 0u);
  EXPECT_LE(first->store().size(), service_.live->now()->store().size());
  now_ += 3599;
  EXPECT_EQ(p.now(), first);
  now_ += 1;
  EXPECT_FALSE(p.ready());
  EXPECT_EQ(p.now()->epoch(), first->epoch() + 1);
}

TEST_F(PublicationTest, LocalProgramsAloneGetTheExactForm) {
  for (const char* host :
       {"127.0.0.1:8080", "127.0.0.1", "127.1.2.3:80", "localhost:8080", "localhost", "[::1]:8080", "[::1]"})
    EXPECT_FALSE(gets_public_form(from(host), service_)) << host;
  for (const char* host :
       {"", "evil.example", "127.0.0.1.evil.example:8080", "127.evil.example", "localhost.evil.example",
        "evil.example:127", "192.168.1.5:8080", "[::2]:8080", "0.0.0.0:8080"})
    EXPECT_TRUE(gets_public_form(from(host), service_)) << host;
  Request request = from("localhost:8080");
  request.forwarded = true;
  EXPECT_TRUE(gets_public_form(request, service_));
}

TEST_F(PublicationTest, PagesOfOtherSitesGetThePublicForm) {
  Request request = from("localhost:8080");
  for (const char* own : {"", "http://localhost:8080", "http://127.0.0.1:5173"}) {
    request.origin = own;
    EXPECT_FALSE(gets_public_form(request, service_)) << own;
  }
  for (const char* other : {"null", "https://evil.example", "http://localhost.evil.example", "garbage"}) {
    request.origin = other;
    EXPECT_TRUE(gets_public_form(request, service_)) << other;
  }
}

TEST_F(PublicationTest, NeedsNoThreadOfTheSocketsToBeMade) {
  const Request request{.target = "/api/city", .host = "evil.example"};
  const Answering first = answer(request, service_);
  ASSERT_TRUE(std::holds_alternative<InWorker>(first));
  EXPECT_EQ(Json::parse(wait_for(first).text())["audience"], "public");
  EXPECT_TRUE(std::holds_alternative<Response>(answer(request, service_)));
}

class ForEverybody : public PublicationTest {
 protected:
  ForEverybody() : PublicationTest(Audience::everybody) {}
};
TEST_F(ForEverybody, NobodyGetsTheExactForm) { EXPECT_TRUE(gets_public_form(from("localhost:8080"), service_)); }

class ForOperators : public PublicationTest {
 protected:
  ForOperators() : PublicationTest(Audience::operators) {}
};
TEST_F(ForOperators, WhoeverReachesTheServerGetsTheExactForm) {
  Request request = from("gridloom.city.gov.cn");
  request.forwarded = true;
  EXPECT_FALSE(gets_public_form(request, service_));
  request.origin = "https://evil.example";
  EXPECT_TRUE(gets_public_form(request, service_)) << "but the pages of others in their browsers";
}

}  // namespace
}  // namespace gridloom
