// SPDX-License-Identifier: Apache-2.0
#include "engine/io/project/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& target, int error) {
  throw DataError("target_not_writable", {{"file", target.string()}, {"why", std::strerror(error)}});
}

std::filesystem::path directory_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

// mkstemp makes files for the owner only; give what an ordinary new file would have.
void grant_default_mode(int descriptor) {
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(descriptor, 0666 & ~mask);
}

void sync(const std::filesystem::path& path, int flags, const std::filesystem::path& target) {
  const int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) refuse(target, errno);
  const int failed = fsync(descriptor) == 0 ? 0 : errno;
  close(descriptor);
  if (failed != 0 && failed != EINVAL) refuse(target, failed);  // EINVAL: this file system has nothing to sync
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  if (std::filesystem::is_directory(target_)) refuse(target_, EISDIR);
  // The rename at the end would put a file in the place of a device or pipe.
  if (std::filesystem::exists(target_) && !std::filesystem::is_regular_file(target_))
    throw DataError("target_is_device", {{"file", target_.string()}});
  // The ending stays: some libraries choose the format by it.
  const std::string ending = target_.extension().string();
  std::string name = (directory_of(target_) / ("." + target_.stem().string() + ".XXXXXX" + ending)).string();
  const int descriptor = mkstemps(name.data(), static_cast<int>(ending.size()));
  if (descriptor < 0) refuse(target_, errno);
  grant_default_mode(descriptor);
  close(descriptor);
  temporary_ = name;
}

AtomicFile::~AtomicFile() {
  std::error_code ignored;  // a destructor has nobody to tell
  if (!temporary_.empty()) std::filesystem::remove(temporary_, ignored);
}

void AtomicFile::settle() { sync(temporary_, O_RDWR, target_); }

void AtomicFile::commit() {
  settle();
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) refuse(target_, errno);
  temporary_.clear();
  sync(directory_of(target_), O_RDONLY | O_DIRECTORY, target_);
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile target(path);
  std::ofstream file(target.path(), std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw DataError("file_unwritten").within(path.string());
  target.commit();
}

}  // namespace gridloom
