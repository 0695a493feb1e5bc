// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/event_reader.h"
#include "engine/base/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>

#include "engine/base/strings.h"
#include "engine/events/local_time.h"
#include "engine/io/crs.h"
#include "support/io_support.h"

namespace gridloom {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

const Lattice kNewYork{"EPSG:32618", 586000, 4507000};

CatalogueIncidents incidents_in(const std::filesystem::path& file) {
  CatalogueIncidents c;
  c.places.source.file = file;
  c.places.source.crs = "EPSG:4326";
  c.places.source.place = {"city.yaml", 7, 3};
  c.places.x = "lon";
  c.places.y = "lat";
  c.id = "id";
  c.occurred_at = "at";
  c.category = "kind";
  return c;
}

struct Read {
  EventTable events;
  std::vector<Finding> findings;
};

Read read(const CatalogueIncidents& incidents, const Lattice& lattice = kNewYork) {
  Read r;
  r.events = read_events(incidents, lattice, TimeZone("America/New_York"), r.findings);
  return r;
}

TEST(Events, ReadsColumnsPlacesAndTimes) {
  const TemporaryFolder folder;
  CatalogueIncidents incidents = incidents_in(
      folder.write("e.csv",
                   "\xEF\xBB\xBFid,at,kind,lon,lat,note,closed,level\r\n"
                   "a,2014-07-01T12:30:00,\"Noise, \"\"loud\"\"\",-73.98,40.75,\"two\nlines\",2014-07-02,3\r\n"
                   "b,2010-01-01,Rats,-73.9,40.7,,,\r\n"));
  incidents.closed_at = "closed";
  incidents.severity = "level";
  const auto [events, findings] = read(incidents);
  EXPECT_THAT(findings, IsEmpty());
  EXPECT_THAT(events.id, ElementsAre("a", "b"));
  EXPECT_TRUE(events.occurred_at[0].has_clock);
  EXPECT_EQ(format_local_time(events.occurred_at[0]), "2014-07-01T12:30:00");
  EXPECT_FALSE(events.occurred_at[1].has_clock);  // a date, not midnight
  EXPECT_EQ(format_local_time(events.occurred_at[1]), "2010-01-01");
  EXPECT_EQ(events.category[0], "Noise, \"loud\"");
  EXPECT_EQ(events.category[1], "Rats");
  EXPECT_EQ(events.severity[0], "3");
  EXPECT_EQ(events.agency[0], "");
  EXPECT_EQ(format_local_time(events.closed_at[0]), "2014-07-02");
  EXPECT_EQ(events.closed_at[1], kUnknownTime);
  EXPECT_EQ(events.at[0], kNewYork.round(project("EPSG:32618", {-73.98, 40.75})));
}

TEST(Events, LeavesOutWhatHasNoPlaceOrTimeAndSaysWhy) {
  const TemporaryFolder folder;
  const auto [events, findings] = read(incidents_in(folder.write("e.csv",
                                                                 "id,at,kind,lon,lat\n"
                                                                 "good,2014-07-01,x,-73.98,40.75\n"
                                                                 "r1,2014-07-01,x,,\n"
                                                                 "r2,2014-07-01,x,-73.98,\n"
                                                                 "r3,2014-07-01,x,0,0\n"
                                                                 "r4,2014-07-01,x,0.0,-0.0\n"
                                                                 "r5,2014-07-01,x,west,40.75\n"
                                                                 "r6,2014-07-01,x,120,36\n"
                                                                 "r7,2014-07-01,x,-73.98,95\n"
                                                                 "r8,yesterday,x,-73.98,40.75\n"
                                                                 "r9,2014-02-30,x,-73.98,40.75\n"
                                                                 "good,2014-07-02,x,-73.98,40.75\n"
                                                                 ",2014-07-02,x,-73.98,40.75\n"
                                                                 "n1,2014-07-02,x,inf,40.75\n"
                                                                 "n2,2014-07-02,x,NULL,40.75\n"
                                                                 "s1,2014-07-02,x,40.75,-73.98\n"
                                                                 "<Null>,2014-07-02,x,-73.98,40.75\n")));
  EXPECT_THAT(events.id, ElementsAre("good"));
  const auto told = [](const std::string& feature, const std::string& what) {
    return AllOf(Field(&Finding::feature, feature), says(HasSubstr(what)));
  };
  EXPECT_THAT(findings,
              testing::UnorderedElementsAre(told("r1, r2, n2", "3 rows left out: no coordinates"),
                                            told("r3, r4", "2 rows left out: coordinates 0,0"),
                                            told("r5, n1", "2 rows left out: coordinates that are no numbers"),
                                            told("r6", "1 row left out: coordinates far from the city"),
                                            told("r7", "1 row left out: coordinates that are no degrees"),
                                            told("s1", "1 row left out: longitude and latitude exchanged"),
                                            told("r8, r9", "2 rows left out: 'at' is no time: 'yesterday'"),
                                            told("good", "1 row left out: id stands in an earlier row"),
                                            told("", "2 rows left out: no id")));
}

TEST(Events, TimesWithAZoneBecomeTheCitys) {
  const TemporaryFolder folder;
  const auto [events, findings] = read(incidents_in(folder.write("e.csv",
                                                                 "id,at,kind,lon,lat\n"
                                                                 "a,2014-07-01T04:30:00Z,x,-73.98,40.75\n"
                                                                 "b,2014-07-01 12:30:00.5+08:00,x,-73.98,40.75\n")));
  EXPECT_THAT(findings, IsEmpty());
  for (const LocalTime time : events.occurred_at) EXPECT_EQ(format_local_time(time), "2014-07-01T00:30:00");
}

TEST(Events, TextsHaveABoundAndRowsBeyondItAreRefusedWithTheReason) {
  const TemporaryFolder folder;
  std::string longest, longer;
  while (longest.size() + 3 <= kMostEventTextBytes) longest += "长";
  longest.resize(kMostEventTextBytes, 'x');
  longer = longest + "x";
  const auto row = [](const std::string& id, const std::string& kind, const std::string& time = "2024-01-01") {
    return id + "," + time + "," + kind + ",-73.98,40.75\n";
  };
  const CatalogueIncidents incidents =
      incidents_in(folder.write("e.csv", "id,at,kind,lon,lat\n" + row("a", longest) + row(longer, "x") +
                                             row("b", longer) + row(longest, "x") + row("c", "x", longer)));
  const auto [events, findings] = read(incidents);
  EXPECT_THAT(events.id, ElementsAre("a", longest));
  EXPECT_THAT(findings, testing::UnorderedElementsAre(AllOf(says("1 row left out: 'id' is longer than 256 bytes"),
                                                            Field(&Finding::feature, shortened(longer))),
                                                      says("1 row left out: 'kind' is longer than 256 bytes"),
                                                      says(HasSubstr("'at' is no time"))));

  const EventDelivery delivery = read_event_delivery(incidents, kNewYork, TimeZone("UTC"));
  EXPECT_THAT(delivery.events.id, ElementsAre("a", longest));
  std::vector<std::string> reasons;
  for (const RejectedRow& r : delivery.rejected) reasons.push_back(std::to_string(r.row) + ": " + text_of(r.reason).en);
  EXPECT_THAT(reasons, ElementsAre("2: 'id' is longer than 256 bytes", "3: 'kind' is longer than 256 bytes",
                                   AllOf(HasSubstr("5: 'at' is no time: '" + shortened(longer) + "'"),
                                         testing::Not(HasSubstr(longer)))));
}

TEST(Events, AllRealRejectsAreRejectedWithAReason) {
  CatalogueIncidents incidents = incidents_in(repository() / "gisdata/nyc/incidents_dirty.csv.gz");
  incidents.occurred_at = "occurred_at";
  incidents.category = "category";
  const auto [events, findings] = read(incidents);
  EXPECT_EQ(events.size(), 0u);
  std::size_t rows = 0;
  for (const Finding& f : findings) rows += std::stoul(in_english(f));
  EXPECT_EQ(rows, 1369u);
}

TEST(Events, UndoesADeclaredShift) {
  const TemporaryFolder folder;
  CatalogueIncidents incidents =
      incidents_in(folder.write("e.csv", "id,at,kind,lon,lat\na,2024-01-01,x,120.3826123,36.0671124\n"));
  incidents.places.source.datum = Datum::gcj02;
  const Lattice lattice{"EPSG:4549", 530000, 4000000};
  const Projected p = lattice.metres(read(incidents, lattice).events.at[0]);
  const Projected expected = project("EPSG:4549", {120.3774765, 36.0668365});
  EXPECT_LT(std::hypot(p.x - expected.x, p.y - expected.y), 5);
}

TEST(Events, TakesPointsOfAnyFormat) {
  const TemporaryFolder folder;
  CatalogueIncidents incidents = incidents_in(folder.write("e.geojson", R"({"type":"FeatureCollection","features":[
      {"type":"Feature","properties":{"id":"a","at":"2024-01-01","kind":"x"},
       "geometry":{"type":"Point","coordinates":[-73.98,40.75]}},
      {"type":"Feature","properties":{"id":"b","at":"2024-01-01","kind":"x"},"geometry":null}]})"));
  incidents.places.x = incidents.places.y = incidents.places.source.crs = "";
  const auto [events, findings] = read(incidents);
  ASSERT_THAT(events.id, ElementsAre("a"));
  EXPECT_EQ(events.at[0], kNewYork.round(project("EPSG:32618", {-73.98, 40.75})));
  // GDAL makes it a date; it comes back as it was written.
  EXPECT_EQ(format_local_time(events.occurred_at[0]), "2024-01-01");
  EXPECT_THAT(findings, ElementsAre(says("1 row left out: no coordinates")));
}

TEST(Events, ReadsGb18030AndOtherSeparators) {
  const TemporaryFolder folder;
  const auto [events, findings] =
      read(incidents_in(folder.write("e.csv", "id;at;kind;lon;lat\na;2024-01-01;\xD4\xEB\xC9\xF9;-73.98;40.75\n")));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events.category[0], "噪声");
  EXPECT_THAT(findings, ElementsAre(says(HasSubstr("is not UTF-8: read as GB 18030"))));
}

TEST(Events, FiltersRows) {
  const TemporaryFolder folder;
  CatalogueIncidents incidents =
      incidents_in(folder.write("e.csv", "id,at,kind,lon,lat\na,2024-01-01,x,-73,40\nb,2024-01-01,y,-73,40\n"));
  incidents.places.source.where["kind"] = {"y", "z"};
  EXPECT_THAT(read(incidents).events.id, ElementsAre("b"));
}

TEST(Events, FaultsOfTheTableAreOneClearMessage) {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& content) {
    return data_error([&] { read(incidents_in(folder.write("e.csv", content))); });
  };
  EXPECT_THAT(
      message("id,at,kinds,lon,lat\na,2024-01-01,x,1,2\n"),
      AllOf(HasSubstr("city.yaml:7:3: "),
            HasSubstr("e.csv: there is no column 'kind'; did you mean 'kinds'? (columns: id, at, kinds, lon, lat)")));
  EXPECT_THAT(message("id,at,kind,lon,lat\na,2024-01-01,x,1\n"), HasSubstr("e.csv:2: has 4 cells, the header 5"));
  EXPECT_THAT(message("id,at,kind,lon,lat\na,2024-01-01,x,1,2,3\n"), HasSubstr("e.csv:2: has 6 cells, the header 5"));
  EXPECT_THAT(message("id,at,kind,lon,lat\n\na,b,\"open,1,2\n"), HasSubstr("e.csv:3: a quote is never closed"));
  EXPECT_THAT(message("id,at,kind,lon,lat\na,b,\"x\"y,1,2\n"), HasSubstr("e.csv:2: text follows a closing quote"));
  EXPECT_THAT(message(""), HasSubstr("e.csv: is empty"));
  EXPECT_EQ(read(incidents_in(folder.write("e.csv", "id,at,kind,lon,lat\n"))).events.size(), 0u);
  EXPECT_THAT(data_error([&] { read(incidents_in(folder.path() / "nothing.csv")); }),
              HasSubstr("nothing.csv: there is no such file"));
  folder.write("e.csv.gz", "\x1f\x8b\x08 no gzip");
  EXPECT_THROW(read(incidents_in(folder.path() / "e.csv.gz")), DataError);
}

TEST(Events, TruncatedTablesNeverCrash) {
  const TemporaryFolder folder;
  const std::string whole = "id,at,kind,lon,lat\na,\"2024-01-01\",\"x\"\"y\",-73.9,40.7\r\nb,2024-01-02,,-73.9,40.7";
  for (std::size_t n = 0; n <= whole.size(); ++n) {
    const auto file = folder.write("e.csv", whole.substr(0, n));
    try {
      read(incidents_in(file));
    } catch (const DataError&) {
    }
  }
  EXPECT_THAT(read(incidents_in(folder.write("e.csv", whole))).events.id, ElementsAre("a", "b"));
}

TEST(Events, LastEmptyCellCounts) {
  const TemporaryFolder folder;
  CatalogueIncidents incidents =
      incidents_in(folder.write("e.csv", "id,at,kind,lon,lat,closed\na,2024-01-01,x,-73.9,40.7,"));
  incidents.closed_at = "closed";
  EXPECT_EQ(read(incidents).events.closed_at.at(0), kUnknownTime);
}

TEST(Facilities, AreReadLikeEvents) {
  const TemporaryFolder folder;
  CatalogueFacilities stations;
  stations.id = "firehouses";
  stations.places.source.file = repository() / "gisdata/nyc/firehouses.csv";
  stations.places.source.crs = "EPSG:4326";
  stations.places.x = "lon";
  stations.places.y = "lat";
  stations.key = stations.name = "name";
  stations.kind = "kind";
  std::vector<Finding> findings;
  const std::vector<Facility> all = read_facilities(stations, kNewYork, findings);
  ASSERT_EQ(all.size(), 219u);
  EXPECT_EQ(all[0].name, "Engine 1/Ladder 24");
  EXPECT_EQ(all[0].kind, "firehouse");
  EXPECT_EQ(all[0].at, kNewYork.round(project("EPSG:32618", {-73.9911243, 40.74849695})));
  EXPECT_THAT(findings, IsEmpty());
}

}  // namespace
}  // namespace gridloom
