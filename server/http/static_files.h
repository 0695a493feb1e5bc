// SPDX-License-Identifier: Apache-2.0
// The web application's files, read once at start: no path that a client sends ever reaches the file system.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/http_message.h"

namespace gridloom {

class StaticFiles {
 public:
  StaticFiles() = default;
  // All regular files under the folder, followed through no link; a folder that is missing has none. Hidden files and
  // files of more than 32 MiB are left out. Throws std::filesystem::filesystem_error where one cannot be read.
  explicit StaticFiles(const std::filesystem::path& folder);

  bool empty() const { return files_.empty(); }
  // "/" is index.html; empty for a path that is not there.
  std::optional<Response> find(const Request&, std::string_view path) const;

 private:
  struct File {
    SharedContent content;
    std::string type;
    std::string cache_control;
  };
  std::map<std::string, File, std::less<>> files_;  // by URL path
};

// Media type by the ending, text with its charset; application/octet-stream for what is unknown.
std::string media_type(std::string_view file_name);

}  // namespace gridloom
