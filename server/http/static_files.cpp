// SPDX-License-Identifier: Apache-2.0
#include "server/http/static_files.h"

#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <utility>

namespace gridloom {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestFile = 32u << 20;

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/markdown; charset=utf-8"},
}};

bool packed_already(std::string_view type) {
  return (type.starts_with("image/") && type != "image/svg+xml") || type.starts_with("font/");
}

// Build tools put a hash of at least eight characters before the ending: such a name never means other bytes.
bool named_by_content(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::size_t dash = name.find_last_of("-.", dot == name.npos || dot == 0 ? name.npos : dot - 1);
  if (dot == name.npos || dash == name.npos || dot < dash + 9) return false;
  bool digit = false;
  for (const char c : name.substr(dash + 1, dot - dash - 1)) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_') return false;
    digit |= std::isdigit(static_cast<unsigned char>(c)) || std::isupper(static_cast<unsigned char>(c));
  }
  return digit;
}

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw fs::filesystem_error("cannot read", path, std::make_error_code(std::errc::io_error));
  return bytes;
}

bool wanted(const fs::directory_entry& entry) {
  return entry.is_regular_file() && !entry.is_symlink() && entry.file_size() <= kLargestFile;
}

bool hidden(const fs::directory_entry& entry) { return entry.path().filename().string().starts_with('.'); }

}  // namespace

std::string media_type(std::string_view file_name) {
  for (const auto& [ending, type] : kTypes)
    if (file_name.ends_with(ending)) return std::string(type);
  return "application/octet-stream";
}

StaticFiles::StaticFiles(const fs::path& folder) {
  if (!fs::is_directory(folder)) return;
  for (auto entry = fs::recursive_directory_iterator(folder); entry != fs::recursive_directory_iterator(); ++entry) {
    if (hidden(*entry)) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!wanted(*entry)) continue;
    const std::string name = entry->path().filename().string();
    const std::string type = media_type(name);
    files_["/" + fs::relative(entry->path(), folder).generic_string()] = {
        make_content(read(entry->path()), packed_already(type) ? Packing::never : Packing::for_all), type,
        named_by_content(name) ? "public, max-age=31536000, immutable" : "no-cache"};
  }
  if (const auto index = files_.find("/index.html"); index != files_.end()) files_["/"] = index->second;
}

std::optional<Response> StaticFiles::find(const Request& request, std::string_view path) const {
  const auto file = files_.find(path);
  if (file == files_.end()) return std::nullopt;
  return respond(request, file->second.content, file->second.type, file->second.cache_control);
}

}  // namespace gridloom
