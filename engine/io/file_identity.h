// SPDX-License-Identifier: Apache-2.0
// Which file a path names at the moment: a file that was replaced under its name has another identity.
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

}  // namespace gridloom
