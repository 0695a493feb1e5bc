// SPDX-License-Identifier: Apache-2.0
// Requests to responses over the toy city, without sockets.
#include "server/api/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/io/crs.h"
#include "support/repository.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using Json = nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::StartsWith;

class RoutesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    service_ = new Service(toy::city(), {.styles = repository() / "styles", .web = {}, .on_error = [](auto) {}});
  }
  static void TearDownTestSuite() {
    delete service_;
    service_ = nullptr;
  }

  static Response ask(Request request) { return wait_for(answer(std::move(request), *service_)); }
  static Response get(const std::string& target) { return ask({.target = target, .host = "city.example:8080"}); }
  static std::optional<Response> at_once(const std::string& target) {
    Answering made = answer({.target = target}, *service_);
    const auto* ready = std::get_if<Response>(&made);
    return ready ? std::optional(*ready) : std::nullopt;
  }
  static Json json(const std::string& target) {
    const Response response = get(target);
    EXPECT_EQ(response.status, 200u) << target << '\n' << response.text();
    return Json::parse(response.text());
  }
  // Status and detail of an error, which must be a problem document.
  static unsigned refused(const std::string& target) {
    const Response response = get(target);
    EXPECT_EQ(response.header("Content-Type"), "application/problem+json") << target;
    const Json problem = Json::parse(response.text());
    EXPECT_EQ(problem.at("status"), response.status) << target;
    EXPECT_FALSE(problem.at("title").get<std::string>().empty());
    EXPECT_FALSE(problem.at("detail").get<std::string>().empty());
    return response.status;
  }
  // Query of a place in the toy city's drawings.
  static std::string lonlat(double column, double row) {
    const Lattice& lattice = service_->city->arrangement.lattice;
    const LonLat p = to_lonlat(lattice.crs, lattice.metres(toy::at(column, row)));
    return "lon=" + Json(p.lon).dump() + "&lat=" + Json(p.lat).dump();
  }
  static Json locate(double column, double row) { return json("/api/locate?" + lonlat(column, row)); }
  // A tile in the middle of the city.
  static std::string tile_of_centre(unsigned z) {
    const GeographicBounds b = service_->tiles.bounds();
    const double n = std::exp2(z), lat = (b.south + b.north) / 2 * M_PI / 180;
    const auto x = static_cast<unsigned>(((b.west + b.east) / 2 + 180) / 360 * n);
    const auto y = static_cast<unsigned>((1 - std::asinh(std::tan(lat)) / M_PI) / 2 * n);
    return std::to_string(z) + "/" + std::to_string(x) + "/" + std::to_string(y);
  }

  static Service* service_;
};
Service* RoutesTest::service_ = nullptr;

TEST_F(RoutesTest, Health) {
  EXPECT_EQ(json("/healthz")["status"], "ok");
  EXPECT_EQ(json("/readyz")["status"], "ok");
}

TEST_F(RoutesTest, CityDescribesItself) {
  const auto each = [](const Json& list, const char* key) {
    std::vector<std::string> values;
    for (const Json& item : list) values.push_back(item.at(key));
    return values;
  };
  const Json city = json("/api/city");
  EXPECT_EQ(city["id"], "toy");
  EXPECT_EQ(city["name"]["zh"], "玩具市");
  EXPECT_EQ(city["crs"], "EPSG:4528");
  EXPECT_EQ(city["grids"], 9);
  EXPECT_EQ(city["incidents"], toy::city().events.size());
  EXPECT_EQ(service_->city->events.size(), 0u) << "they are in the store of the live events";
  EXPECT_THAT(each(city["layers"], "id"), ElementsAre("police", "schools", "sanitation"));
  EXPECT_THAT(each(city["admin"], "id"), ElementsAre("city", "district", "community"));
  EXPECT_THAT(each(city["maps"], "id"), testing::IsSupersetOf({"grids", "department", "zones", "incidents"}));
  EXPECT_EQ(city["maps"][0]["tilejson"], "/tiles/grids.json");
  EXPECT_EQ(city["maps"][0]["vector_tilejson"], "/tiles/grids.json?format=mvt");
  EXPECT_EQ(city["heat"]["tilejson"], "/tiles/heat.json");
  // Four kilometres by two and a half in the bay of Qingdao, sheared.
  EXPECT_NEAR(city["bounds"][2].get<double>() - city["bounds"][0].get<double>(), 0.045, 0.001);
  EXPECT_NEAR(city["bounds"][3].get<double>() - city["bounds"][1].get<double>(), 0.024, 0.001);
}

TEST_F(RoutesTest, LocateNamesGridChainAndAllLayers) {
  const Json answer = locate(3.5, 8.5);
  EXPECT_EQ(answer["found"], true);
  EXPECT_EQ(answer["on_boundary"], false);
  EXPECT_EQ(answer["admin"].size(), service_->city->admin.size());
  ASSERT_EQ(answer["responsibilities"].size(), 3u);
  for (std::size_t l = 0; l < 3; ++l) EXPECT_EQ(answer["responsibilities"][l]["layer"], service_->city->layers[l].id);
  const auto& grid = service_->city->grids;
  const auto found =
      std::find_if(grid.begin(), grid.end(), [&](const Grid& g) { return g.code == answer["grid"]["code"]; });
  ASSERT_NE(found, grid.end());
  EXPECT_EQ(answer["grid"]["area_m2"], found->area_m2);
}

TEST_F(RoutesTest, LocateNamesTheFallbackOfAVacantLayer) {
  const Json islet = locate(15.5, 7.5);
  const Json sanitation = islet["responsibilities"][2];
  EXPECT_EQ(sanitation["status"], "vacant");
  EXPECT_EQ(sanitation["unit_id"], nullptr);
  EXPECT_EQ(sanitation["here"], nullptr);
  EXPECT_EQ(sanitation["fallback"]["code"], islet["admin"].back()["code"]);
}

TEST_F(RoutesTest, LocateNamesAllCellsOfAnOverlap) {
  EXPECT_EQ(locate(7.5, 6.5)["responsibilities"][1]["here_all"].size(), 2u);
}

// Grids are counted from 1, as they are drawn; of those that touch a point the one with the lowest code answers.
TEST_F(RoutesTest, LocateOnABoundarySaysSo) {
  const auto answer = [](double column, double row) {
    const Projected p = service_->city->arrangement.lattice.metres(toy::at(column, row));
    return json("/api/locate?lon=" + Json(p.x).dump() + "&lat=" + Json(p.y).dump() + "&crs=epsg:4528");
  };
  const auto code = [](std::size_t grid) { return service_->city->grids[grid - 1].code; };
  const Json inside = answer(4, 6), between = answer(4, 8), three = answer(4, 5), limit = answer(8, 0);
  EXPECT_EQ(inside["on_boundary"], false);
  EXPECT_EQ(inside["grid"]["code"], code(6));
  EXPECT_EQ(between["on_boundary"], true);
  EXPECT_EQ(between["grid"]["code"], code(6)) << "between 6 and 7";
  EXPECT_EQ(three["on_boundary"], true);
  EXPECT_EQ(three["grid"]["code"], code(1)) << "between 1, 2 and 6";
  EXPECT_EQ(limit["on_boundary"], true);
  EXPECT_EQ(limit["grid"]["code"], code(2)) << "between 2, 3 and the outside";
}

TEST_F(RoutesTest, OutsideIsAnAnswer) {
  for (const std::string place : {"lon=0&lat=0", "lon=-74&lat=40.7", "lon=180&lat=-90"}) {
    const Json answer = json("/api/locate?" + place);
    EXPECT_EQ(answer["found"], false);
    EXPECT_FALSE(answer["message"]["en"].get<std::string>().empty());
    EXPECT_FALSE(answer["message"]["zh"].get<std::string>().empty());
  }
}

TEST_F(RoutesTest, LocateRefusesWhatIsNoPlace) {
  for (const std::string query : {"", "lon=1", "lat=1", "lon=&lat=", "lon=x&lat=1", "lon=1&lat=nan", "lon=inf&lat=0",
                                  "lon=1e999&lat=0", "lon=1&lat=1&lat=2", "lon=120&lat=91", "lon=1&lat=1&crs=mars",
                                  "lon=0x10&lat=1", "lon=1 &lat=1", "lon=1&lat=1&crs=epsg:999999", "lon=%00&lat=1"})
    EXPECT_EQ(refused("/api/locate?" + query), 400u) << query;
}

TEST_F(RoutesTest, PngTiles) {
  const Response once = get("/tiles/grids/WebMercatorQuad/" + tile_of_centre(13) + ".png");
  const Response twice = get("/tiles/grids/WebMercatorQuad/" + tile_of_centre(13) + "@2x.png");
  EXPECT_EQ(once.status, 200u);
  EXPECT_EQ(once.header("Content-Type"), "image/png");
  EXPECT_THAT(std::string(once.text()), StartsWith("\x89PNG\r\n"));
  // IHDR: the width in bytes 16 to 19, big-endian.
  EXPECT_EQ(once.text()[18], '\x01');
  EXPECT_EQ(twice.text()[18], '\x02');
}

TEST_F(RoutesTest, VectorTiles) {
  const Response tile = get("/tiles/zones/WebMercatorQuad/" + tile_of_centre(13) + ".mvt?layer=police");
  EXPECT_EQ(tile.status, 200u);
  EXPECT_EQ(tile.header("Content-Type"), "application/vnd.mapbox-vector-tile");
  EXPECT_EQ(tile.header("Vary"), "Accept-Encoding");
}

TEST_F(RoutesTest, OutsideTheCityATileIsBlankOrEmpty) {
  EXPECT_EQ(get("/tiles/grids/WebMercatorQuad/13/0/0.png").status, 200u);
  EXPECT_EQ(get("/tiles/grids/WebMercatorQuad/13/0/0.mvt").status, 204u);
}

TEST_F(RoutesTest, RefusesMalformedTiles) {
  const std::string root = "/tiles/grids/WebMercatorQuad/";
  for (const std::string& bad :
       {root + "a/0/0.png", root + "1/-1/0.png", root + "1/0/0.gif", root + "1/0/0", root + "1/0/0@3x.png",
        root + "1/0/0@2x.mvt", root + "1/0/.png", root + "1/0/0 .png", root + "1/0/99999999999999999999.png",
        root + "1/0/0.png?lang=fr", root + "1/0/0.png?lang=en&lang=zh",
        std::string("/tiles/zones/WebMercatorQuad/1/0/0.png"), std::string("/tiles/zones.json"),
        std::string("/tiles/grids.json?format=gif"), std::string("/tiles/%zz")})
    EXPECT_EQ(refused(bad), 400u) << bad;
}

TEST_F(RoutesTest, WhatIsNotThereIs404) {
  const std::string root = "/tiles/grids/WebMercatorQuad/";
  for (const std::string& missing :
       {root + "13/8192/0.png", root + "40/0/0.png", root + "4294967297/0/0.png",
        root + "13/0/18446744073709551615.png", std::string("/tiles/none/WebMercatorQuad/13/0/0.png"),
        std::string("/tiles/grids/Other/13/0/0.png"), std::string("/tiles/zones/WebMercatorQuad/13/0/0.png?layer=none"),
        std::string("/tiles/none.json"), std::string("/tiles/zones.json?layer=none"), std::string("/tiles/grids/x"),
        std::string("/nothing"), std::string("/../etc/passwd"), std::string("/%2e%2e/etc/passwd"),
        std::string("/api/locate/x")})
    EXPECT_EQ(refused(missing), 404u) << missing;
}

TEST_F(RoutesTest, TileJson) {
  const Json set = json("/tiles/zones.json?layer=police&lang=zh&format=mvt");
  EXPECT_EQ(set["tilejson"], "3.0.0");
  EXPECT_THAT(set["tiles"].get<std::vector<std::string>>(),
              ElementsAre("http://city.example:8080/tiles/zones/WebMercatorQuad/{z}/{x}/{y}.mvt?lang=zh&layer=police"));
  EXPECT_EQ(set["bounds"].size(), 4u);
  EXPECT_LE(set["minzoom"], set["maxzoom"]);
  ASSERT_EQ(set["vector_layers"].size(), 1u);
  EXPECT_EQ(set["vector_layers"][0]["id"], "zones");
  EXPECT_TRUE(set["vector_layers"][0]["fields"].contains("unit_id"));
  ASSERT_FALSE(set["legend"].empty());
  EXPECT_THAT(set["legend"][0]["color"].get<std::string>(), StartsWith("#"));
  EXPECT_TRUE(set["legend"][0]["label"].contains("zh"));
}

TEST_F(RoutesTest, TileJsonOfRastersTellsNoVectorLayers) {
  const Json set = json("/tiles/zones.json?layer=police");
  EXPECT_FALSE(set.contains("vector_layers"));
  EXPECT_THAT(set["tiles"].get<std::vector<std::string>>(),
              ElementsAre("http://city.example:8080/tiles/zones/WebMercatorQuad/{z}/{x}/{y}.png?lang=en&layer=police"));
}

TEST_F(RoutesTest, TileJsonOfTheHeatCarriesTheQuestion) {
  const Json set = json("/tiles/heat.json?category=street+light&radius=300&lang=zh");
  EXPECT_THAT(set["tiles"].get<std::vector<std::string>>(),
              ElementsAre("http://city.example:8080/tiles/heat/WebMercatorQuad/{z}/{x}/{y}.png?category=street%20light&"
                          "radius=300&lang=zh"));
  EXPECT_EQ(set["legend"].size(), 5u);
  EXPECT_EQ(refused("/tiles/heat.json?hours=25"), 400u);
}

// Clients put it into their pages.
TEST_F(RoutesTest, AttributionIsEscaped) {
  City city = toy::city();
  city.layers[0].department.en = "<img src=x onerror=alert(1)>";
  const Service service(std::move(city), {.styles = repository() / "styles", .web = {}, .on_error = [](auto) {}});
  const Response response = wait_for(answer({.target = "/tiles/grids.json"}, service));
  EXPECT_THAT(Json::parse(response.text())["attribution"].get<std::string>(), HasSubstr("&lt;img src=x"));
}

TEST_F(RoutesTest, AHostileHostIsNotEchoed) {
  const Response response = ask({.target = "/tiles/grids.json", .host = "a\"><script>"});
  EXPECT_THAT(Json::parse(response.text())["tiles"][0].get<std::string>(), StartsWith("/tiles/"));
}

TEST_F(RoutesTest, ATileIsDrawnOnceAndThenAtOnce) {
  const std::string target = "/tiles/incidents/WebMercatorQuad/" + tile_of_centre(14) + ".png";
  EXPECT_FALSE(at_once(target));
  const Response drawn = get(target);
  const auto kept = at_once(target);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->text(), drawn.text());
  EXPECT_EQ(kept->header("ETag"), drawn.header("ETag"));
  // A layer means nothing to this map, and v to none: the same picture, the same entry.
  EXPECT_TRUE(at_once(target + "?layer=police&v=7"));
  EXPECT_FALSE(at_once(target + "?lang=zh"));
}

TEST_F(RoutesTest, MethodsAndHeaders) {
  const Response posted = ask({.method = "POST", .target = "/api/city"});
  EXPECT_EQ(posted.status, 405u);
  EXPECT_EQ(posted.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(get("/api/city").header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(get("/nothing").header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(ask({.method = "HEAD", .target = "/api/city"}).status, 200u);
}

TEST_F(RoutesTest, OptionsTellWhatAPathTakesToPagesToo) {
  const std::pair<const char*, const char*> paths[] = {{"/api/city", "GET, HEAD, OPTIONS"},
                                                       {"/api/incidents", "GET, HEAD, POST, OPTIONS"},
                                                       {"/api/heatmap?cell=7", "GET, HEAD, POST, OPTIONS"},
                                                       {"/api/jobs/x", "GET, HEAD, DELETE, OPTIONS"},
                                                       {"/api/jobs/x/result", "GET, HEAD, OPTIONS"},
                                                       {"/nothing", "GET, HEAD, OPTIONS"},
                                                       {"*", "GET, HEAD, OPTIONS"}};
  for (const auto& [target, methods] : paths) {
    const Response options = ask({.method = "OPTIONS", .target = target});
    EXPECT_EQ(options.status, 204u) << target;
    EXPECT_EQ(options.header("Allow"), methods) << target;
    EXPECT_EQ(options.header("Access-Control-Allow-Methods"), methods) << target;
    EXPECT_EQ(options.header("Access-Control-Allow-Origin"), "*") << target;
  }
}

TEST_F(RoutesTest, WhatARouteDoesNotKnowIsRefusedWithWhatItKnows) {
  for (const std::string path : {"/healthz", "/metrics", "/api/city", "/api/locate", "/api/incidents",
                                 "/api/incidents/epoch", "/api/incidents/counts", "/api/heatmap", "/api/hotspots",
                                 "/api/jobs/x", "/api/jobs/x/result", "/tiles/heat.json", "/tiles/grids.json",
                                 "/tiles/heat/WebMercatorQuad/0/0/0.png", "/tiles/grids/WebMercatorQuad/0/0/0.png"}) {
    const Response response = get(path + "?colour=red&lang=zh");
    EXPECT_EQ(response.status, 400u) << path;
    EXPECT_THAT(std::string(response.text()), HasSubstr("“colour”在此没有意义")) << path;
    EXPECT_THAT(std::string(response.text()), HasSubstr("lang")) << path;
  }
  EXPECT_EQ(refused("/tiles/grids.json?map=zones"), 400u) << "the path alone says which map";
  EXPECT_EQ(refused("/?anything=1"), 404u) << "the page reads its own";
  EXPECT_EQ(refused("/api/city?lang=fr"), 400u);
}

TEST_F(RoutesTest, ErrorsComeInTheLanguageOfTheOneWhoAsks) {
  const auto told = [&](const std::string& target, const std::string& accepted) {
    return std::string(ask({.target = target, .accept_language = accepted}).text());
  };
  EXPECT_THAT(told("/nothing", ""), HasSubstr("There is nothing"));
  EXPECT_THAT(told("/nothing", "de, zh-CN;q=0.8, en;q=0.5"), HasSubstr("该地址没有内容"));
  EXPECT_THAT(told("/nothing?lang=en", "zh"), HasSubstr("There is nothing"));
  EXPECT_THAT(told("/nothing?lang=zh", "en"), HasSubstr("该地址没有内容"));
  EXPECT_THAT(told("/%zz", "zh"), HasSubstr("格式有误"));
  const Response posted = ask({.method = "POST", .target = "/api/heatmap", .body = R"({"lang": "zh", "cell": "x"})"});
  EXPECT_THAT(std::string(posted.text()), HasSubstr("“cell”应为"));
}

TEST_F(RoutesTest, WhatTheClientHasIsNotSentAgain) {
  const Response first = get("/api/city");
  const Response again = ask({.target = "/api/city", .if_none_match = std::string(first.header("ETag"))});
  EXPECT_EQ(again.status, 304u);
}

TEST_F(RoutesTest, MetricsCount) {
  get("/nothing");
  const Response metrics = get("/metrics");
  EXPECT_THAT(std::string(metrics.text()), HasSubstr("gridloom_requests_total{route=\"page\",status=\"404\"} "));
  EXPECT_THAT(std::string(metrics.text()), HasSubstr("# TYPE gridloom_renders_total counter"));
  EXPECT_THAT(std::string(metrics.header("Content-Type")), StartsWith("text/plain"));
}

TEST_F(RoutesTest, AnalysesAreMadeElsewhere) {
  const auto elsewhere = [&](const std::string& method, const std::string& target) {
    const Answering made = answer({.method = method, .target = target}, *service_);
    const auto* others = std::get_if<Elsewhere>(&made);
    return others && !others->in_time;
  };
  EXPECT_TRUE(elsewhere("GET", "/api/heatmap?format=json"));
  EXPECT_TRUE(elsewhere("POST", "/api/hotspots"));
  EXPECT_FALSE(elsewhere("GET", "/api/city"));
  EXPECT_FALSE(elsewhere("DELETE", "/api/heatmap"));
  const Json record = json("/api/heatmap?format=json&category=noise");
  EXPECT_EQ(record["unit"], "incidents per km²");
  EXPECT_EQ(json("/api/hotspots?format=json&method=moran")["method"], "moran");
}

TEST_F(RoutesTest, QuestionsWithoutMeaningAreRefusedAtOnce) {
  for (const char* wrong : {"bandwidth=x", "format=jpeg", "wait=-1", "nonsense=1", "area=grid:x", "cell=1&cell=2"})
    EXPECT_EQ(refused(std::string("/api/heatmap?") + wrong), 400u) << wrong;
  EXPECT_EQ(refused("/api/hotspots?format=tif"), 400u);
  EXPECT_EQ(ask({.method = "POST", .target = "/api/hotspots", .body = R"({"colour": "red"})"}).status, 400u);
  EXPECT_EQ(ask({.method = "POST", .target = "/api/hotspots", .body = "[1]"}).status, 400u);
  EXPECT_EQ(refused("/api/jobs/none"), 404u);
  EXPECT_EQ(refused("/api/jobs/none/result"), 404u);
}

TEST_F(RoutesTest, AJobIsFollowedByItsLinks) {
  const Response accepted = get("/api/heatmap?format=csv&bandwidth=300&cell=3&wait=0");  // long enough to be waited for
  ASSERT_EQ(accepted.status, 202u);
  const std::string address(accepted.header("Location"));
  Json job;
  do {
    job = json(address);
    if (job["state"] == "running") {
      EXPECT_THAT(job["step"].get<double>(), AllOf(Ge(0), Le(1)));
    }
  } while (job["state"] == "waiting" || job["state"] == "running");
  EXPECT_EQ(job["state"], "done");
  const Response result = get(job["links"]["result"]);
  EXPECT_EQ(result.status, 200u);
  EXPECT_THAT(std::string(result.text()), StartsWith("cell,name,mean,largest"));
  EXPECT_EQ(ask({.method = "DELETE", .target = address}).status, 204u);
  EXPECT_EQ(get(address).status, 404u);
}

}  // namespace
}  // namespace gridloom
