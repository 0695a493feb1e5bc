// SPDX-License-Identifier: Apache-2.0
#include "engine/io/raster_file.h"

#include <cpl_error.h>
#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "engine/incidents/local_time.h"
#include "engine/io/atomic_file.h"
#include "engine/io/project_meta.h"
#include "engine/progress.h"

namespace gridloom {
namespace {

struct Close {
  void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<GDALDataset, Close>;

[[noreturn]] void refuse(const std::filesystem::path& path) {
  throw DataError("cannot write " + path.string() + ": " + CPLGetLastErrorMsg());
}

Dataset create(const std::filesystem::path& file, const RasterGrid& grid, PixelType type) {
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GTiff");
  if (!driver) throw DataError("this GDAL cannot write GeoTIFF");
  // The predictor for floats, and tiles, are what cloud-optimised readers like; BigTIFF only where it must be.
  const char* options[] = {"COMPRESS=DEFLATE", "PREDICTOR=3", "TILED=YES", "BIGTIFF=IF_SAFER", nullptr};
  return Dataset(driver->Create(file.c_str(), static_cast<int>(grid.nx), static_cast<int>(grid.ny), 1,
                                type == PixelType::float32 ? GDT_Float32 : GDT_Float64, const_cast<char**>(options)));
}

void place(GDALDataset& dataset, const DensityRaster& raster) {
  OGRSpatialReference crs;
  if (crs.SetFromUserInput(raster.lattice.crs.c_str()) != OGRERR_NONE)
    throw DataError("the CRS '" + raster.lattice.crs + "' is not known");
  dataset.SetSpatialRef(&crs);
  const double cell = static_cast<double>(raster.grid.cell_mm) / Lattice::kPerMetre;
  double transform[] = {
      raster.lattice.origin_x + static_cast<double>(raster.grid.x0_mm) / Lattice::kPerMetre, cell, 0,
      raster.lattice.origin_y + static_cast<double>(raster.grid.y0_mm) / Lattice::kPerMetre, 0,    -cell};
  dataset.SetGeoTransform(transform);
}

std::string bound(std::optional<std::int64_t> seconds) {
  return seconds ? format_local_time({*seconds, true}) : std::string("open");
}

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "all" : text;
}

std::string list(const HourSet& hours) {
  if (hours.none() || hours.all()) return hours.none() ? "all" : "0-23, with a clock";
  std::string text;
  for (std::size_t h = 0; h < hours.size(); ++h)
    if (hours.test(h)) text += (text.empty() ? "" : ",") + std::to_string(h);
  return text;
}

void describe(GDALDataset& dataset, const DensityRaster& raster) {
  const DensityOptions& o = raster.options;
  const auto say = [&](const char* key, const std::string& value) { dataset.SetMetadataItem(key, value.c_str()); };
  say("METHOD",
      "kernel density without edge correction, " +
          std::string(o.kernel == Kernel::gaussian ? "cut at 6 standard deviations" : "exact to 1e-9 of the maximum"));
  say("KERNEL", std::string(name_of(o.kernel)));
  say("BANDWIDTH_M", shortest(o.bandwidth_m));
  say("CELL_M", shortest(static_cast<double>(raster.grid.cell_mm) / Lattice::kPerMetre));
  say("EVENTS", std::to_string(raster.events));
  say("WINDOW_FROM", bound(raster.filter.from));
  say("WINDOW_TO", bound(raster.filter.to));
  say("HOURS", list(raster.filter.hours));
  say("CATEGORIES", list(raster.filter.categories));
  GDALRasterBand& band = *dataset.GetRasterBand(1);
  band.SetNoDataValue(std::numeric_limits<double>::quiet_NaN());
  band.SetUnitType("events/km2");
  band.SetDescription("incident density");
}

}  // namespace

void write_raster(const DensityRaster& raster, const std::filesystem::path& path, PixelType type) {
  GDALAllRegister();
  const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);  // what went wrong goes into the exception
  AtomicFile target(path);
  Dataset dataset = create(target.path(), raster.grid, type);
  if (!dataset) refuse(path);
  place(*dataset, raster);
  describe(*dataset, raster);
  const int nx = static_cast<int>(raster.grid.nx), ny = static_cast<int>(raster.grid.ny);
  auto* values = const_cast<double*>(raster.values.data());  // GDAL only reads, but says so nowhere
  const CPLErr written =
      dataset->GetRasterBand(1)->RasterIO(GF_Write, 0, 0, nx, ny, values, nx, ny, GDT_Float64, 0, 0, nullptr);
  CPLErrorReset();
  dataset.reset();  // the last tiles go to the disk here
  if (written != CE_None || CPLGetLastErrorType() == CE_Failure) refuse(path);
  target.commit();
}

}  // namespace gridloom
