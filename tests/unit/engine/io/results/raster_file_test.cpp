// SPDX-License-Identifier: Apache-2.0
#include "engine/io/results/raster_file.h"
#include "engine/base/errors.h"

#include <gdal_priv.h>
#include <gtest/gtest.h>
#include <ogr_spatialref.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/project/atomic_file.h"

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

// A surface over a window of the lattice, blank in its corners.
struct Surface {
  Lattice lattice{"EPSG:4528", 39'460'000, 4'000'000};
  RasterGrid grid{-3'000'000, 2'000'000, 40'000, 90, 70};
  std::vector<double> values;
  Surface() {
    for (std::uint32_t j = 0; j < grid.ny; ++j)
      for (std::uint32_t i = 0; i < grid.nx; ++i)
        values.push_back((i + j) % 90 < 20 ? std::nan("") : i * 1.1 + j / 7.0);
  }
  void write(const std::filesystem::path& path, const RasterTags& tags, PixelType type = PixelType::float32) const {
    write_file(path, raster_bytes(lattice, grid, values, tags, type));
  }
};

TEST_F(RasterFile, SaysWhatItIs) {
  const Surface raster;
  raster.write(directory_ / "heat.tif", {"件/km²", "a kernel density", {{"KERNEL", "triweight"}, {"HOURS", "22-2"}}});
  const auto dataset = open(directory_ / "heat.tif");
  ASSERT_NE(dataset, nullptr);
  EXPECT_STREQ(dataset->GetSpatialRef()->GetAuthorityCode(nullptr), "4528");
  EXPECT_EQ(item(*dataset, "KERNEL"), "triweight");
  EXPECT_EQ(item(*dataset, "HOURS"), "22-2");
  EXPECT_STREQ(dataset->GetRasterBand(1)->GetUnitType(), "件/km²");
  EXPECT_STREQ(dataset->GetRasterBand(1)->GetDescription(), "a kernel density");
  EXPECT_TRUE(std::isnan(dataset->GetRasterBand(1)->GetNoDataValue()));
}

TEST_F(RasterFile, PixelsLieWhereTheyBelong) {
  const Surface raster;
  for (const PixelType type : {PixelType::float64, PixelType::float32}) {
    raster.write(directory_ / "heat.tif", {}, type);
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
  Surface raster;
  EXPECT_THROW(raster.write(directory_ / "no" / "heat.tif", {}), DataError);
  raster.lattice.crs = "nowhere";
  EXPECT_THROW(raster.write(directory_ / "heat.tif", {}), DataError);
  EXPECT_TRUE(std::filesystem::is_empty(directory_));
}

}  // namespace
}  // namespace gridloom
