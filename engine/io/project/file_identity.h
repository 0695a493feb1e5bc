// SPDX-License-Identifier: Apache-2.0
// What a path names at the moment, without opening it: a file that was replaced under its name has another identity.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace gridloom {

struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// Empty where there is no such file, or none that may be looked at.
std::optional<FileIdentity> identity_of(const std::filesystem::path&);

// Whether a file was written to since it was looked at.
struct FileStamp {
  std::int64_t bytes = 0;
  std::int64_t seconds = 0, nanoseconds = 0;  // of its last change
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};
std::optional<FileStamp> stamp_of(const std::filesystem::path&);

// Whether a file, if it is there, and its folder may be written to, and a megabyte is free. Says nothing of locks.
bool can_be_written(const std::filesystem::path&);

}  // namespace gridloom
