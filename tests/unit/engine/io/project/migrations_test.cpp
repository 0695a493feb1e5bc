// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/io/project/event_log.h"
#include "engine/io/project/project_file.h"
#include "engine/io/project/project_meta.h"
#include "support/toy_city.h"

namespace gridloom {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

void rename_kinds(Database& database, std::string_view, const ProjectWords&) {
  database.exec("UPDATE conflicts SET kind = kind || '!'");
}

void add_table(Database& database, std::string_view schema, const ProjectWords&) {
  database.exec("CREATE TABLE " + std::string(schema) + ".kinds AS SELECT DISTINCT kind FROM conflicts");
}

void die(Database&, std::string_view, const ProjectWords&) { kill(getpid(), SIGKILL); }

class Migrations : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "gridloom-migrations-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = directory_ / "city.gpkg";
    SilentProgress silent;
    write_project(toy::city(), path_, silent);
    Database database(path_, Database::Mode::write);
    put_meta(database, "format_version", std::to_string(first_));
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  static std::vector<std::string> column(Database& database, const std::string& query) {
    std::vector<std::string> texts;
    Statement rows(database, query);
    while (rows.next()) texts.emplace_back(rows.text());
    return texts;
  }
  std::vector<std::string> stored(const std::string& query) const {
    Database database(path_, Database::Mode::read);
    return column(database, query);
  }
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void bring_up(std::span<const Migration> steps) const {
    Database database(path_, Database::Mode::write);
    database.exec("BEGIN IMMEDIATE");
    bring_up_to_today(database, {}, steps);
    database.exec("COMMIT");
  }

  const int first_ = 1000;  // far from the formats there are; two more follow
  const std::vector<Migration> steps_{{1001, {"conflicts"}, rename_kinds}, {1002, {}, add_table}};
  std::filesystem::path directory_, path_;
};

constexpr const char* kKinds = "SELECT kind FROM conflicts ORDER BY fid";
constexpr const char* kFormat = "SELECT value FROM gridloom_meta WHERE key = 'format_version'";

TEST_F(Migrations, MakeEveryFormatUpToTodaysWithoutAGap) {
  int format = 1;
  for (const Migration& step : project_migrations()) EXPECT_EQ(step.makes, ++format);
  EXPECT_EQ(format, kProjectFormat);
}

TEST_F(Migrations, AReaderSeesTodaysTablesAndTheFileStaysAsItIs) {
  const std::string before = bytes();
  std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
  Database database(path_, Database::Mode::read);
  database.exec("BEGIN");
  read_as_today(database, steps_);
  EXPECT_THAT(column(database, kKinds), ElementsAre("gap!", "overlap!"));
  EXPECT_THAT(column(database, "SELECT kind FROM kinds ORDER BY 1"), ElementsAre("gap!", "overlap!"));
  EXPECT_THAT(column(database, kFormat), ElementsAre("1002"));
  database.close();
  EXPECT_EQ(bytes(), before);
}

TEST_F(Migrations, AWriterBringsTheFileItselfUpOnce) {
  bring_up(steps_);
  bring_up(steps_);
  EXPECT_THAT(stored(kKinds), ElementsAre("gap!", "overlap!"));
  EXPECT_THAT(stored("SELECT kind FROM kinds ORDER BY 1"), ElementsAre("gap!", "overlap!"));
  EXPECT_THAT(stored(kFormat), ElementsAre("1002"));
}

TEST_F(Migrations, OnlyTheStepsThatAreMissingAreTaken) {
  bring_up({steps_.data(), 1});
  bring_up(steps_);
  EXPECT_THAT(stored(kKinds), ElementsAre("gap!", "overlap!"));
  EXPECT_THAT(stored(kFormat), ElementsAre("1002"));
}

TEST_F(Migrations, WhatOthersPutIntoTheFileStays) {
  {
    Database database(path_, Database::Mode::write);
    database.exec(
        "CREATE TABLE mine (a TEXT); INSERT INTO mine VALUES ('kept'); ALTER TABLE conflicts ADD COLUMN seen TEXT");
  }
  bring_up(steps_);
  EXPECT_THAT(stored("SELECT a FROM mine"), ElementsAre("kept"));
  EXPECT_THAT(stored("SELECT name FROM pragma_table_info('conflicts') WHERE name = 'seen'"), ElementsAre("seen"));
}

TEST_F(Migrations, AProcessThatDiesHalfWayLeavesTheOldFormatWhole) {
  const std::vector<Migration> deadly{steps_[0], {1002, {}, die}};
  const pid_t child = fork();
  if (child == 0) {
    bring_up(deadly);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  Database database(path_, Database::Mode::write);  // who writes undoes what is half done
  EXPECT_THAT(column(database, kKinds), ElementsAre("gap", "overlap"));
  EXPECT_THAT(column(database, kFormat), ElementsAre("1000"));
  EXPECT_THAT(column(database, "PRAGMA integrity_check"), ElementsAre("ok"));
}

// A log beside the project knows it by a name that is made of its description where none is written.
TEST_F(Migrations, KeepTheNameByWhichALogKnowsTheProject) {
  std::string before;
  {
    Database database(path_, Database::Mode::write);
    database.exec("DELETE FROM gridloom_meta WHERE key = 'project_id'");
    before = project_id(database);
  }
  {
    Database database(path_, Database::Mode::read);
    read_as_today(database, steps_);
    EXPECT_EQ(project_id(database), before);
  }
  bring_up(steps_);
  Database database(path_, Database::Mode::read);
  EXPECT_EQ(project_id(database), before);
}

TEST_F(Migrations, ANewerFileIsRefusedWithTheVersionItNeeds) {
  {
    Database database(path_, Database::Mode::write);
    put_meta(database, "format_version", "1003");
    put_meta(database, "written_by", "7.1.0");
  }
  const auto names_both = testing::AllOf(HasSubstr("version=1003 newest=1002"), HasSubstr("7.1.0"));
  EXPECT_THAT([&] { bring_up(steps_); }, ThrowsMessage<DataError>(names_both));
  EXPECT_THAT(
      [&] {
        Database database(path_, Database::Mode::read);
        read_as_today(database, steps_);
      },
      ThrowsMessage<DataError>(names_both));
  EXPECT_THAT(stored(kFormat), ElementsAre("1003"));
}

}  // namespace
}  // namespace gridloom
