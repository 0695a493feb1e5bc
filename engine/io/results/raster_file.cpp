// SPDX-License-Identifier: Apache-2.0
#include "engine/io/results/raster_file.h"

#include <gdal_priv.h>
#include <ogr_spatialref.h>

#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "engine/base/errors.h"
#include "engine/io/gdal.h"
#include "engine/io/results/memory_file.h"

namespace gridloom {
namespace {

struct Close {
  void operator()(GDALDataset* dataset) const { GDALClose(dataset); }
};
using Dataset = std::unique_ptr<GDALDataset, Close>;

Dataset create(const std::string& file, const RasterGrid& grid, PixelType type) {
  GDALDriver* driver = GetGDALDriverManager()->GetDriverByName("GTiff");
  if (!driver) throw DataError("driver_missing", {{"format", "GeoTIFF"}});
  // The predictor for floats, and tiles, are what cloud-optimised readers like; BigTIFF only where it must be.
  const char* options[] = {"COMPRESS=DEFLATE", "PREDICTOR=3", "TILED=YES", "BIGTIFF=IF_SAFER", nullptr};
  return Dataset(driver->Create(file.c_str(), static_cast<int>(grid.nx), static_cast<int>(grid.ny), 1,
                                type == PixelType::float32 ? GDT_Float32 : GDT_Float64, const_cast<char**>(options)));
}

void place(GDALDataset& dataset, const Lattice& lattice, const RasterGrid& grid) {
  OGRSpatialReference crs;
  if (!set_crs(crs, lattice.crs)) throw DataError("crs_unknown", {{"crs", lattice.crs}});
  dataset.SetSpatialRef(&crs);
  const double cell = static_cast<double>(grid.cell_mm) / Lattice::kPerMetre;
  double transform[] = {lattice.origin_x + static_cast<double>(grid.x0_mm) / Lattice::kPerMetre, cell, 0,
                        lattice.origin_y + static_cast<double>(grid.y0_mm) / Lattice::kPerMetre, 0,    -cell};
  dataset.SetGeoTransform(transform);
}

void describe(GDALDataset& dataset, const RasterTags& tags) {
  for (const auto& [key, value] : tags.items) dataset.SetMetadataItem(key.c_str(), value.c_str());
  GDALRasterBand& band = *dataset.GetRasterBand(1);
  band.SetNoDataValue(std::numeric_limits<double>::quiet_NaN());
  band.SetUnitType(tags.unit.c_str());
  band.SetDescription(tags.description.c_str());
}

}  // namespace

std::string raster_bytes(const Lattice& lattice, const RasterGrid& grid, std::span<const double> values,
                         const RasterTags& tags, PixelType type) {
  const GdalErrors errors;
  const auto refuse = [&] { throw DataError("answer_unwritten", {{"format", "GeoTIFF"}, {"why", errors.last()}}); };
  const MemoryFile file(".tif");
  Dataset dataset = create(file.path(), grid, type);
  if (!dataset) refuse();
  place(*dataset, lattice, grid);
  describe(*dataset, tags);
  const int nx = static_cast<int>(grid.nx), ny = static_cast<int>(grid.ny);
  auto* data = const_cast<double*>(values.data());  // GDAL only reads, but says so nowhere
  const CPLErr written =
      dataset->GetRasterBand(1)->RasterIO(GF_Write, 0, 0, nx, ny, data, nx, ny, GDT_Float64, 0, 0, nullptr);
  dataset.reset();  // the last tiles are written here
  if (written != CE_None || !errors.last().empty()) refuse();
  return file.bytes();
}

}  // namespace gridloom
