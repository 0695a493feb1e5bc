// SPDX-License-Identifier: Apache-2.0
#include "engine/io/results/table_export.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>
#include <ogrsf_frmts.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <utility>

#include "engine/base/strings.h"
#include "engine/io/gdal.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

constexpr int kLongestText = 254;  // bytes of a field of a .dbf
constexpr int kMomentWidth = 19;   // 2025-03-01 13:45:10

struct CloseExport {
  void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using DatasetOwner = std::unique_ptr<GDALDataset, CloseExport>;

struct FormatFacts {
  const char* driver;
  bool several, shapes_alone;
};

FormatFacts facts_of(ExportFormat format) {
  switch (format) {
    case ExportFormat::shp:
      return {"ESRI Shapefile", false, false};
    case ExportFormat::geojson:
      return {"GeoJSON", false, false};
    case ExportFormat::fgb:
      return {"FlatGeobuf", false, false};
    case ExportFormat::dxf:
      return {"DXF", true, true};
    case ExportFormat::xlsx:
      return {"XLSX", true, false};
    case ExportFormat::csv:
      break;
  }
  return {"CSV", false, false};
}

// A value for GDAL's configuration of this thread, for as long as this lives.
struct Configured {
  Configured(const char* key, const char* value) : key_(key) { CPLSetThreadLocalConfigOption(key, value); }
  ~Configured() { CPLSetThreadLocalConfigOption(key_, nullptr); }
  Configured(const Configured&) = delete;
  Configured& operator=(const Configured&) = delete;

 private:
  const char* key_;
};

std::string recoded(const std::string& text, const char* from, const char* to) {
  char* raw = CPLRecode(text.c_str(), from, to);
  const std::unique_ptr<char, decltype(&CPLFree)> owner(raw, &CPLFree);
  return raw;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
}

// The first character of a text in UTF-8, and what follows.
std::pair<std::string, std::string_view> first_character(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
  return {std::string(text.substr(0, end)), text.substr(end)};
}

// What an encoding has of a text: a question mark for each character that it has not.
std::string encodable(ExportEncoding encoding, std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto [character, rest] = first_character(text);
    out += bytes_in(encoding, character) ? character : "?";
    text = rest;
  }
  return out;
}

// As many whole characters as go into so many bytes.
std::string within_bytes(ExportEncoding encoding, std::string_view text, std::size_t most) {
  std::string out;
  for (std::size_t used = 0; !text.empty();) {
    const auto [character, rest] = first_character(text);
    used += bytes_in(encoding, character).value_or(1);
    if (used > most) break;
    out += character;
    text = rest;
  }
  return out;
}

struct Source {
  const ExportTable* table = nullptr;
  OGRLayer* layer = nullptr;
  std::vector<std::pair<int, const ExportColumn*>> columns;  // index in the layer
  int key = -1;                                              // index of what a feature goes by; -1: its row
};

// What the values of a column need: bytes of texts, digits before the point.
struct Width {
  int text = 1, digits = 1;
};

class Writer {
 public:
  Writer(const fs::path& project, ExportFormat format, ExportEncoding encoding, const GdalErrors& errors)
      : format_(format), facts_(facts_of(format)), encoding_(encoding), errors_(errors), project_(project) {
    const char* drivers[] = {"GPKG", nullptr};
    source_.reset(GDALDataset::Open(project.c_str(), GDAL_OF_VECTOR | GDAL_OF_READONLY, drivers, nullptr, nullptr));
    if (!source_) throw DataError("export_failed", {{"why", errors.last()}}).within(project.string());
  }

  Exported write(std::span<const ExportTable> tables, const fs::path& file, Progress& progress) {
    const Configured no_hatch("DXF_WRITE_HATCH", "NO");
    GDALDriver* driver = GetGDALDriverManager()->GetDriverByName(facts_.driver);
    if (!driver) throw DataError("driver_missing", {{"format", facts_.driver}});
    DatasetOwner target(driver->Create(file.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    if (!target) fail(file);
    OGRLayer* shared = nullptr;  // a drawing has one layer, whose features name theirs
    for (std::size_t t = 0; t < tables.size(); ++t) {
      progress.stage("write", static_cast<double>(t) / static_cast<double>(tables.size()));
      const Source source = source_of(tables[t]);
      OGRLayer* layer = shared ? shared : create(*target, source, file);
      if (format_ == ExportFormat::dxf) shared = layer;
      copy(source, *layer, file, progress);
    }
    CPLErrorReset();
    target.reset();  // only now do some formats write at all
    if (CPLGetLastErrorType() >= CE_Failure) fail(file);
    return std::move(done_);
  }

 private:
  [[noreturn]] void fail(const fs::path& file) const {
    throw DataError("export_failed", {{"why", errors_.last()}}).within(file.string());
  }

  Source source_of(const ExportTable& table) {
    Source source{&table, source_->GetLayerByName(table.name.c_str()), {}};
    if (!source.layer) throw DataError("export_table_missing", {{"table", table.name}}).within(project_.string());
    for (const ExportColumn& column : table.columns)
      if (const int field = source.layer->FindFieldIndex(column.name.c_str(), TRUE); field >= 0)
        source.columns.emplace_back(field, &column);
    for (const char* key : {"code", "id", "atom_id", "grid_code"})
      if (source.key < 0) source.key = source.layer->FindFieldIndex(key, TRUE);
    return source;
  }

  bool of_bytes() const {
    return format_ == ExportFormat::shp || format_ == ExportFormat::csv || format_ == ExportFormat::dxf;
  }

  // Shapefiles have texts and numbers of fixed widths: as wide as the widest value.
  std::vector<Width> widths(const Source& source) {
    std::vector<Width> out(source.columns.size());
    source.layer->ResetReading();
    for (const auto& feature : *source.layer)
      for (std::size_t c = 0; c < out.size(); ++c) {
        const int field = source.columns[c].first;
        if (!feature->IsFieldSetAndNotNull(field)) continue;
        const std::string text = feature->GetFieldAsString(field);
        out[c].text = std::max(out[c].text, static_cast<int>(bytes_in(encoding_, text).value_or(text.size())));
        const double size = std::abs(feature->GetFieldAsDouble(field));
        out[c].digits = std::max(out[c].digits, size < 1 ? 1 : static_cast<int>(std::floor(std::log10(size))) + 1);
      }
    return out;
  }

  std::unique_ptr<OGRFieldDefn> definition(const OGRFieldDefn& from, const ExportColumn& column,
                                           const Width& width) const {
    auto made = std::make_unique<OGRFieldDefn>(column.title.c_str(), from.GetType());
    if (format_ == ExportFormat::shp) fit(*made, column, width);
    if (format_ == ExportFormat::csv && is_time(from.GetType()))
      made->SetType(OFTString);  // ISO 8601, not GDAL's slashes
    if (format_ == ExportFormat::geojson || format_ == ExportFormat::fgb) made->SetSubType(from.GetSubType());
    return made;
  }

  static bool is_time(OGRFieldType type) { return type == OFTDate || type == OFTDateTime; }

  static void fit(OGRFieldDefn& field, const ExportColumn& column, const Width& width) {
    constexpr int kSign = 1, kPoint = 1;
    switch (field.GetType()) {
      case OFTReal:
        field.SetWidth(kSign + width.digits + (column.decimals ? kPoint + column.decimals : 0));
        field.SetPrecision(column.decimals);
        break;
      case OFTInteger:
      case OFTInteger64:
        field.SetWidth(kSign + width.digits);
        break;
      case OFTDateTime:  // a .dbf has days alone
        field.SetType(OFTString);
        field.SetWidth(kMomentWidth);
        break;
      case OFTDate:
        break;
      default:
        field.SetType(OFTString);
        field.SetWidth(std::min(width.text, kLongestText));
    }
  }

  CPLStringList options_of(const Source& source) const {
    CPLStringList options;
    if (format_ == ExportFormat::shp)
      options.SetNameValue("ENCODING", encoding_ == ExportEncoding::gbk ? "GBK" : "UTF-8");
    if (format_ == ExportFormat::geojson) {
      options.SetNameValue("RFC7946", "YES");
      options.SetNameValue("COORDINATE_PRECISION", "9");  // a tenth of a millimetre
    }
    if (format_ == ExportFormat::csv) {
      options.SetNameValue("WRITE_BOM", encoding_ == ExportEncoding::utf8_sig ? "YES" : "NO");
      options.SetNameValue("STRING_QUOTING", "IF_NEEDED");
      if (wkbFlatten(source.layer->GetGeomType()) == wkbPoint) options.SetNameValue("GEOMETRY", "AS_XY");
    }
    return options;
  }

  OGRLayer* create(GDALDataset& target, const Source& source, const fs::path& file) {
    const bool sheet = format_ == ExportFormat::xlsx || format_ == ExportFormat::csv;
    const bool point = wkbFlatten(source.layer->GetGeomType()) == wkbPoint;
    const OGRwkbGeometryType type =
        sheet && !(format_ == ExportFormat::csv && point) ? wkbNone : source.layer->GetGeomType();
    const std::string name = facts_.several ? source.table->title : file.stem().string();
    const CPLStringList options = options_of(source);
    OGRLayer* layer = target.CreateLayer(name.c_str(), type == wkbNone ? nullptr : source.layer->GetSpatialRef(), type,
                                         const_cast<char**>(options.List()));
    if (!layer) fail(file);
    if (format_ == ExportFormat::dxf) return layer;
    const std::vector<Width> wide =
        format_ == ExportFormat::shp ? widths(source) : std::vector<Width>(source.columns.size());
    for (std::size_t c = 0; c < source.columns.size(); ++c) {
      const auto& [field, column] = source.columns[c];
      ExportColumn titled = *column;
      titled.title = held(column->title, source, *column, "");
      const auto made = definition(*source.layer->GetLayerDefn()->GetFieldDefn(field), titled, wide[c]);
      if (layer->CreateField(made.get()) != OGRERR_NONE) fail(file);
    }
    return layer;
  }

  static void lose(ExportLoss& loss, LostText lost) {
    if (loss.texts++ < ExportLoss::kNamed) loss.named.push_back(std::move(lost));
  }

  // A text as the file can hold it; what it cannot hold is told.
  std::string held(const std::string& text, const Source& source, const ExportColumn& column,
                   const std::string& feature) {
    std::string out = text;
    if (of_bytes() && !bytes_in(encoding_, text)) {
      lose(done_.unencoded, {source.table->name, feature, column.name, shortened(text)});
      out = encodable(encoding_, text);
    }
    if (format_ == ExportFormat::shp && bytes_in(encoding_, out).value_or(0) > kLongestText) {
      lose(done_.cut, {source.table->name, feature, column.name, shortened(text)});
      out = within_bytes(encoding_, out, kLongestText);
    }
    return out;
  }

  static std::string name_of(OGRFeature& feature, const Source& source) {
    if (source.key >= 0 && feature.IsFieldSetAndNotNull(source.key)) return feature.GetFieldAsString(source.key);
    return "fid " + std::to_string(feature.GetFID());
  }

  void put(OGRFeature& out, int index, OGRFeature& from, int field, const Source& source, const ExportColumn& column) {
    if (!from.IsFieldSetAndNotNull(field)) return out.SetFieldNull(index);
    switch (source.layer->GetLayerDefn()->GetFieldDefn(field)->GetType()) {
      case OFTInteger:
      case OFTInteger64:
        return out.SetField(index, from.GetFieldAsInteger64(field));
      case OFTReal:
        return out.SetField(index, format_ == ExportFormat::shp ? rounded(from.GetFieldAsDouble(field), column.decimals)
                                                                : from.GetFieldAsDouble(field));
      case OFTDate:
      case OFTDateTime: {
        int year = 0, month = 0, day = 0, hour = 0, minute = 0, zone = 0;
        float second = 0;
        from.GetFieldAsDateTime(field, &year, &month, &day, &hour, &minute, &second, &zone);
        if (source.layer->GetLayerDefn()->GetFieldDefn(field)->GetType() == OFTDate)
          return format_ == ExportFormat::csv ? out.SetField(index, CPLSPrintf("%04d-%02d-%02d", year, month, day))
                                              : out.SetField(index, year, month, day);
        if (format_ == ExportFormat::shp || format_ == ExportFormat::csv)
          return out.SetField(index, CPLSPrintf("%04d-%02d-%02d %02d:%02d:%02d", year, month, day, hour, minute,
                                                static_cast<int>(second)));
        constexpr int kNoZone = 0;  // the city's clock
        return out.SetField(index, year, month, day, hour, minute, second, kNoZone);
      }
      default:
        return out.SetField(index, held(from.GetFieldAsString(field), source, column, name_of(from, source)).c_str());
    }
  }

  static double rounded(double value, int decimals) {
    const double unit = std::pow(10.0, decimals);
    return std::round(value * unit) / unit;
  }

  void copy(const Source& source, OGRLayer& layer, const fs::path& file, const Progress& progress) {
    const bool with_shape = layer.GetGeomType() != wkbNone;
    const std::string on_layer =
        format_ == ExportFormat::dxf ? held(source.table->title, source, ExportColumn{"", "", 0}, "") : "";
    source.layer->ResetReading();
    for (const auto& from : *source.layer) {
      if (progress.cancelled()) throw Cancelled();
      const OGRGeometry* shape = from->GetGeometryRef();
      if (facts_.shapes_alone && !shape) {
        ++done_.without_geometry;
        continue;
      }
      const OGRFeatureUniquePtr out(OGRFeature::CreateFeature(layer.GetLayerDefn()));
      if (format_ == ExportFormat::dxf)
        out->SetField("Layer", on_layer.c_str());
      else
        for (std::size_t c = 0; c < source.columns.size(); ++c)
          put(*out, static_cast<int>(c), *from, source.columns[c].first, source, *source.columns[c].second);
      if (with_shape && shape) out->SetGeometry(shape);
      if (layer.CreateFeature(out.get()) != OGRERR_NONE) fail(file);
      ++done_.rows;
    }
  }

  ExportFormat format_;
  FormatFacts facts_;
  ExportEncoding encoding_;
  const GdalErrors& errors_;
  fs::path project_;
  DatasetOwner source_;
  Exported done_;
};

// A folder of its own beside the target, so that what is half done stands under no name that people look for.
class Workplace {
 public:
  explicit Workplace(const fs::path& target) : target_(target) {
    std::string name = (fs::absolute(target).parent_path() / ".gridloom-export-XXXXXX").string();
    if (!mkdtemp(name.data()))
      throw DataError("export_failed", {{"why", std::string(std::strerror(errno))}}).within(target.string());
    folder_ = name;
  }
  ~Workplace() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  fs::path file() const { return folder_ / target_.filename(); }
  void settle() const {
    for (const auto& entry : fs::directory_iterator(folder_))
      fs::rename(entry.path(), fs::absolute(target_).parent_path() / entry.path().filename());
  }

 private:
  fs::path target_, folder_;
};

// GDAL writes CSV as UTF-8 alone, and drawings too, though they say that they were in Windows' Latin: drawings of the
// year 2000 have a code page, and Chinese ones are in this.
constexpr std::string_view kLatinPage = "ANSI_1252", kChinesePage = "ANSI_936";

void recode_file(const fs::path& file, const char* to) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  in.close();
  if (is_ascii(text)) return;
  if (const auto page = text.find(kLatinPage); page != std::string::npos && file.extension() == ".dxf")
    text.replace(page, kLatinPage.size(), kChinesePage);
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << recoded(text, CPL_ENC_UTF8, to);
  if (!out.flush())
    throw DataError("export_failed", {{"why", std::string(std::strerror(errno))}}).within(file.string());
}

}  // namespace

std::optional<std::size_t> bytes_in(ExportEncoding encoding, const std::string& text) {
  if (encoding != ExportEncoding::gbk || is_ascii(text)) return text.size();
  const GdalErrors quiet;
  const std::string there = recoded(text, CPL_ENC_UTF8, "GBK");
  if (recoded(there, "GBK", CPL_ENC_UTF8) != text) return std::nullopt;
  return there.size();
}

bool holds_several(ExportFormat format) { return facts_of(format).several; }

Exported export_tables(const fs::path& project, std::span<const ExportTable> tables, ExportFormat format,
                       ExportEncoding encoding, const fs::path& file, Progress& progress) {
  const GdalErrors errors;
  const Workplace place(file);
  if (format == ExportFormat::dxf) encoding = ExportEncoding::gbk;
  Exported done = Writer(project, format, encoding, errors).write(tables, place.file(), progress);
  if ((format == ExportFormat::csv || format == ExportFormat::dxf) && encoding == ExportEncoding::gbk)
    recode_file(place.file(), "GBK");
  place.settle();
  return done;
}

}  // namespace gridloom
