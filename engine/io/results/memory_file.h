// SPDX-License-Identifier: Apache-2.0
// A file of GDAL's that lies in memory: for answers that never see a disk. Private to engine/io.
#pragma once

#include <string>

namespace gridloom {

class MemoryFile {
 public:
  explicit MemoryFile(const std::string& ending);  // ".gpkg"
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::string& path() const { return path_; }  // for GDAL only
  std::string bytes() const;                         // once GDAL has closed it; throws DataError when there is none

 private:
  std::string path_;
};

}  // namespace gridloom
