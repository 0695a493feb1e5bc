// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/vector_dataset.h"

#include <ogrsf_frmts.h>
#include <sqlite3.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "engine/base/errors.h"
#include "engine/base/strings.h"
#include "engine/io/gdal.h"
#include "engine/io/sqlite_reading.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

// Runs what throws a DataError that names the file; the catalogue's place goes before.
template <class Run>
auto placed(const CatalogueSource& source, Run run) {
  try {
    return run();
  } catch (DataError& e) {
    e.within(source.place.text());
    throw;
  }
}

// The first of them, for messages.
std::vector<std::string> some_of(std::vector<std::string> names) {
  constexpr std::size_t kTold = 8;
  if (names.size() <= kTold) return names;
  names.resize(kTold);
  names.push_back("...");
  return names;
}

// "a/Police." of "a/Police.shp": what the files of one layer share.
std::string stem_of(const std::string& name) {
  const std::size_t file = name.find_last_of('/') + 1;
  return name.substr(0, name.find('.', file + 1)) + ".";
}

// The file that holds `name` as a part: "a/b.gdb" of "a/b.gdb/c.gdbtable"; else the name itself.
std::string whole_of(const std::string& name) {
  fs::path whole;
  for (const fs::path& part : fs::path(name)) {
    whole /= part;
    if (ending_of(part) == ".gdb") break;
  }
  return whole.string();
}

// The files that can be opened by themselves: where there are some, layers before tables and before what merely
// accompanies them.
std::vector<std::string> main_files(const std::vector<std::string>& names) {
  std::set<std::string> layers, tables;
  for (const std::string& name : names) {
    const std::string whole = whole_of(name);
    if (const FileFormat* format = format_of(whole)) (format->table ? tables : layers).insert(whole);
  }
  const std::set<std::string>& found = layers.empty() ? tables : layers;
  return {found.begin(), found.end()};
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

// Of a folder that may not be listed: none.
std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

// What GDAL opens along with a file: those of its name in its folder, or all in a folder that is a format.
void require_regular_with_company(const fs::path& file) {
  if (is_folder(file)) {
    for (const std::string& name : files_in(file))
      if (!is_folder(file / name)) require_regular_file(file / name);
    return;
  }
  require_regular_file(file);
  const fs::path folder = fs::absolute(file).parent_path();
  const std::string stem = stem_of(file.filename().string());
  for (const std::string& name : files_in(folder))
    if (name.size() > stem.size() && EQUALN(name.c_str(), stem.c_str(), stem.size()) && name != file.filename())
      if (!is_folder(folder / name)) require_regular_file(folder / name);
}

std::string vsi_bytes(const std::string& path) {
  vsi_l_offset size = 0;
  const GByte* data = VSIGetMemFileBuffer(path.c_str(), &size, FALSE);
  return data ? std::string(reinterpret_cast<const char*>(data), size) : std::string();
}

bool in_memory(const std::string& path) { return path.starts_with("/vsimem/"); }

// True for `CREATE VIRTUAL TABLE name USING module`, written as SQLite and GDAL write it, of a module that keeps its
// data inside the file.
bool keeps_to_itself(std::string_view sql) {
  constexpr std::string_view kBegin = "CREATE VIRTUAL TABLE ", kUsing = " USING ";
  if (!EQUALN(sql.data(), kBegin.data(), kBegin.size())) return false;
  sql.remove_prefix(kBegin.size());
  const std::size_t end = sql.starts_with('"') ? sql.find('"', 1) + 1 : sql.find(' ');
  if (end == 0 || end >= sql.size()) return false;
  sql.remove_prefix(end);
  if (sql.size() < kUsing.size() || !EQUALN(sql.data(), kUsing.data(), kUsing.size())) return false;
  sql.remove_prefix(kUsing.size());
  const std::string_view module = sql.substr(0, sql.find('('));
  return module == "rtree" || module == "fts3" || module == "fts4" || module == "fts5";
}

// A virtual table is code with arguments: SpatiaLite, which GDAL loads into every GeoPackage, has some that read any
// file of the machine. Only those that keep their data inside are let pass.
void refuse_virtual_tables(const CatalogueSource& source, sqlite3* database) {
  const auto fail_reading = [&] { source.fail({"geopackage_unreadable", {{"why", sqlite3_errmsg(database)}}}); };
  sqlite3_stmt* statement = nullptr;
  const char* sql =
      "SELECT name, (SELECT sql FROM sqlite_master m WHERE m.type = 'table' AND m.name = t.name) "
      "FROM pragma_table_list t WHERE type = 'virtual'";
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) fail_reading();
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> owner(statement, &sqlite3_finalize);
  int step = SQLITE_ROW;
  while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
    const auto text = [&](int column) {
      const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(bytes ? bytes : "");
    };
    if (!keeps_to_itself(text(1))) source.fail({"virtual_table", {{"table", shortened(text(0))}}});
  }
  if (step != SQLITE_DONE) fail_reading();
}

void check_geopackage(const CatalogueSource& source, const std::string& path) {
  if (!in_memory(path)) return refuse_virtual_tables(source, open_for_reading(path).get());
  std::string bytes = vsi_bytes(path);
  // Modes of writing and reading: a database in memory has no write-ahead log.
  constexpr std::size_t kModes = 18;
  if (bytes.size() > kModes + 1) bytes[kModes] = bytes[kModes + 1] = 1;
  sqlite3* memory = nullptr;
  sqlite3_open(":memory:", &memory);
  const SqliteHandle file(memory, &sqlite3_close_v2);
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  sqlite3_deserialize(file.get(), "main", reinterpret_cast<unsigned char*>(bytes.data()), size, size,
                      SQLITE_DESERIALIZE_READONLY);
  refuse_virtual_tables(source, file.get());
}

// A MapInfo table may be a view of other tables, or a patchwork of them, by path.
void check_mapinfo(const CatalogueSource& source, const std::string& path) {
  constexpr std::size_t kMost = std::size_t{1} << 24;
  std::string text = in_memory(path) ? vsi_bytes(path) : read_bytes(path);
  if (text.size() > kMost) source.fail({"mapinfo_too_large"});
  text = lower_case(std::move(text));
  for (const char* word : {"isseamless", "create view", "open table"})
    if (text.find(word) != text.npos) source.fail({"mapinfo_of_tables", {{"word", word}}});
}

// A drawing ends with the word EOF. Where it does not, GDAL 3.6 may look for it for ever.
void check_drawing(const CatalogueSource& source, const std::string& path) {
  const std::string text = in_memory(path) ? vsi_bytes(path) : read_bytes(path);
  const std::size_t last = text.find_last_not_of(std::string_view(" \t\r\n\v\f\0\x1a", 8));
  if (last == text.npos || last < 2 || text.substr(last - 2, 3) != "EOF") source.fail({"drawing_cut_off"});
}

// GDAL takes shapes without a table for features without fields.
void require_attributes(const CatalogueSource& source, GDALDataset& shapefile) {
  char** const files = shapefile.GetFileList();
  const bool there =
      std::any_of(files, files + CSLCount(files), [](const char* file) { return ending_of(file) == ".dbf"; });
  CSLDestroy(files);
  if (!there) source.fail({"shapefile_without_table"});
}

}  // namespace

VectorDataset::VectorDataset(const CatalogueSource& source) : table_(source.table) {
  const std::string path = fs::absolute(source.file).string();
  if (path.starts_with("/vsi")) source.fail({"not_of_this_machine"});
  format_ = format_of(source.file);
  if (!format_ && is_folder(source.file)) {
    open_folder(source);
  } else if (is_zip(source.file)) {
    open_zip(source);
  } else if (is_gzip(source.file)) {
    open_gzip(source);
  } else {
    require_known(source);
    placed(source, [&] { require_regular_with_company(source.file); });
    open(source, path);
  }
}

void VectorDataset::require_known(const CatalogueSource& source) const {
  if (!format_) source.fail({"format_unknown", {{"known", known_formats()}}});
}

void VectorDataset::open_folder(const CatalogueSource& source) {
  const std::string name = pick(source, files_in(source.file));
  placed(source, [&] { require_regular_with_company(source.file / name); });
  open(source, (fs::absolute(source.file) / name).string());
}

void VectorDataset::open_zip(const CatalogueSource& source) {
  placed(source, [&] { require_regular_file(source.file); });
  ZipFile zip = placed(source, [&] { return ZipFile(fs::absolute(source.file).string(), source.file); });
  const std::string name = pick(source, zip.names());
  const std::string company = ending_of(name) == ".gdb" ? name + "/" : stem_of(name);
  for (const std::string& other : zip.names())
    if (other == name || EQUALN(other.c_str(), company.c_str(), company.size()))
      unpacked_.add(other, placed(source, [&] { return zip.bytes(other); }));
  open(source, unpacked_.path() + "/" + name);
}

void VectorDataset::open_gzip(const CatalogueSource& source) {
  const std::string name = source.file.stem().string();
  format_ = format_of(name);
  require_known(source);
  unpacked_.add(name, placed(source, [&] { return read_bytes(source.file); }));
  open(source, unpacked_.path() + "/" + name);
}

// The file that is meant, and its format.
std::string VectorDataset::pick(const CatalogueSource& source, const std::vector<std::string>& names) {
  std::vector<std::string> found = main_files(names);
  if (found.empty()) source.fail({"no_layer_inside", {{"names", some_of(names)}, {"known", known_formats()}}});
  if (found.size() > 1) {
    std::vector<std::string> stems;
    for (const std::string& name : found) stems.push_back(fs::path(name).stem().string());
    const auto chosen = std::find(stems.begin(), stems.end(), table_);
    if (table_.empty()) source.fail({"several_tables", {{"tables", some_of(stems)}}});
    if (chosen == stems.end()) source.fail({"table_missing", {{"table", table_}, {"tables", some_of(stems)}}});
    found = {found[static_cast<std::size_t>(chosen - stems.begin())]};
    table_.clear();
  }
  format_ = format_of(found.front());
  return found.front();
}

void VectorDataset::open(const CatalogueSource& source, const std::string& path) {
  const std::string ending = ending_of(path);
  if (ending == ".gpkg") check_geopackage(source, path);
  if (ending == ".tab") check_mapinfo(source, path);
  if (ending == ".dxf") check_drawing(source, path);
  if (ending == ".xlsx" || ending == ".ods") placed(source, [&] { ZipFile(path, source.file).require_bounded(); });
  const GdalErrors errors;
  std::vector<const char*> drivers;
  for (const FormatDriver& driver : format_->drivers) drivers.push_back(driver.name);
  drivers.push_back(nullptr);
  std::vector<const char*> options = format_->options;
  options.push_back(nullptr);
  dataset_.reset(static_cast<GDALDataset*>(
      GDALOpenEx(path.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers.data(), options.data(), nullptr)));
  if (!dataset_) source.fail({"format_unreadable", {{"format", format_->name}, {"why", errors.last()}}});
  complaint_ = errors.last();
  if (ending_of(path) == ".shp") require_attributes(source, *dataset_);
}

std::vector<CatalogueSource> tables_in(const CatalogueSource& file) {
  std::vector<std::string> inside;
  if (is_zip(file.file))
    inside = placed(file, [&] { return ZipFile(fs::absolute(file.file).string(), file.file).names(); });
  else if (!format_of(file.file) && is_folder(file.file))
    inside = files_in(file.file);
  inside = main_files(inside);
  if (inside.empty()) inside.emplace_back();  // a file by itself, or none that can be read
  std::vector<CatalogueSource> tables;
  for (const std::string& name : inside) {
    CatalogueSource source = file;
    if (inside.size() > 1) source.table = fs::path(name).stem().string();
    const VectorDataset dataset(source);
    std::vector<std::string> names;
    for (OGRLayer* layer : dataset->GetLayers())
      if (layer->GetFeatureCount() > 0) names.emplace_back(layer->GetName());
    const bool one = dataset->GetLayerCount() == 1 || inside.size() > 1;
    if (one) tables.push_back(source);
    for (std::size_t i = 0; !one && i < names.size(); ++i) {
      source.table = names[i];
      tables.push_back(source);
    }
    if (!one && names.empty()) source.fail({"no_features"});
  }
  return tables;
}

}  // namespace gridloom
