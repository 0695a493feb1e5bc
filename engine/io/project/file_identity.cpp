// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/file_identity.h"

#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

namespace gridloom {
namespace {

using Status = struct stat;

std::optional<Status> status_of(const std::filesystem::path& path) {
  Status found{};
  return stat(path.c_str(), &found) == 0 ? std::optional(found) : std::nullopt;
}

}  // namespace

std::optional<FileIdentity> identity_of(const std::filesystem::path& path) {
  const auto found = status_of(path);
  if (!found) return std::nullopt;
  return FileIdentity{static_cast<std::uint64_t>(found->st_dev), static_cast<std::uint64_t>(found->st_ino)};
}

std::optional<FileStamp> stamp_of(const std::filesystem::path& path) {
  const auto found = status_of(path);
  if (!found) return std::nullopt;
  return FileStamp{found->st_size, found->st_mtim.tv_sec, found->st_mtim.tv_nsec};
}

bool can_be_written(const std::filesystem::path& path) {
  constexpr std::uintmax_t kLeast = 1 << 20;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code error;
  const bool there = status_of(path).has_value();
  return (!there || access(path.c_str(), W_OK) == 0) && access(folder.c_str(), W_OK) == 0 &&
         std::filesystem::space(folder, error).available >= kLeast && !error;
}

}  // namespace gridloom
