// SPDX-License-Identifier: Apache-2.0
// What the fuzz targets share. A target is `check_NAME` in NAME.h: it does with any bytes what users can have done with
// theirs, and says what is wrong, or nothing.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace gridloom::fuzz {

using Bytes = std::span<const std::uint8_t>;

inline std::string_view chars_of(Bytes data) { return {reinterpret_cast<const char*>(data.data()), data.size()}; }

// Takes small numbers from the front; zeros where there is no more.
class Numbers {
 public:
  explicit Numbers(Bytes data) : rest_(data) {}
  template <class T>
  T take() {
    T value{};
    const std::size_t size = std::min(sizeof value, rest_.size());
    if (size > 0) std::memcpy(&value, rest_.data(), size);
    rest_ = rest_.subspan(size);
    return value;
  }
  std::string_view take_text(std::size_t most) {
    const Bytes text = rest_.first(std::min(most, rest_.size()));
    rest_ = rest_.subspan(text.size());
    return chars_of(text);
  }
  Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
};

// A folder of this process, in memory where the machine has such a place; gone when it ends.
inline const std::filesystem::path& scratch_folder() {
  struct Folder {
    Folder() {
      const std::filesystem::path memory = "/dev/shm";
      path = (std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path()) /
             ("gridloom-fuzz-" + std::to_string(getpid()));
      std::filesystem::create_directories(path);
    }
    ~Folder() {
      std::error_code error;
      std::filesystem::remove_all(path, error);
    }
    std::filesystem::path path;
  };
  static const Folder folder;
  return folder.path;
}

}  // namespace gridloom::fuzz
