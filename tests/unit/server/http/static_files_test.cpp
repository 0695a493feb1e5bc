// SPDX-License-Identifier: Apache-2.0
#include "server/http/static_files.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace gridloom {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / ("static_files_" + std::to_string(::getpid()));
    fs::create_directories(root_ / "web/assets");
    put("secret.txt", "secret");
    put("web/index.html", "<!doctype html>");
    put("web/assets/app-3f9A21bc.js", "let a = 1;");
    put("web/assets/some-longwordfile.css", "p {}");
    put("web/.hidden", "no");
    fs::create_symlink("../secret.txt", root_ / "web/link.txt");
  }
  void TearDown() override { fs::remove_all(root_); }
  void put(const std::string& name, const std::string& text) { std::ofstream(root_ / name) << text; }

  fs::path root_;
};

TEST_F(StaticFilesTest, ServesFilesWithTheirTypes) {
  const StaticFiles files(root_ / "web");
  const auto index = files.find({}, "/");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->text(), "<!doctype html>");
  EXPECT_EQ(index->header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(index->header("Cache-Control"), "no-cache");
  EXPECT_EQ(files.find({}, "/assets/app-3f9A21bc.js")->header("Content-Type"), "text/javascript; charset=utf-8");
}

TEST_F(StaticFilesTest, OnlyNamesWithAHashAreImmutable) {
  const StaticFiles files(root_ / "web");
  EXPECT_EQ(files.find({}, "/assets/app-3f9A21bc.js")->header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(files.find({}, "/assets/some-longwordfile.css")->header("Cache-Control"), "no-cache");
}

TEST_F(StaticFilesTest, NothingOutsideTheFolderIsThere) {
  const StaticFiles files(root_ / "web");
  for (const char* path : {"/../secret.txt", "/assets/../../secret.txt", "/link.txt", "/.hidden", "//secret.txt",
                           "/assets", "/index.html/", "", "/./index.html"})
    EXPECT_FALSE(files.find({}, path)) << path;
}

TEST_F(StaticFilesTest, AMissingFolderHasNoFiles) { EXPECT_TRUE(StaticFiles(root_ / "none").empty()); }

}  // namespace
}  // namespace gridloom
