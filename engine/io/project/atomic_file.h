// SPDX-License-Identifier: Apache-2.0
// Files that appear complete or not at all.
#pragma once

#include <filesystem>
#include <string_view>

namespace gridloom {

// A file under a temporary name in the target's directory. `commit` syncs it and renames it over the target; without
// that the destructor removes it, and the target stays as it was. Throws DataError naming the file and the reason; what
// is there and is no ordinary file (a device, a pipe) is refused.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  const std::filesystem::path& path() const { return temporary_; }  // write here, with whatever library
  void settle();  // what was written so far is on the disk; so little is left for commit()
  void commit();

 private:
  std::filesystem::path target_;
  std::filesystem::path temporary_;
};

// Writes all of a file, or throws DataError and leaves it as it was.
void write_file(const std::filesystem::path&, std::string_view bytes);

}  // namespace gridloom
