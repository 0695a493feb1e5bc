// SPDX-License-Identifier: Apache-2.0
// Writing GeoPackages (OGC 12-128r17, version 1.3) straight from lattice geometry, and reading their geometry back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/geometry/lattice.h"
#include "engine/geometry/point.h"
#include "engine/geometry/ring.h"
#include "engine/io/project/rtree_index.h"
#include "engine/io/project/sqlite.h"

namespace gridloom {

// A GeoPackage geometry (§2.1.3: header with envelope, then well-known binary, little endian) with its box.
struct GeometryBlob {
  std::vector<std::byte> bytes;
  Box box;
};

// Coordinates become metres in the lattice's CRS, easting first. Polygons of several parts and of none are fine as a
// multipolygon; the others must not be empty.
class GeometryEncoder {
 public:
  GeometryEncoder(Lattice lattice, std::int32_t srs_id) : lattice_(std::move(lattice)), srs_id_(srs_id) {}
  // Each call reuses the blob that the one before returned.
  const GeometryBlob& point(Point);
  const GeometryBlob& line(std::span<const Point>);
  const GeometryBlob& polygon(const PolygonRings&);
  const GeometryBlob& multipolygon(std::span<const PolygonRings>);

 private:
  void begin(const Box&);
  void add_points(std::span<const Point>);
  void add_polygon(const PolygonRings&);
  template <class T>
  void add(T);

  Lattice lattice_;
  std::int32_t srs_id_;
  GeometryBlob blob_;
};

// Back to the lattice; empty when the blob is no such geometry or does not fit the lattice.
std::optional<Projected> point_in(std::span<const std::byte>);  // as it stands there
std::optional<Point> decode_point(std::span<const std::byte>, const Lattice&);
bool decode_line(std::span<const std::byte>, const Lattice&, std::vector<Point>& appended_to);
std::optional<std::vector<PolygonRings>> decode_multipolygon(std::span<const std::byte>, const Lattice&);
// A polygon as a multipolygon of one part; empty where the blob is none.
std::optional<std::vector<std::byte>> multipolygon_of(std::span<const std::byte> polygon);

// Whose a table or column is, where each layer or administrative level has one of its own.
struct Subject {
  std::int32_t layer = -1, level = -1;  // indices in City::layers, City::admin
  explicit operator bool() const { return layer >= 0 || level >= 0; }
};

// The kind of a table or column is what it is called where each layer or level has one: "aligned" of "aligned_police".
struct Column {
  std::string name;
  std::string type;    // a GeoPackage type: TEXT, INTEGER, REAL, ...
  std::string unit{};  // "m2", "1" of shares; empty: none
  Subject of{};
  std::string called{};     // its kind, where that is not its name
  bool shown_only = false;  // for other software: readers pass over it
  std::string made_of{};    // an SQL expression of the row's other columns: computed where it is read, never stored
  std::string_view kind() const { return called.empty() ? name : called; }
};

struct Table {
  std::string name;
  std::string geometry;         // POINT, LINESTRING, POLYGON, MULTIPOLYGON; empty: none
  std::vector<Column> columns;  // beside fid and geom
  Subject of{};
  std::string called{};
  std::string_view kind() const { return called.empty() ? name : called; }
};

// What lets SQL find rows without reading the table. `unique`: no two rows are alike there.
struct Index {
  std::string table;
  std::vector<std::string> columns;
  bool unique = false;
};

// Named after the table and its columns.
std::string create_index_on(const Index&);
std::string drop_index_on(const Index&);

// A column as CREATE TABLE and ALTER TABLE name it.
std::string declared(const Column&);

// The statement that makes a table, in "main" or "temp". Throws DataError where two columns have one name.
std::string create_table(const Table&, std::string_view schema = "main");

// Before many rows come, and once they are there: packing is quicker than row by row. The first tells whether there was
// an index: other software may have dropped it. Both within one transaction; the second needs teach_geometry. O(rows
// log rows).
bool drop_spatial_index(Database&, const std::string& table);
void make_spatial_index(Database&, const std::string& table);

// A table of features without rows in a project that is there, in the CRS of its grids.
void add_empty_features(Database&, const Table&, const std::string& description);

// The functions that the triggers of a spatial index ask of whoever writes (OGC 12-128r17, annex F.3), for points and
// for what has an envelope in its header, as all other geometries of a project have.
void teach_geometry(Database&);

// A new GeoPackage with its system tables, in one transaction from beginning to `finish`, without a journal: write it
// under a temporary name.
class GeoPackageWriter {
 public:
  // `called`: the name in messages, that of the file whose place it will take.
  GeoPackageWriter(const std::filesystem::path&, const Lattice&, const std::filesystem::path& called);

  Database& database() { return database_; }
  std::int32_t srs_id() const { return srs_id_; }
  const Lattice& lattice() const { return lattice_; }
  // Registers a table once its rows are there. The box of a table with geometry is its extent, empty if it has none.
  void add_contents(const Table&, const std::string& description, const Box& extent);
  void finish();

 private:
  Database database_;
  Lattice lattice_;
  std::int32_t srs_id_;
};

// Fills one table: for every row begin(), a geometry where the table has one, the columns from left to right, end().
// Rows are numbered from 1 (fid). `close` builds the spatial index and registers the table.
// Throws DataError where two columns have one name.
class TableWriter {
 public:
  TableWriter(GeoPackageWriter&, Table, std::string description);

  TableWriter& begin();
  TableWriter& shape(const GeometryBlob&);
  TableWriter& no_shape();
  template <class... Values>
  TableWriter& put(const Values&... values) {
    (insert_.put(values), ...);
    return *this;
  }
  TableWriter& put_text_or_null(std::string_view v) {
    insert_.put_text_or_null(v);
    return *this;
  }
  void end() { insert_.run(); }
  void close();

  GeometryEncoder encode;

 private:
  GeoPackageWriter& file_;
  Table table_;
  std::string description_;
  Statement insert_;
  std::int64_t fid_ = 0;
  Box extent_;
  std::vector<IndexEntry> entries_;
};

}  // namespace gridloom
