// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/geopackage.h"

#include <ogr_spatialref.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <chrono>
#include <cstring>
#include <ctime>
#include <memory>
#include <set>
#include <stdexcept>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/gdal.h"

namespace gridloom {
namespace {

static_assert(std::endian::native == std::endian::little, "blobs are written as the machine has them");

constexpr std::uint8_t kLittleEndian = 1;
constexpr std::uint8_t kEnvelopeXy = 1 << 1;  // GeoPackage flags
constexpr std::uint8_t kEmptyGeometry = 1 << 4;
constexpr std::uint32_t kWkbPoint = 1, kWkbLine = 2, kWkbPolygon = 3, kWkbMultiPolygon = 6;
constexpr std::int32_t kCustomSrs = 100000;  // for a CRS without an EPSG code

constexpr const char* kSystemTables = R"(
PRAGMA application_id = 1196444487;  -- 'GPKG'
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');
)";

// GeoPackage 1.3, annex F.3: what keeps the index true when other software edits the table. %t table, %i index.
constexpr const char* kIndexTriggers = R"(
CREATE TRIGGER "%i_insert" AFTER INSERT ON "%t" WHEN (new."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom"))
BEGIN INSERT OR REPLACE INTO "%i" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"),
  ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "%i_update1" AFTER UPDATE OF "geom" ON "%t" WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND
  NOT ST_IsEmpty(NEW."geom"))
BEGIN INSERT OR REPLACE INTO "%i" VALUES (NEW."fid", ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"),
  ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "%i_update2" AFTER UPDATE OF "geom" ON "%t" WHEN OLD."fid" = NEW."fid" AND (NEW."geom" ISNULL OR
  ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "%i" WHERE id = OLD."fid"; END;
CREATE TRIGGER "%i_update3" AFTER UPDATE ON "%t" WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND
  NOT ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "%i" WHERE id = OLD."fid"; INSERT OR REPLACE INTO "%i" VALUES (NEW."fid", ST_MinX(NEW."geom"),
  ST_MaxX(NEW."geom"), ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END;
CREATE TRIGGER "%i_update4" AFTER UPDATE ON "%t" WHEN OLD."fid" != NEW."fid" AND (NEW."geom" ISNULL OR
  ST_IsEmpty(NEW."geom"))
BEGIN DELETE FROM "%i" WHERE id IN (OLD."fid", NEW."fid"); END;
CREATE TRIGGER "%i_delete" AFTER DELETE ON "%t" WHEN old."geom" NOT NULL
BEGIN DELETE FROM "%i" WHERE id = OLD."fid"; END;
)";

std::string filled(std::string text, const std::string& table, const std::string& index) {
  const auto replace_all = [&](const std::string& mark, const std::string& with) {
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size()))
      text.replace(at, mark.size(), with);
  };
  replace_all("%t", table);
  replace_all("%i", index);
  return text;
}

struct Srs {
  std::string name, organization, definition;
  std::int32_t id, code;
};

Srs describe(const std::string& crs) {
  const GdalErrors quiet;  // what went wrong goes into the exception
  OGRSpatialReference reference;
  char* wkt = nullptr;
  if (!set_crs(reference, crs) || reference.exportToWkt(&wkt) != OGRERR_NONE) {
    CPLFree(wkt);
    throw DataError("crs_unknown", {{"crs", crs}});
  }
  const std::unique_ptr<char, decltype(&CPLFree)> owner(wkt, &CPLFree);
  const char* organization = reference.GetAuthorityName(nullptr);
  const char* code = reference.GetAuthorityCode(nullptr);
  const char* name = reference.GetName();
  if (!organization || !code) return {name ? name : crs, "NONE", wkt, kCustomSrs, kCustomSrs};
  const int number = std::stoi(code);
  return {name ? name : crs, organization, wkt, number, number};
}

void add_srs(Database& database, const Srs& srs) {
  Statement insert(database, "INSERT OR REPLACE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, NULL)");
  insert.put(srs.name).put(srs.id).put(srs.organization).put(srs.code).put(srs.definition).run();
}

void refuse_doubled_columns(const Table& table) {
  std::set<std::string> seen{"fid", "geom"};
  for (const Column& column : table.columns)
    if (!seen.insert(lower_case(column.name)).second)
      throw DataError("column_twice", {{"table", table.name}, {"column", column.name}});
}

std::string spatial_index_of(const std::string& table) { return "rtree_" + table + "_geom"; }

void add_spatial_index(Database& database, const std::string& table, std::vector<IndexEntry> entries) {
  const std::string index = spatial_index_of(table);
  create_index(database, index, std::move(entries));
  database.exec(filled(kIndexTriggers, table, index));
  Statement extension(database,
                      "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', "
                      "'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')");
  extension.put(table).run();
}

// Those that keep the index, also where other software made it: later GeoPackages have others than kIndexTriggers.
std::vector<std::string> triggers_of(Database& database, const std::string& table, const std::string& index) {
  std::vector<std::string> names;
  Statement select(database, "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?");
  select.put(table);
  while (select.next())
    if (std::string name(select.text()); name.starts_with(index + "_")) names.push_back(std::move(name));
  return names;
}

std::string name_of(const Index& index) {
  std::string name = index.table;
  for (const std::string& column : index.columns) name += "_" + column;
  return sql_name(name);
}

std::string create_and_insert(Database& database, const Table& table) {
  database.exec(create_table(table));
  std::string insert = "INSERT INTO " + sql_name(table.name) + " VALUES (?";
  if (!table.geometry.empty()) insert += ", ?";
  for (const Column& column : table.columns)
    if (column.made_of.empty()) insert += ", ?";
  return insert + ")";
}

// Bytes of a geometry, read from left to right; `good` turns false at the first that does not fit.
class BlobReader {
 public:
  explicit BlobReader(std::span<const std::byte> bytes) : rest_(bytes) { header(); }

  template <class T>
  T get() {
    T value{};
    if (rest_.size() < sizeof(T)) {
      good_ = false;
      return value;
    }
    std::memcpy(&value, rest_.data(), sizeof(T));
    rest_ = rest_.subspan(sizeof(T));
    return value;
  }

  // The start of a well-known binary geometry of the wanted type.
  bool expect(std::uint32_t type) {
    if (get<std::uint8_t>() != kLittleEndian || get<std::uint32_t>() != type) good_ = false;
    return good_;
  }

  // A count of things that take at least `size` bytes each: what the rest cannot hold is a lie.
  std::uint32_t count(std::size_t size) {
    const auto n = get<std::uint32_t>();
    if (n > rest_.size() / size) good_ = false;
    return good_ ? n : 0;
  }

  Point point(const Lattice& lattice) {
    const double x = get<double>(), y = get<double>();
    try {
      return good_ ? lattice.round({x, y}) : Point{};
    } catch (const std::out_of_range&) {
      good_ = false;
      return {};
    }
  }

  void points(const Lattice& lattice, std::vector<Point>& out) {
    const std::uint32_t n = count(2 * sizeof(double));
    for (std::uint32_t i = 0; i < n && good_; ++i) out.push_back(point(lattice));
  }

  bool good() const { return good_; }

 private:
  void header() {
    if (get<char>() != 'G' || get<char>() != 'P' || get<std::uint8_t>() != 0) good_ = false;
    const auto flags = get<std::uint8_t>();
    get<std::int32_t>();
    constexpr std::array<std::size_t, 8> kEnvelopeBytes{0, 32, 48, 48, 64, 0, 0, 0};
    const std::size_t envelope = kEnvelopeBytes[(flags >> 1) & 7u];
    if (rest_.size() < envelope || !(flags & 1u)) good_ = false;
    if (good_) rest_ = rest_.subspan(envelope);
  }

  std::span<const std::byte> rest_;
  bool good_ = true;
};

// As an envelope has them.
enum Side : std::size_t { min_x, max_x, min_y, max_y };
constexpr std::size_t kHeaderBytes = 8, kEnvelopeBytesXy = 32;

std::optional<double> side_of(std::span<const std::byte> blob, Side side) {
  if (const auto at = point_in(blob)) return side == min_x || side == max_x ? at->x : at->y;
  if (blob.size() < kHeaderBytes + kEnvelopeBytesXy || (std::to_integer<int>(blob[3]) >> 1 & 7) != 1) return {};
  double value = 0;
  std::memcpy(&value, blob.data() + kHeaderBytes + side * sizeof value, sizeof value);
  return value;
}

template <Side side>
void coordinate_of(sqlite3_context* context, int, sqlite3_value** arguments) {
  const auto* data = static_cast<const std::byte*>(sqlite3_value_blob(arguments[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0]));
  const auto value = side_of({data, data ? size : 0}, side);
  value ? sqlite3_result_double(context, *value) : sqlite3_result_null(context);
}

void is_empty(sqlite3_context* context, int, sqlite3_value** arguments) {
  sqlite3_result_int(context, sqlite3_value_type(arguments[0]) == SQLITE_BLOB ? 0 : 1);
}

}  // namespace

template <class T>
void GeometryEncoder::add(T value) {
  const auto at = blob_.bytes.size();
  blob_.bytes.resize(at + sizeof(T));
  std::memcpy(blob_.bytes.data() + at, &value, sizeof(T));
}

void GeometryEncoder::begin(const Box& box) {
  blob_.bytes.clear();
  blob_.box = box;
  add('G'), add('P'), add(std::uint8_t{0});
  add(static_cast<std::uint8_t>(kLittleEndian | (box.empty() ? kEmptyGeometry : kEnvelopeXy)));
  add(srs_id_);
  if (box.empty()) return;
  const Projected min = lattice_.metres(box.min), max = lattice_.metres(box.max);
  add(min.x), add(max.x), add(min.y), add(max.y);
}

void GeometryEncoder::add_points(std::span<const Point> points) {
  add(static_cast<std::uint32_t>(points.size()));
  auto at = blob_.bytes.size();
  blob_.bytes.resize(at + points.size() * sizeof(Projected));
  for (Point p : points) {
    const Projected metres = lattice_.metres(p);
    std::memcpy(blob_.bytes.data() + at, &metres, sizeof(metres));
    at += sizeof(metres);
  }
}

void GeometryEncoder::add_polygon(const PolygonRings& rings) {
  add(kLittleEndian), add(kWkbPolygon), add(static_cast<std::uint32_t>(rings.size()));
  for (const auto& ring : rings) add_points(ring);
}

const GeometryBlob& GeometryEncoder::point(Point p) {
  const Projected metres = lattice_.metres(p);
  begin(box_of({&p, 1}));
  add(kLittleEndian), add(kWkbPoint), add(metres.x), add(metres.y);
  return blob_;
}

const GeometryBlob& GeometryEncoder::line(std::span<const Point> points) {
  begin(box_of(points));
  add(kLittleEndian), add(kWkbLine);
  add_points(points);
  return blob_;
}

const GeometryBlob& GeometryEncoder::polygon(const PolygonRings& rings) {
  begin(box_of(rings.front()));
  add_polygon(rings);
  return blob_;
}

const GeometryBlob& GeometryEncoder::multipolygon(std::span<const PolygonRings> polygons) {
  Box box;
  for (const PolygonRings& rings : polygons) box.extend(box_of(rings.front()));
  begin(box);
  add(kLittleEndian), add(kWkbMultiPolygon), add(static_cast<std::uint32_t>(polygons.size()));
  for (const PolygonRings& rings : polygons) add_polygon(rings);
  return blob_;
}

std::optional<Projected> point_in(std::span<const std::byte> bytes) {
  BlobReader reader(bytes);
  if (!reader.expect(kWkbPoint)) return std::nullopt;
  const double x = reader.get<double>(), y = reader.get<double>();
  return reader.good() ? std::optional(Projected{x, y}) : std::nullopt;
}

std::optional<Point> decode_point(std::span<const std::byte> bytes, const Lattice& lattice) {
  BlobReader reader(bytes);
  if (!reader.expect(kWkbPoint)) return std::nullopt;
  const Point p = reader.point(lattice);
  return reader.good() ? std::optional(p) : std::nullopt;
}

bool decode_line(std::span<const std::byte> bytes, const Lattice& lattice, std::vector<Point>& appended_to) {
  BlobReader reader(bytes);
  if (reader.expect(kWkbLine)) reader.points(lattice, appended_to);
  return reader.good();
}

std::optional<std::vector<PolygonRings>> decode_multipolygon(std::span<const std::byte> bytes, const Lattice& lattice) {
  constexpr std::size_t kEmptyPolygon = 9, kEmptyRing = 4;  // bytes
  BlobReader reader(bytes);
  std::vector<PolygonRings> polygons;
  if (!reader.expect(kWkbMultiPolygon)) return std::nullopt;
  polygons.resize(reader.count(kEmptyPolygon));
  for (PolygonRings& rings : polygons) {
    if (!reader.expect(kWkbPolygon)) return std::nullopt;
    rings.resize(reader.count(kEmptyRing));
    for (auto& ring : rings) reader.points(lattice, ring);
  }
  return reader.good() ? std::optional(std::move(polygons)) : std::nullopt;
}

std::optional<std::vector<std::byte>> multipolygon_of(std::span<const std::byte> polygon) {
  if (!BlobReader(polygon).expect(kWkbPolygon)) return std::nullopt;
  const std::size_t header = kHeaderBytes + ((std::to_integer<int>(polygon[3]) >> 1 & 7) == 1 ? kEnvelopeBytesXy : 0);
  std::vector<std::byte> out(polygon.begin(), polygon.begin() + static_cast<std::ptrdiff_t>(header));
  out.push_back(std::byte{kLittleEndian});
  for (const std::uint32_t word : {kWkbMultiPolygon, std::uint32_t{1}}) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&word);
    out.insert(out.end(), bytes, bytes + sizeof word);
  }
  out.insert(out.end(), polygon.begin() + static_cast<std::ptrdiff_t>(header), polygon.end());
  return out;
}

std::string create_index_on(const Index& index) {
  std::string columns;
  for (const std::string& column : index.columns) columns += (columns.empty() ? "" : ", ") + sql_name(column);
  return std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX IF NOT EXISTS " + name_of(index) + " ON " +
         sql_name(index.table) + " (" + columns + ")";
}

std::string drop_index_on(const Index& index) { return "DROP INDEX IF EXISTS " + name_of(index); }

std::string create_table(const Table& table, std::string_view schema) {
  refuse_doubled_columns(table);
  std::string create = "CREATE TABLE " + std::string(schema) + "." + sql_name(table.name) +
                       " (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL";
  if (!table.geometry.empty()) create += ", geom " + table.geometry;
  for (const Column& column : table.columns) create += ", " + declared(column);
  return create + ")";
}

std::string declared(const Column& column) {
  std::string text = sql_name(column.name) + " " + column.type;
  if (!column.made_of.empty()) text += " GENERATED ALWAYS AS (" + column.made_of + ") VIRTUAL";
  return text;
}

GeoPackageWriter::GeoPackageWriter(const std::filesystem::path& path, const Lattice& lattice,
                                   const std::filesystem::path& called)
    : database_(path, Database::Mode::write, called.string()), lattice_(lattice), srs_id_(0) {
  const Srs srs = describe(lattice.crs);
  srs_id_ = srs.id;
  // The file is thrown away if anything fails, so nothing needs to be undone, and it is synced once at the end.
  database_.exec(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; "
      "PRAGMA cache_size = -65536");
  database_.exec("BEGIN");
  database_.exec(kSystemTables);
  add_srs(database_, describe("EPSG:4326"));
  add_srs(database_, srs);
}

void GeoPackageWriter::add_contents(const Table& table, const std::string& description, const Box& extent) {
  const bool features = !table.geometry.empty();
  Statement insert(database_,
                   "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x, "
                   "max_y, srs_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.put(table.name).put(features ? "features" : "attributes").put(table.name).put(description);
  if (features && !extent.empty()) {
    const Projected min = lattice_.metres(extent.min), max = lattice_.metres(extent.max);
    insert.put(min.x).put(min.y).put(max.x).put(max.y);
  } else {
    insert.put(std::nullopt).put(std::nullopt).put(std::nullopt).put(std::nullopt);
  }
  if (!features) {
    insert.put(std::nullopt).run();
    return;
  }
  insert.put(srs_id_).run();
  Statement column(database_, "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)");
  column.put(table.name).put(table.geometry).put(srs_id_).run();
}

void GeoPackageWriter::finish() {
  database_.exec("COMMIT");
  database_.close();
}

TableWriter::TableWriter(GeoPackageWriter& file, Table table, std::string description)
    : encode(file.lattice(), file.srs_id()),
      file_(file),
      table_(std::move(table)),
      description_(std::move(description)),
      insert_(file.database(), create_and_insert(file.database(), table_)) {}

TableWriter& TableWriter::begin() {
  insert_.put(++fid_);
  return *this;
}

TableWriter& TableWriter::shape(const GeometryBlob& blob) {
  insert_.put(std::span<const std::byte>(blob.bytes));
  extent_.extend(blob.box);
  if (blob.box.empty()) return *this;
  const Projected min = file_.lattice().metres(blob.box.min), max = file_.lattice().metres(blob.box.max);
  entries_.push_back({fid_, min.x, max.x, min.y, max.y});
  return *this;
}

TableWriter& TableWriter::no_shape() {
  insert_.put(std::nullopt);
  return *this;
}

void TableWriter::close() {
  if (!table_.geometry.empty()) add_spatial_index(file_.database(), table_.name, std::move(entries_));
  file_.add_contents(table_, description_, extent_);
}

bool drop_spatial_index(Database& database, const std::string& table) {
  const std::string index = spatial_index_of(table);
  if (!has_table(database, index)) return false;
  for (const std::string& trigger : triggers_of(database, table, index))
    database.exec("DROP TRIGGER " + sql_name(trigger));
  database.exec("DROP TABLE " + sql_name(index));
  Statement(database, "DELETE FROM gpkg_extensions WHERE table_name = ? AND extension_name = 'gpkg_rtree_index'")
      .put(table)
      .run();
  return true;
}

void make_spatial_index(Database& database, const std::string& table) {
  Statement rows(database, "SELECT fid, ST_MinX(geom), ST_MaxX(geom), ST_MinY(geom), ST_MaxY(geom) FROM " +
                               sql_name(table) + " WHERE geom NOT NULL AND NOT ST_IsEmpty(geom)");
  std::vector<IndexEntry> entries;
  while (rows.next()) {
    IndexEntry entry{.id = rows.integer()};
    for (double* value : {&entry.min_x, &entry.max_x, &entry.min_y, &entry.max_y}) *value = rows.real();
    entries.push_back(entry);
  }
  add_spatial_index(database, table, std::move(entries));
}

void add_empty_features(Database& database, const Table& table, const std::string& description) {
  database.exec(create_table(table));
  add_spatial_index(database, table.name, {});
  Statement(database,
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) SELECT ?1, 'features', "
            "?1, ?2, srs_id FROM gpkg_geometry_columns WHERE table_name = 'grids'")
      .put(table.name)
      .put(description)
      .run();
  Statement(database,
            "INSERT INTO gpkg_geometry_columns SELECT ?, 'geom', ?, srs_id, 0, 0 FROM gpkg_geometry_columns WHERE "
            "table_name = 'grids'")
      .put(table.name)
      .put(table.geometry)
      .run();
}

void teach_geometry(Database& database) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  using Function = void (*)(sqlite3_context*, int, sqlite3_value**);
  const std::pair<const char*, Function> functions[] = {{"ST_MinX", coordinate_of<min_x>},
                                                        {"ST_MaxX", coordinate_of<max_x>},
                                                        {"ST_MinY", coordinate_of<min_y>},
                                                        {"ST_MaxY", coordinate_of<max_y>},
                                                        {"ST_IsEmpty", is_empty}};
  for (const auto& [name, function] : functions)
    if (sqlite3_create_function_v2(database.handle(), name, 1, kFlags, nullptr, function, nullptr, nullptr, nullptr) !=
        SQLITE_OK)
      database.fail("preparing the spatial index");
}

}  // namespace gridloom
