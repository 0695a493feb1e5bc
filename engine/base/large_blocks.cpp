// SPDX-License-Identifier: Apache-2.0
// operator new for programs that fill arrays of gigabytes: blocks of 4 MiB and more lie on huge pages where the system
// gives them on request (Linux, transparent_hugepage/enabled = madvise or always). A page fault then fills 2 MiB
// instead of 4 KiB: on virtual machines faults are a quarter of the time that a province takes. Everything is still
// malloc's, so that blocks may be freed by a library that has never heard of this.
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kLarge = 2 * kHugePage;

void* large_block(std::size_t bytes) noexcept {
  if (bytes > SIZE_MAX - kHugePage) return nullptr;
  const std::size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
  void* block = std::aligned_alloc(kHugePage, whole);
  if (block) madvise(block, whole, MADV_HUGEPAGE);  // advice: without it the block is as good, only slower
  return block;
}

}  // namespace

void* operator new(std::size_t bytes) {
  while (true) {
    if (void* block = bytes < kLarge ? std::malloc(bytes ? bytes : 1) : large_block(bytes)) return block;
    const std::new_handler handler = std::get_new_handler();
    if (!handler) throw std::bad_alloc();
    handler();
  }
}

void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }
