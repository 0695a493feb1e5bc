// SPDX-License-Identifier: Apache-2.0
// A folder of its own for a test that writes files.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/city/delivery.h"
#include "server/words/error_text.h"
#include "server/words/finding_text.h"
#include "support/repository.h"

namespace gridloom {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            ("gridloom-" + std::string(test->test_suite_name()) + "-" + test->name() + "-" + std::to_string(getpid()));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The English sentence of the DataError that `run` throws; a failure when it throws none.
template <class Run>
std::string data_error(Run run) {
  try {
    run();
  } catch (const DataError& e) {
    return text_of(e).en;
  }
  ADD_FAILURE() << "no DataError";
  return "";
}

inline std::string in_english(const Finding& finding) { return text_of(finding).en; }
inline std::vector<std::string> in_english(const std::vector<Reason>& reasons) {
  std::vector<std::string> told;
  for (const Reason& reason : reasons) told.push_back(text_of(reason).en);
  return told;
}

// A finding whose sentence matches.
template <class Matcher>
auto says(const Matcher& matcher) {
  return testing::ResultOf([](const Finding& finding) { return in_english(finding); }, matcher);
}

}  // namespace gridloom
