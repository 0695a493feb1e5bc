// SPDX-License-Identifier: Apache-2.0
#include "engine/io/raster_file.h"

#include <gdal_priv.h>
#include <gtest/gtest.h>
#include <ogr_spatialref.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>

#include "engine/incidents/local_time.h"
#include "engine/progress.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

struct Close {
  void operator()(GDALDataset* d) const { GDALClose(d); }
};

std::unique_ptr<GDALDataset, Close> open(const std::filesystem::path& path) {
  GDALAllRegister();
  return std::unique_ptr<GDALDataset, Close>(static_cast<GDALDataset*>(GDALOpen(path.c_str(), GA_ReadOnly)));
}

class RasterFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "gridloom-raster-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
};

std::string item(GDALDataset& dataset, const char* key) {
  const char* value = dataset.GetMetadataItem(key);
  return value ? value : "(missing)";
}

TEST_F(RasterFile, SaysWhatItIs) {
  EventFilter filter;
  filter.from = parse_local_time("2026-01-01")->seconds;
  filter.categories = {"noise"};
  filter.hours = hours_between(22, 2);
  const DensityRaster raster =
      heatmap(toy::city(), filter, {.kernel = Kernel::triweight, .bandwidth_m = 400, .cell_m = 50});
  write_raster(raster, directory_ / "heat.tif");
  const auto dataset = open(directory_ / "heat.tif");
  ASSERT_NE(dataset, nullptr);
  EXPECT_STREQ(dataset->GetSpatialRef()->GetAuthorityCode(nullptr), "4528");
  EXPECT_EQ(item(*dataset, "KERNEL"), "triweight");
  EXPECT_EQ(item(*dataset, "BANDWIDTH_M"), "400");
  EXPECT_EQ(item(*dataset, "CELL_M"), "50");
  EXPECT_EQ(item(*dataset, "EVENTS"), std::to_string(raster.events));
  EXPECT_EQ(item(*dataset, "WINDOW_FROM"), "2026-01-01T00:00:00");
  EXPECT_EQ(item(*dataset, "WINDOW_TO"), "open");
  EXPECT_EQ(item(*dataset, "HOURS"), "0,1,22,23");
  EXPECT_EQ(item(*dataset, "CATEGORIES"), "noise");
  EXPECT_STREQ(dataset->GetRasterBand(1)->GetUnitType(), "events/km2");
  EXPECT_TRUE(std::isnan(dataset->GetRasterBand(1)->GetNoDataValue()));
}

TEST_F(RasterFile, PixelsLieWhereTheyBelong) {
  const DensityRaster raster = heatmap(toy::city(), {}, {.bandwidth_m = 300, .cell_m = 40});
  for (const PixelType type : {PixelType::float64, PixelType::float32}) {
    write_raster(raster, directory_ / "heat.tif", type);
    const auto dataset = open(directory_ / "heat.tif");
    ASSERT_EQ(dataset->GetRasterXSize(), static_cast<int>(raster.grid.nx));
    ASSERT_EQ(dataset->GetRasterYSize(), static_cast<int>(raster.grid.ny));
    double transform[6];
    dataset->GetGeoTransform(transform);
    EXPECT_DOUBLE_EQ(transform[0], raster.lattice.origin_x + static_cast<double>(raster.grid.x0_mm) / 1000);
    EXPECT_DOUBLE_EQ(transform[3], raster.lattice.origin_y + static_cast<double>(raster.grid.y0_mm) / 1000);
    EXPECT_DOUBLE_EQ(transform[1], 40);
    EXPECT_DOUBLE_EQ(transform[5], -40);
    std::vector<double> values(raster.values.size());
    ASSERT_EQ(dataset->GetRasterBand(1)->RasterIO(GF_Read, 0, 0, dataset->GetRasterXSize(), dataset->GetRasterYSize(),
                                                  values.data(), dataset->GetRasterXSize(), dataset->GetRasterYSize(),
                                                  GDT_Float64, 0, 0),
              CE_None);
    std::size_t blank = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_EQ(std::isnan(values[i]), std::isnan(raster.values[i])) << i;
      blank += std::isnan(values[i]);
      if (std::isnan(values[i])) continue;
      const double stored = type == PixelType::float64 ? raster.values[i] : static_cast<float>(raster.values[i]);
      ASSERT_EQ(values[i], stored) << i;
    }
    EXPECT_GT(blank, 0u);
    EXPECT_LT(blank, values.size() / 2);
  }
}

TEST_F(RasterFile, LeavesNothingBehindWhenItFails) {
  DensityRaster raster = heatmap(toy::city(), {}, {});
  raster.lattice.crs = "nowhere";
  EXPECT_THROW(write_raster(raster, directory_ / "heat.tif"), DataError);
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
  EXPECT_THROW(write_raster(raster, directory_ / "no" / "heat.tif"), DataError);
}

}  // namespace
}  // namespace gridloom
