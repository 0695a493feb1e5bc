// SPDX-License-Identifier: Apache-2.0
#include "server/cli/resources.h"

#include <system_error>

namespace gridloom::cli {

namespace fs = std::filesystem;

fs::path resource_folder(const fs::path& in_source, const fs::path& installed) {
  std::error_code ignored;
  const fs::path above = fs::read_symlink("/proc/self/exe", ignored).parent_path().parent_path();
  for (const fs::path& folder :
       {above / in_source, above / "share/gridloom" / installed, fs::current_path(ignored) / in_source})
    if (fs::is_directory(folder, ignored)) return folder;
  return {};
}

}  // namespace gridloom::cli
