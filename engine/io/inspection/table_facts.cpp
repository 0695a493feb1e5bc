// SPDX-License-Identifier: Apache-2.0
#include "engine/io/inspection/table_facts.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_set>
#include <utility>

#include "engine/base/parallel.h"
#include "engine/base/strings.h"
#include "engine/io/delivery/layer_reader.h"
#include "engine/io/delivery/vector_dataset.h"
#include "engine/io/file_format.h"
#include "engine/io/time_text.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

// Cells that are tried as times: the first and every so many.
constexpr std::size_t kTriedTimes = 500;

bool has_chinese(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {  // U+4E00 to U+9FFF
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
    if (byte(0) >= 0xE4 && byte(0) <= 0xE9 && (byte(0) > 0xE4 || byte(1) >= 0xB8)) return true;
  }
  return false;
}

ColumnFacts column_facts(const InspectedTable& table, std::size_t column) {
  ColumnFacts facts;
  if (table.layer) {
    facts.name = table.layer->fields[column].name;
    facts.type = table.layer->fields[column].type;
  } else {
    facts.name = table.table->header[column];
  }
  std::unordered_set<std::string_view> values;
  facts.numbers = facts.whole = true;
  facts.least = 1e300;
  facts.most = -1e300;
  std::size_t tried = 0, times = 0;
  const std::size_t step = std::max<std::size_t>(1, table.rows / kTriedTimes);
  const TimeZone utc("UTC");
  for (std::size_t row = 0; row < table.rows; ++row) {
    const std::string_view cell = table.cell(row, column);
    if (cell.empty()) continue;
    ++facts.filled;
    values.insert(cell);
    facts.longest = std::max(facts.longest, cell.size());
    facts.chinese = facts.chinese || has_chinese(cell);
    if (facts.numbers) {
      const auto number = number_of<double>(cell.starts_with('+') ? cell.substr(1) : cell);
      facts.numbers = number.has_value();
      if (number) {
        facts.whole = facts.whole && *number == std::floor(*number);
        facts.least = std::min(facts.least, *number);
        facts.most = std::max(facts.most, *number);
        facts.sum += *number;
      }
    }
    if (row % step && tried > 0) continue;
    ++tried;
    times += parse_time(cell, utc).has_value();
  }
  facts.distinct = values.size();
  facts.numbers = facts.numbers && facts.filled > 0;
  facts.whole = facts.whole && facts.numbers;
  facts.times = tried ? static_cast<double>(times) / static_cast<double>(tried) : 0;
  return facts;
}

bool is_closed(const RawRing& line) {
  const std::size_t n = line.x.size();
  return n > 3 && line.x.front() == line.x.back() && line.y.front() == line.y.back();
}

bool has_field(const RawLayer& layer, std::string_view name) {
  return std::any_of(layer.fields.begin(), layer.fields.end(), [&](const Field& f) { return f.name == name; });
}

TableShape shape_of(const RawLayer& layer) {
  std::size_t areas = 0, lines = 0, points = 0, closed = 0;
  for (const RawFeature& feature : layer.features) {
    areas += !feature.rings.empty();
    lines += feature.rings.empty() && !feature.lines.empty();
    points += feature.rings.empty() && feature.lines.empty() && feature.point;
    closed += feature.rings.empty() && !feature.lines.empty() &&
              std::all_of(feature.lines.begin(), feature.lines.end(), is_closed);
  }
  // As drawings have areas; a road that ends where it began does not make a layer of roads one of areas.
  if (areas == 0 && closed > 1 && closed * 10 >= lines * 9 && (points == 0 || has_field(layer, "Text")))
    return TableShape::areas;
  const std::size_t most = std::max({areas, lines, points});
  if (most == 0) return TableShape::rows;
  return most == areas ? TableShape::areas : most == lines ? TableShape::lines : TableShape::points;
}

// The encoding that a reader guessed; empty: it had no need to.
std::string guessed_encoding(const std::vector<Reason>& remarks) {
  for (const Reason& remark : remarks)
    if (remark.code == "texts_read_as")
      for (const Fact& fact : remark.facts)
        if (fact.name == "encoding") return std::get<std::string>(fact.value);
  return {};
}

InspectedTable read_inspected(const CatalogueSource& source) {
  InspectedTable read;
  read.source = source;
  if (is_csv(source.file)) {
    read.table = read_table_file(source);
    read.rows = read.table->rows();
  } else {
    read.layer = read_vector_file(source);
    read.rows = read.layer->features.size();
    read.shape = shape_of(*read.layer);
    read.lettered = read.shape == TableShape::areas && has_field(*read.layer, "Text") &&
                    std::any_of(read.layer->features.begin(), read.layer->features.end(),
                                [](const RawFeature& f) { return f.rings.empty() && f.lines.empty() && f.point; });
    read.extent = extent_of(*read.layer);
    read.crs = read.layer->crs;
    if (read.crs.empty() && read.layer->means_wgs84) read.crs = "EPSG:4326";
    if (!read.crs.empty() && is_geographic(read.crs) && beyond_degrees(read.extent)) read.crs.clear();
  }
  read.source.encoding = guessed_encoding(read.layer ? read.layer->remarks : read.table->remarks);
  read.encoding_guessed = !read.source.encoding.empty();
  const std::size_t columns = read.layer ? read.layer->fields.size() : read.table->header.size();
  for (std::size_t c = 0; c < columns; ++c) read.columns.push_back(column_facts(read, c));
  return read;
}

bool is_data(const fs::path& file) {
  if (is_zip(file)) return true;
  // In a folder, a .txt is read by people, and so is most .json that is no layer; the latter is tried.
  const fs::path inner = is_gzip(file) ? file.stem() : file;
  return format_of(inner) && ending_of(inner) != ".txt";
}

// The .dbf of a shapefile, the .mif of a .tab: read along with it.
bool accompanies(const fs::path& file) {
  std::error_code error;
  if (ending_of(file) != ".dbf") return false;
  for (const char* ending : {".shp", ".SHP", ".Shp"})
    if (fs::exists(fs::path(file).replace_extension(ending), error)) return true;
  return false;
}

void add_folder(const fs::path& folder, std::vector<fs::path>& files) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const fs::path& path = entry.path();
    if (path.filename().string().starts_with('.') || path.filename() == "__MACOSX") continue;
    found.push_back(path);
  }
  std::sort(found.begin(), found.end());
  for (const fs::path& path : found) {
    if (fs::is_directory(path, error) && !format_of(path))
      add_folder(path, files);
    else if (is_data(path) && !accompanies(path))
      files.push_back(path);
  }
}

std::vector<fs::path> all_files(const std::vector<fs::path>& given) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::path& path : given) {
    if (fs::is_directory(path, error) && !format_of(path))
      add_folder(path, files);
    else
      files.push_back(path);
  }
  return files;
}

std::string name_of(const CatalogueSource& source) {
  return source.table.empty() ? source.file.string() : source.file.string() + ", " + source.table;
}

// A project file: what a fusion made, not what departments delivered.
bool is_our_own(const std::vector<CatalogueSource>& tables) {
  const auto holds = [&](const char* name) {
    return std::any_of(tables.begin(), tables.end(), [&](const CatalogueSource& t) { return t.table == name; });
  };
  return holds("atoms") && holds("boundaries") && holds("grids");
}

bool alike(const InspectedTable& a, const InspectedTable& b) {
  if (a.rows != b.rows || a.shape != b.shape || a.columns.size() != b.columns.size()) return false;
  if (a.extent.text() != b.extent.text()) return false;
  for (std::size_t c = 0; c < a.columns.size(); ++c) {
    if (a.columns[c].name != b.columns[c].name) return false;
    for (std::size_t row = 0; row < a.rows; ++row)
      if (a.cell(row, c) != b.cell(row, c)) return false;
  }
  const auto vertices = [](const InspectedTable& t) {
    std::size_t n = 0;
    if (t.layer)
      for (const RawFeature& f : t.layer->features)
        for (const auto* parts : {&f.rings, &f.lines})
          for (const RawRing& ring : *parts) n += ring.x.size();
    return n;
  };
  return vertices(a) == vertices(b);
}

}  // namespace

std::vector<RawRing> InspectedTable::rings(std::size_t row) const {
  const RawFeature& feature = layer->features[row];
  std::vector<RawRing> rings = feature.rings;
  if (rings.empty()) std::copy_if(feature.lines.begin(), feature.lines.end(), std::back_inserter(rings), is_closed);
  return rings;
}

std::string_view InspectedTable::cell(std::size_t row, std::size_t column) const {
  if (table) return trimmed(table->cell(row, column));
  const auto& value = layer->features[row].values[column];
  return value ? trimmed(*value) : std::string_view();
}

std::string InspectedTable::stem() const {
  if (!source.table.empty()) return source.table;
  fs::path file = source.file.has_filename() ? source.file : source.file.parent_path();
  if (is_gzip(file)) file = file.stem();
  file = file.stem();
  // "police.geojson.json", "police.shp.zip"
  return format_of(file) ? file.stem().string() : file.string();
}

std::vector<InspectedTable> inspect_files(const std::vector<fs::path>& given, unsigned threads, Progress& progress,
                                          std::vector<UnreadFile>& left_out) {
  const std::vector<fs::path> files = all_files(given);
  std::vector<std::vector<InspectedTable>> read(files.size());
  std::vector<std::vector<UnreadFile>> told(files.size());
  parallel_for(files.size(), threads, [&](std::size_t i) {
    if (progress.cancelled()) throw Cancelled();
    CatalogueSource file;
    file.file = files[i].lexically_normal();
    const auto attempt = [&](const CatalogueSource& source, auto step) {
      try {
        step();
      } catch (const DataError& error) {
        Reason why = error.reason();
        // The place is what is left out.
        why.where.clear();
        told[i].push_back({name_of(source), std::move(why)});
      }
    };
    attempt(file, [&] {
      const std::vector<CatalogueSource> inside = is_csv(file.file) ? std::vector{file} : tables_in(file);
      if (is_our_own(inside)) throw DataError("project_no_delivery");
      for (const CatalogueSource& table : inside) attempt(table, [&] { read[i].push_back(read_inspected(table)); });
    });
  });
  std::vector<InspectedTable> tables;
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::move(told[i].begin(), told[i].end(), std::back_inserter(left_out));
    for (InspectedTable& table : read[i]) {
      const auto same =
          std::find_if(tables.begin(), tables.end(), [&](const InspectedTable& other) { return alike(table, other); });
      if (same == tables.end())
        tables.push_back(std::move(table));
      else
        left_out.push_back({name_of(table.source), {"table_over_again", {{"other", name_of(same->source)}}}});
    }
  }
  return tables;
}

}  // namespace gridloom
