// SPDX-License-Identifier: Apache-2.0
#include "engine/io/file_identity.h"

#include <sys/stat.h>

namespace gridloom {

std::optional<FileIdentity> identity_of(const std::filesystem::path& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return std::nullopt;
  return FileIdentity{static_cast<std::uint64_t>(found.st_dev), static_cast<std::uint64_t>(found.st_ino)};
}

}  // namespace gridloom
