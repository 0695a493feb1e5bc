// SPDX-License-Identifier: Apache-2.0
// Reads tests/data/reference.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/statistics/spatial_weights.h"
#include "support/repository.h"

namespace gridloom::reference {

inline std::ifstream open(const std::string& name) {
  std::ifstream file(repository() / "tests/data/reference" / name);
  if (!file) throw std::runtime_error("missing reference file " + name);
  return file;
}

// A CSV file without quoted commas, by column; `skip` lines stand before the header.
class Table {
 public:
  explicit Table(const std::string& name, int skip = 0) {
    std::ifstream file = open(name);
    std::string line;
    for (int i = 0; i < skip; ++i) std::getline(file, line);
    std::getline(file, line);
    const std::vector<std::string> header = split(line);
    while (std::getline(file, line)) {
      const std::vector<std::string> row = split(line);
      for (std::size_t c = 0; c < row.size(); ++c) columns_[header.at(c)].push_back(row[c]);
    }
  }
  const std::vector<std::string>& text(const std::string& column) const { return columns_.at(column); }
  std::vector<double> operator[](const std::string& column) const {
    std::vector<double> numbers;
    for (const std::string& cell : text(column)) numbers.push_back(std::stod(cell));
    return numbers;
  }

 private:
  static std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream stream(line);
    for (std::string cell; std::getline(stream, cell, ',');) {
      std::erase_if(cell, [](char c) { return c == '"' || c == '\r'; });
      cells.push_back(cell);
    }
    return cells;
  }
  std::map<std::string, std::vector<std::string>> columns_;
};

// A GAL file keyed by `keys` in the order of the cells; without keys, by numbers from 1.
inline SpatialWeights gal(const std::string& name, const std::vector<std::string>& keys = {}) {
  std::ifstream file = open(name);
  std::string header;
  std::getline(file, header);
  std::map<std::string, std::uint32_t> cell_of;
  for (const std::string& key : keys) cell_of.emplace(key, static_cast<std::uint32_t>(cell_of.size()));
  const auto cell = [&](const std::string& key) {
    return keys.empty() ? static_cast<std::uint32_t>(std::stoul(key)) - 1 : cell_of.at(key);
  };
  std::map<std::uint32_t, std::vector<std::uint32_t>> lists;
  std::string key;
  for (std::size_t count; file >> key >> count;) {
    auto& list = lists[cell(key)];
    for (std::size_t k = 0; k < count; ++k) {
      file >> key;
      list.push_back(cell(key));
    }
  }
  std::vector<std::vector<std::uint32_t>> dense(lists.rbegin()->first + 1);
  for (auto& [i, list] : lists) dense[i] = std::move(list);
  return weights_from_lists(dense);
}

}  // namespace gridloom::reference
