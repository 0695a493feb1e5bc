// SPDX-License-Identifier: Apache-2.0
#include "engine/io/results/memory_file.h"

#include <cpl_vsi.h>

#include <atomic>
#include <cstdint>

#include "engine/base/errors.h"

namespace gridloom {
namespace {

std::atomic<std::uint64_t> next_number{0};

}  // namespace

MemoryFile::MemoryFile(const std::string& ending)
    : path_("/vsimem/gridloom-" + std::to_string(++next_number) + ending) {}

MemoryFile::~MemoryFile() { VSIUnlink(path_.c_str()); }

std::string MemoryFile::bytes() const {
  vsi_l_offset length = 0;
  const GByte* data = VSIGetMemFileBuffer(path_.c_str(), &length, FALSE);
  if (!data) throw DataError("memory_file_unwritten");
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(length)};
}

}  // namespace gridloom
