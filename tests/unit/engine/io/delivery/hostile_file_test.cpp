// SPDX-License-Identifier: Apache-2.0
// What a department's file may not do: read other files, reach the network, unpack without end, or keep us waiting.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sqlite3.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <gdal_priv.h>
#include <gdal_utils.h>

#include <string>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/parallel.h"
#include "engine/io/crs.h"
#include "engine/io/delivery/table_file.h"
#include "engine/io/delivery/unpack.h"
#include "engine/io/delivery/vector_file.h"
#include "support/io_support.h"

namespace gridloom {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

CatalogueSource source_of(const std::filesystem::path& file) {
  CatalogueSource source;
  source.file = file;
  source.place = {"city.yaml", 4, 5};
  return source;
}

// What became of reading a file: its features, or the message.
struct Outcome {
  std::vector<RawFeature> features;
  std::string message;
};

Outcome read(const CatalogueSource& source) {
  try {
    return {read_vector_file(source).features, ""};
  } catch (const DataError& e) {
    return {{}, text_of(e).en};
  }
}

Outcome read(const std::filesystem::path& file) { return read(source_of(file)); }

const std::string kRing = "[[0,0],[1,0],[1,1],[0,0]]";

std::string geojson(const std::string& more = "", const std::string& id = "a") {
  return R"({"type":"FeatureCollection",)" + more + R"("features":[{"type":"Feature","properties":{"id":")" + id +
         R"("},"geometry":{"type":"Polygon","coordinates":[)" + kRing + "]}}]}";
}

// Counts who opens the files of a folder.
class Watch {
 public:
  explicit Watch(const std::filesystem::path& folder) : fd_(inotify_init1(IN_NONBLOCK)) {
    EXPECT_GE(inotify_add_watch(fd_, folder.c_str(), IN_OPEN | IN_ACCESS), 0);
  }
  ~Watch() { close(fd_); }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  bool opened() const {
    char events[4096];
    return ::read(fd_, events, sizeof events) > 0;
  }

 private:
  int fd_;
};

// A port of this machine on which nothing may be asked.
class Listener {
 public:
  Listener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(fd_, 8), 0);
    socklen_t size = sizeof address;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/x"; }
  // A connection waits in the queue from the moment it was made.
  bool asked() const {
    pollfd waiting{fd_, POLLIN, 0};
    return poll(&waiting, 1, 0) > 0;
  }

 private:
  int fd_;
  int port_ = 0;
};

// A zip archive written by GDAL itself.
std::filesystem::path zip(const std::filesystem::path& file,
                          const std::vector<std::pair<std::string, std::string>>& in) {
  const std::string path = "/vsizip/" + file.string();
  VSILFILE* archive = VSIFOpenL(path.c_str(), "wb");  // open while entries are added
  for (const auto& [name, content] : in) {
    VSILFILE* entry = VSIFOpenL((path + "/" + name).c_str(), "wb");
    VSIFWriteL(content.data(), 1, content.size(), entry);
    VSIFCloseL(entry);
  }
  VSIFCloseL(archive);
  return file;
}

std::filesystem::path gzip(const std::filesystem::path& file, const std::string& content, std::size_t times = 1) {
  VSILFILE* out = VSIFOpenL(("/vsigzip/" + file.string()).c_str(), "wb");
  for (std::size_t i = 0; i < times; ++i) VSIFWriteL(content.data(), 1, content.size(), out);
  VSIFCloseL(out);
  return file;
}

void sql(const std::filesystem::path& file, const std::string& statements) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  char* why = nullptr;
  EXPECT_EQ(sqlite3_exec(database, statements.c_str(), nullptr, nullptr, &why), SQLITE_OK) << why;
  sqlite3_close(database);
}

// An honest layer in another format.
std::filesystem::path converted(const TemporaryFolder& folder, const char* driver, const std::string& name) {
  GDALAllRegister();
  const auto from = folder.write("honest.geojson", geojson());
  GDALDatasetH in = GDALOpenEx(from.c_str(), GDAL_OF_VECTOR, nullptr, nullptr, nullptr);
  const char* arguments[] = {"-f", driver, "-nln", "honest", nullptr};
  GDALVectorTranslateOptions* options = GDALVectorTranslateOptionsNew(const_cast<char**>(arguments), nullptr);
  const auto file = folder.path() / name;
  GDALClose(GDALVectorTranslate(file.c_str(), nullptr, 1, &in, options, nullptr));
  GDALVectorTranslateOptionsFree(options);
  GDALClose(in);
  return file;
}

class Hostile : public testing::Test {
 protected:
  // All drivers are there, as in a Python that uses GDAL for other things too.
  Hostile() {
    GDALAllRegister();
    std::filesystem::create_directory(folder.path() / "other");
    canary = folder.write("other/canary.geojson", geojson("", "canary"));
    folder.write("other/canary.csv", "id,at,kind,lon,lat\ncanary,2024-01-01,x,0,0\n");
    folder.write("other/canary.xsd", "<schema xmlns=\"http://www.w3.org/2001/XMLSchema\"/>");
    watch.emplace(folder.path() / "other");
  }

  // Reads, and expects that nothing but the file was.
  Outcome read_alone(const CatalogueSource& source) {
    const Outcome outcome = read(source);
    EXPECT_FALSE(watch->opened()) << source.file;
    EXPECT_FALSE(listener.asked()) << source.file;
    for (const RawFeature& feature : outcome.features)
      for (const auto& value : feature.values) EXPECT_NE(value, "canary") << source.file;
    return outcome;
  }
  Outcome read_alone(const std::filesystem::path& file) { return read_alone(source_of(file)); }

  TemporaryFolder folder;
  std::filesystem::path canary;
  std::optional<Watch> watch;
  Listener listener;
};

TEST_F(Hostile, TheWatchesSeeWhatIsOpenedAndAsked) {
  read(canary);
  EXPECT_TRUE(watch->opened());
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  const std::string url = listener.url();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  ASSERT_EQ(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_TRUE(listener.asked());
  close(client);
}

TEST_F(Hostile, VirtualAndServiceFilesAreNoLayersWhateverTheirName) {
  const std::string of_file = "<OGRVRTDataSource><OGRVRTLayer name=\"canary\"><SrcDataSource>" + canary.string() +
                              "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>";
  const std::string of_url = "<OGRVRTDataSource><OGRVRTLayer name=\"x\"><SrcDataSource>/vsicurl/" + listener.url() +
                             ".geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>";
  const std::string wfs = "<OGRWFSDataSource><URL>" + listener.url() + "</URL></OGRWFSDataSource>";
  const std::string csw = "<OGRCSWDataSource><URL>" + listener.url() + "</URL></OGRCSWDataSource>";
  const std::string wmts = "<GDAL_WMTS><GetCapabilitiesUrl>" + listener.url() + "</GetCapabilitiesUrl></GDAL_WMTS>";
  for (const std::string& content : {of_file, of_url, wfs, csw, wmts, "WFS:" + listener.url(), listener.url()}) {
    for (const char* name : {"a.vrt", "a.xml", "a.geojson", "a.json", "a.gml", "a.kml", "a.csv", "a.shp", "a.gpkg"})
      EXPECT_THAT(read_alone(folder.write(name, content)).message, HasSubstr("city.yaml:4:5: ")) << name << content;
    for (const char* name : {"b.geojson.gz", "b.vrt.gz", "b.gml.gz"})
      EXPECT_THAT(read_alone(gzip(folder.path() / name, content)).message, Not(IsEmpty())) << name;
    for (const char* name : {"a.vrt", "a.geojson", "a.gml"}) {
      std::filesystem::remove(folder.path() / "c.zip");
      EXPECT_THAT(read_alone(zip(folder.path() / "c.zip", {{name, content}})).message, Not(IsEmpty())) << name;
    }
  }
}

TEST_F(Hostile, AFileOfAnotherKindIsToldTheFormats) {
  for (const char* name : {"photo.jpg", "report.pdf", "a.vrt", "city.yaml", "nothing", "a.nc", "a.sqlite", "a.pdf.gz"})
    EXPECT_THAT(
        read(folder.write(name, "x")).message,
        AllOf(HasSubstr(name), HasSubstr("known are GeoJSON, TopoJSON (.geojson"), HasSubstr("shapefile (.shp)")));
  EXPECT_THAT(read(zip(folder.path() / "d.zip", {{"readme.pdf", "x"}, {"a/letter.docx", "y"}})).message,
              AllOf(HasSubstr("holds no layer"), HasSubstr("a/letter.docx, readme.pdf"), HasSubstr("known are")));
  EXPECT_THAT(read("/vsimem/a.geojson").message, HasSubstr("is no file of this machine"));
  EXPECT_THAT(read("/vsicurl/" + listener.url() + ".geojson").message, HasSubstr("is no file of this machine"));
}

TEST_F(Hostile, LinksToACrsAreNotFollowedAndNotTakenForWgs84) {
  const auto crs = [](const std::string& type, const std::string& key, const std::string& text) {
    return R"("crs":{"type":")" + type + R"(","properties":{")" + key + R"(":")" + text + "\"}},";
  };
  const std::string file = "file://" + (folder.path() / "other/canary.xsd").string();
  for (const std::string& text :
       {crs("link", "href", listener.url()), crs("url", "url", listener.url()), crs("link", "href", file),
        crs("name", "name", listener.url()), crs("name", "name", (folder.path() / "other/canary.xsd").string()),
        crs("name", "name", "EPSG:999999")}) {
    CatalogueSource source = source_of(folder.write("a.geojson", geojson(text)));
    EXPECT_THAT(read_alone(source).message, AllOf(HasSubstr("names a CRS that cannot be used"), HasSubstr("'crs'")))
        << text;
    source.crs = "EPSG:4326";
    EXPECT_THAT(read_alone(source).features, SizeIs(1)) << text;
  }
  EXPECT_THAT(read_alone(folder.write("a.geojson", geojson(R"("crs":null,)"))).features, SizeIs(1));
}

TEST_F(Hostile, ACrsIsANameNotAnAddress) {
  for (const std::string& crs :
       {listener.url(), (folder.path() / "other/canary.xsd").string(), "@" + canary.string()}) {
    EXPECT_THAT(data_error([&] { is_geographic(crs); }), HasSubstr("unknown coordinate reference system"));
    EXPECT_FALSE(watch->opened() || listener.asked()) << crs;
  }
}

TEST_F(Hostile, GmlAndKmlFetchNothing) {
  const std::string polygon =
      R"(<gml:Polygon srsName="SRS"><gml:outerBoundaryIs><gml:LinearRing><gml:coordinates>)"
      R"(0,0 1,0 1,1 0,0</gml:coordinates></gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>)";
  const std::string gml = R"(<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "ENTITY">]>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" xmlns:x="http://x"
 xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://x SCHEMA"><gml:featureMember><x:a gml:id="a.1"><x:id>1</x:id><x:g>)" +
                          polygon +
                          R"(</x:g><x:h xlink:href="LINK#a"/></x:a></gml:featureMember></wfs:FeatureCollection>)";
  const std::string local = (folder.path() / "other/canary.xsd").string(), url = listener.url();
  const std::string describe = url + "?service=WFS&amp;version=1.1.0&amp;request=DescribeFeatureType&amp;typeName=x:a";
  for (const auto& [schema, other] :
       {std::pair{describe, url}, {local, local}, {"other/canary.xsd", "file://" + local}}) {
    std::string text = gml;
    for (const auto& [word, by] :
         {std::pair<std::string, std::string>{"SRS", other}, {"ENTITY", other}, {"SCHEMA", schema}, {"LINK", other}})
      text.replace(text.find(word + (word == "LINK" ? "#" : "\"")), word.size(), by);
    read_alone(folder.write("a.gml", text));
    read_alone(gzip(folder.path() / "b.gml.gz", text));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "a.gfs"));  // nothing is left beside the source
  }
  const std::string kml =
      R"(<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM ")" + url +
      R"(">]><kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>)" + url +
      "</href></Link></NetworkLink><NetworkLink><Link><href>" + canary.string() +
      "</href></Link></NetworkLink><Style id=\"s\"><IconStyle><Icon><href>" + url +
      "</href></Icon></IconStyle></Style><GroundOverlay><Icon><href>" + url +
      "</href></Icon></GroundOverlay><Folder><name>f</name><Placemark><name>a</name><styleUrl>" + url +
      "#s</styleUrl><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates>"
      "</LinearRing></outerBoundaryIs></Polygon></Placemark></Folder></Document></kml>";
  CatalogueSource source = source_of(folder.write("a.kml", kml));
  source.table = "f";
  read_alone(source);
  source.file = zip(folder.path() / "a.kmz", {{"doc.kml", kml}});
  read_alone(source);
}

TEST_F(Hostile, AGeoPackageMayNotHoldTablesThatReadOtherFiles) {
  const auto honest = converted(folder, "GPKG", "a.gpkg");
  EXPECT_THAT(read_alone(honest).features, SizeIs(1));  // its R-tree is a virtual table too
  const std::string csv = (folder.path() / "other/canary.csv").string();
  for (const std::string& create :
       {"CREATE VIRTUAL TABLE canary USING VirtualText(''" + csv + "'', ''UTF-8'', 1, POINT, NONE, '','')",
        "create/**/virtual table canary using VirtualText(''" + csv + "'', ''UTF-8'', 1, POINT, NONE, '','')",
        "CREATE VIRTUAL TABLE canary USING rtree_is_not_this(''" + csv + "'')"}) {
    for (const char* root : {"0", "2"}) {
      const auto file = folder.path() / "b.gpkg";
      std::filesystem::copy_file(honest, file, std::filesystem::copy_options::overwrite_existing);
      sql(file,
          "PRAGMA writable_schema = ON; INSERT INTO sqlite_master VALUES ('table', 'canary', 'canary', " +
              std::string(root) + ", '" + create +
              "'); INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('canary', 'attributes', 'c')");
      CatalogueSource source = source_of(file);
      for (const char* table : {"canary", "honest"}) {
        source.table = table;
        source.file = file;
        EXPECT_THAT(read_alone(source).message,
                    AnyOf(HasSubstr("holds the virtual table 'canary'"), HasSubstr("malformed")));
        std::ifstream in(file, std::ios::binary);
        source.file = gzip(folder.path() / "b.gpkg.gz", std::string(std::istreambuf_iterator<char>(in), {}));
        EXPECT_THAT(read_alone(source).message,
                    AnyOf(HasSubstr("holds the virtual table 'canary'"), HasSubstr("malformed")));
      }
    }
  }
}

TEST_F(Hostile, AGeoPackageInWalModeIsReadAsBefore) {
  const auto file = converted(folder, "GPKG", "a.gpkg");
  sql(file, "PRAGMA journal_mode = WAL");
  EXPECT_THAT(read_alone(file).features, SizeIs(1));
  std::ifstream in(file, std::ios::binary);
  EXPECT_THAT(
      read_alone(gzip(folder.path() / "b.gpkg.gz", std::string(std::istreambuf_iterator<char>(in), {}))).features,
      SizeIs(1));
}

TEST_F(Hostile, AMapInfoTableMadeOfOthersIsRefused) {
  const auto honest = converted(folder, "MapInfo File", "other/canary.tab");
  watch->opened();  // what the conversion did
  for (const char* content :
       {"!table\n!version 300\nDefinition Table\n  Type NATIVE Charset \"Neutral\"\n  Fields 1\n    Table Char (254) "
        ";\n"
        "begin_metadata\n\"\\IsSeamless\" = \"TRUE\"\nend_metadata\n",
        "!table\n!version 100\nOpen Table \"other/canary\" Hide\nCreate View a As Select id From canary\n"})
    EXPECT_THAT(read_alone(folder.write("a.tab", content)).message, HasSubstr("made of other tables"));
  EXPECT_THAT(read(honest).features, SizeIs(1));
}

// GDAL 3.6 looks for the end of these for ever.
TEST_F(Hostile, DrawingsWithoutAnEndAreRefused) {
  for (const char* content : {"\r\v\r", "\r\r", " \n \r", "0\nSECTION\n \r\r", "0\nSECTION\n2\nHEADER\n \r\r",
                              "0\nSECTION\n2\nENTITIES\n0\nLINE\n \r\r", "0\nSECTION\n2\nTABLES\n\r\r\r", "", "EO"})
    EXPECT_THAT(read_alone(folder.write("a.dxf", content)).message, HasSubstr("does not end with EOF")) << content;
}

TEST_F(Hostile, PipesDevicesAndSocketsAreRefusedWithoutWaiting) {
  const auto pipe = folder.path() / "pipe.geojson";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(read(pipe).message, HasSubstr("pipe.geojson: is a pipe, not a file"));
  std::filesystem::create_symlink(pipe, folder.path() / "linked.csv");
  EXPECT_THAT(data_error([&] { read_csv(folder.path() / "linked.csv"); }), HasSubstr("is a pipe"));
  for (const char* name : {"zero.geojson", "zero.csv.gz", "zero.zip", "zero.gpkg", "zero.tab", "zero.xlsx"}) {
    std::filesystem::create_symlink("/dev/zero", folder.path() / name);
    EXPECT_THAT(read(folder.path() / name).message, HasSubstr("is a device, not a file")) << name;
  }
  EXPECT_THAT(read("/dev/stdin").message, HasSubstr("known are"));
  EXPECT_THAT(read(folder.path() / "none.geojson").message, HasSubstr("there is no such file"));

  // The files beside it are opened too.
  converted(folder, "ESRI Shapefile", "shapes.shp");
  ASSERT_EQ(mkfifo((folder.path() / "shapes.cpg").c_str(), 0600), 0);
  EXPECT_THAT(read(folder.path() / "shapes.shp").message, HasSubstr("shapes.cpg: is a pipe"));
  std::filesystem::create_directory(folder.path() / "a.gdb");
  ASSERT_EQ(mkfifo((folder.path() / "a.gdb/a00000001.gdbtable").c_str(), 0600), 0);
  EXPECT_THAT(read(folder.path() / "a.gdb").message, HasSubstr("is a pipe"));

  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::filesystem::current_path(folder.path());
  std::snprintf(address.sun_path, sizeof address.sun_path, "socket.json");
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_THAT(read(folder.path() / "socket.json").message, HasSubstr("is a socket, not a file"));
  close(fd);
}

TEST_F(Hostile, LinksToOnesOwnFilesAreFollowed) {
  std::filesystem::create_symlink(canary, folder.path() / "mine.geojson");
  EXPECT_THAT(read(folder.path() / "mine.geojson").features, SizeIs(1));
}

TEST_F(Hostile, BombsAreDefused) {
  const std::string blanks(std::size_t{1} << 20, ' ');
  const auto too_much = HasSubstr("unpacks to more than ");
  // Three hundred to one: beyond what a layer ever shrinks to.
  EXPECT_THAT(read(gzip(folder.path() / "bomb.geojson.gz", blanks, 64)).message, too_much);
  EXPECT_THAT(data_error([&] { read_csv(gzip(folder.path() / "bomb.csv.gz", blanks, 64)); }), too_much);
  std::string much;
  for (int i = 0; i < 64; ++i) much += blanks;
  EXPECT_THAT(read(zip(folder.path() / "bomb.zip", {{"a.geojson", much}})).message, too_much);
  EXPECT_THAT(read(zip(folder.path() / "bomb.kmz", {{"doc.kml", much}})).message, too_much);
  EXPECT_THAT(read(zip(folder.path() / "bomb.xlsx", {{"xl/workbook.xml", "<x/>"}, {"xl/.sheet.xml", much}})).message,
              too_much);
  // Many small ones make a large one.
  std::vector<std::pair<std::string, std::string>> parts{{"a.shp", ""}};
  for (int i = 0; i < 32; ++i) parts.emplace_back("a." + std::to_string(i), blanks);
  EXPECT_THAT(read(zip(folder.path() / "parts.zip", parts)).message, too_much);
  // Dense, but small.
  EXPECT_THAT(read(gzip(folder.path() / "dense.geojson.gz", geojson() + blanks.substr(0, 900'000))).features,
              SizeIs(1));
}

TEST_F(Hostile, ALieAboutTheSizeHelpsNoBomb) {
  const std::string much(std::size_t{64} << 20, ' ');
  const auto file = zip(folder.path() / "liar.zip", {{"a.geojson", much}});
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(bytes)), {});
  // The sizes unpacked, in the local header and in the directory, become 100.
  const std::string truth("\0\0\0\4", 4), lie("\x64\0\0\0", 4);
  for (std::size_t at = 0; (at = text.find(truth, at)) != text.npos; ++at) text.replace(at, 4, lie);
  folder.write("liar.zip", text);
  const Outcome outcome = read(file);
  EXPECT_THAT(outcome.features, IsEmpty());
  EXPECT_THAT(outcome.message, Not(IsEmpty()));
}

TEST_F(Hostile, ArchivesAreReadAsPeopleMakeThem) {
  const std::vector<std::pair<std::string, std::string>> mac{
      {"police/a.geojson", geojson()}, {"__MACOSX/police/._a.geojson", "x"}, {"police/.DS_Store", "x"}};
  EXPECT_THAT(read(zip(folder.path() / "MAC.ZIP", mac)).features, SizeIs(1));
  const auto two =
      zip(folder.path() / "two.zip", {{"a.geojson", geojson()}, {"b.json", geojson("", "b")}, {"readme.txt", "x"}});
  EXPECT_THAT(read(two).message, HasSubstr("has several tables: say which with 'table': a, b"));
  CatalogueSource source = source_of(two);
  source.table = "b";
  EXPECT_EQ(read(source).features.at(0).values.at(0), "b");
  source.table = "c";
  EXPECT_THAT(read(source).message, HasSubstr("there is no table 'c'; tables: a, b"));
  EXPECT_THAT(read(gzip(folder.path() / "A.GEOJSON.GZ", geojson())).features, SizeIs(1));
  EXPECT_THAT(read(folder.write("no.zip", "PK, but no archive")).message, HasSubstr("is no zip archive"));
}

TEST_F(Hostile, ManyThreadsUnpackAtOnce) {
  const auto package = converted(folder, "GPKG", "a.gpkg");
  std::ifstream in(package, std::ios::binary);
  const std::vector<std::filesystem::path> files{
      repository() / "gisdata/qingdao/fire_rescue.zip", gzip(folder.path() / "a.geojson.gz", geojson()),
      gzip(folder.path() / "b.gpkg.gz", std::string(std::istreambuf_iterator<char>(in), {})), package};
  std::vector<std::string> faults(64);
  parallel_for(faults.size(), 8, [&](std::size_t i) { faults[i] = read(files[i % files.size()]).message; });
  EXPECT_THAT(faults, testing::Each(""));
}

TEST_F(Hostile, AFolderOfShapefilesIsReadAndANameInsideIsNoPath) {
  const auto shapes = folder.path() / "shapes";
  std::filesystem::create_directory(shapes);
  converted(folder, "ESRI Shapefile", "shapes/police.shp");
  EXPECT_THAT(read(shapes).features, SizeIs(1));
  EXPECT_THAT(read_alone(zip(folder.path() / "out.zip", {{"../other/canary.geojson", geojson()}})).message,
              HasSubstr("holds no layer"));
}

}  // namespace
}  // namespace gridloom
