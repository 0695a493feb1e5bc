// SPDX-License-Identifier: Apache-2.0
#include "engine/io/delivery/unpack.h"

#include <cpl_vsi.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <memory>

#include "engine/base/errors.h"
#include "engine/io/file_format.h"
#include "engine/io/gdal.h"

namespace gridloom {
namespace {

namespace fs = std::filesystem;

struct FileCloser {
  void operator()(VSILFILE* file) const { VSIFCloseL(file); }
};
using File = std::unique_ptr<VSILFILE, FileCloser>;

struct DirectoryCloser {
  void operator()(VSIDIR* directory) const { VSICloseDir(directory); }
};

std::uintmax_t most_unpacked(std::uintmax_t size) {
  const std::uintmax_t by_ratio = size > kMostUnpackedBytes ? kMostUnpackedBytes : size * kMostUnpackedRatio;
  return std::min(kMostUnpackedBytes, std::max(kUnpackedWithoutRatio, by_ratio));
}

[[noreturn]] void fail_too_large(const fs::path& file, std::uintmax_t most) {
  throw DataError("unpacks_too_large", {{"mib", most >> 20}}).within(file.string());
}

// Hands every block to `take`.
template <class Take>
void read_blocks(VSILFILE& file, Take take) {
  constexpr std::size_t kBlock = 1 << 20;
  std::string block(kBlock, '\0');
  for (std::size_t got = kBlock; got == kBlock;) {
    got = VSIFReadL(block.data(), 1, kBlock, &file);
    take(std::string_view(block).substr(0, got));
  }
}

Reason not_a_file(fs::file_type type) {
  switch (type) {
    case fs::file_type::not_found:
      return Reason{"no_such_file"};
    case fs::file_type::directory:
      return Reason{"file_is_folder"};
    case fs::file_type::fifo:
      return Reason{"file_is_pipe"};
    case fs::file_type::socket:
      return Reason{"file_is_socket"};
    case fs::file_type::block:
    case fs::file_type::character:
      return Reason{"file_is_device"};
    default:
      return Reason{"file_is_none"};
  }
}

// False for what systems put into archives, and for names that lead out of it.
bool is_content(const fs::path& name) {
  return !name.is_absolute() && std::all_of(name.begin(), name.end(), [](const fs::path& part) {
    return !part.string().starts_with('.') && part != "__MACOSX";
  });
}

std::string plain_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw DataError("file_unopened").within(file.string());
  std::string bytes(fs::file_size(file), '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

// Not by GDAL: it leaves a file of properties beside the source, and takes a file that was written anew for the old
// one.
std::string gzip_bytes(const fs::path& file) {
  constexpr unsigned kBlock = 1 << 20;
  const std::uintmax_t most = most_unpacked(fs::file_size(file));
  const std::unique_ptr<gzFile_s, decltype(&gzclose)> in(gzopen(file.c_str(), "rb"), &gzclose);
  if (!in) throw DataError("file_unopened").within(file.string());
  std::string bytes;
  for (int got = 1; got > 0;) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kBlock);
    got = gzread(in.get(), bytes.data() + before, kBlock);
    bytes.resize(before + static_cast<std::size_t>(std::max(got, 0)));
    if (bytes.size() > most) fail_too_large(file, most);
  }
  int code = Z_OK;
  const std::string why = gzerror(in.get(), &code);
  if (code != Z_OK) throw DataError("file_damaged", {{"why", why}}).within(file.string());
  if (gzdirect(in.get())) throw DataError("gz_not_packed").within(file.string());
  return bytes;
}

}  // namespace

void require_regular_file(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::is_regular_file(status)) throw DataError(not_a_file(status.type())).within(file.string());
}

std::string read_bytes(const fs::path& file) {
  require_regular_file(file);
  return is_gzip(file) ? gzip_bytes(file) : plain_bytes(file);
}

MemoryFolder::MemoryFolder() {
  static std::atomic<unsigned> count{0};
  path_ = "/vsimem/gridloom-folder-" + std::to_string(count++);
}

MemoryFolder::~MemoryFolder() { VSIRmdirRecursive(path_.c_str()); }

void MemoryFolder::add(const std::string& name, std::string bytes) {
  std::string& kept = files_.emplace_back(std::move(bytes));
  VSIFCloseL(
      VSIFileFromMemBuffer((path_ + "/" + name).c_str(), reinterpret_cast<GByte*>(kept.data()), kept.size(), FALSE));
}

ZipFile::ZipFile(const std::string& path, const fs::path& file) : file_(file), path_("/vsizip/{" + path + "}") {
  const GdalErrors errors;
  VSIStatBufL status;
  if (VSIStatL(path.c_str(), &status) == 0) most_ = most_unpacked(static_cast<std::uintmax_t>(status.st_size));
  const std::unique_ptr<VSIDIR, DirectoryCloser> directory(VSIOpenDir(path_.c_str(), -1, nullptr));
  if (!directory) throw DataError("zip_unreadable").within(file.string());
  while (const VSIDIREntry* entry = VSIGetNextDirEntry(directory.get()))
    if (!VSI_ISDIR(entry->nMode)) all_.emplace_back(entry->pszName);
  std::sort(all_.begin(), all_.end());
  std::copy_if(all_.begin(), all_.end(), std::back_inserter(names_), is_content);
}

void ZipFile::read(const std::string& name, std::string* bytes) {
  const GdalErrors errors;
  const File handle(VSIFOpenL((path_ + "/" + name).c_str(), "rb"));
  if (!handle) throw DataError("zip_part_unpackable", {{"why", errors.last()}}).within(name).within(file_.string());
  read_blocks(*handle, [&](std::string_view block) {
    unpacked_ += block.size();
    if (unpacked_ > most_) fail_too_large(file_, most_);
    if (bytes) *bytes += block;
  });
  if (!errors.last().empty())
    throw DataError("file_damaged", {{"why", errors.last()}}).within(name).within(file_.string());
}

std::string ZipFile::bytes(const std::string& name) {
  std::string bytes;
  read(name, &bytes);
  return bytes;
}

void ZipFile::require_bounded() {
  for (const std::string& name : all_) read(name, nullptr);
}

}  // namespace gridloom
