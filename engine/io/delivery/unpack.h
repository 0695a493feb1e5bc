// SPDX-License-Identifier: Apache-2.0
// Files from outside, opened with care: no devices, and nothing that unpacks without end. Private to engine/io.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <vector>

namespace gridloom {

// What comes out of one packed file, in bytes: more is refused, whatever the file says of itself. Ordinary layers
// shrink to a fifth, the emptiest of tables to a fiftieth; small files may be as dense as they like.
inline constexpr std::uintmax_t kMostUnpackedBytes = std::uintmax_t{2} << 30;
inline constexpr std::uintmax_t kMostUnpackedRatio = 100;
inline constexpr std::uintmax_t kUnpackedWithoutRatio = std::uintmax_t{16} << 20;

// Throws DataError unless the file, through links, is a regular one; pipes, devices and sockets are not even opened.
void require_regular_file(const std::filesystem::path&);

// The bytes of a file, decompressed when its name ends in .gz. Throws DataError.
std::string read_bytes(const std::filesystem::path& file);

// A folder that GDAL sees, in memory.
class MemoryFolder {
 public:
  MemoryFolder();
  ~MemoryFolder();
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;

  void add(const std::string& name, std::string bytes);  // the name may have folders
  const std::string& path() const { return path_; }      // for GDAL only

 private:
  std::deque<std::string> files_;
  std::string path_;
};

// The files in a zip archive of any ending.
class ZipFile {
 public:
  // `path` is for GDAL, `file` for messages. Throws DataError where it is no archive. Lists; what is of the system
  // (".DS_Store", "__MACOSX"), and whatever would lie outside of the archive, is passed over.
  ZipFile(const std::string& path, const std::filesystem::path& file);

  const std::vector<std::string>& names() const { return names_; }  // with folders, "a/b.shp"
  // Throws DataError where it is damaged, or when all that was read of this archive is too much.
  std::string bytes(const std::string& name);
  // Reads all of it and keeps nothing, for those who will unpack it out of our sight.
  void require_bounded();

 private:
  void read(const std::string& name, std::string* bytes);

  std::filesystem::path file_;
  std::string path_;  // for GDAL
  std::vector<std::string> names_, all_;
  std::uintmax_t most_ = 0, unpacked_ = 0;
};

}  // namespace gridloom
