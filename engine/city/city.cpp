// SPDX-License-Identifier: Apache-2.0
#include "engine/city/city.h"

namespace gridloom {
namespace {

std::string comma_list(const std::vector<std::string>& ids) {
  std::string list;
  for (const std::string& id : ids) list += (list.empty() ? "" : ",") + id;
  return list;
}

}  // namespace

std::string ids_text(const City& city, const Conflict& c) {
  const std::string before = c.grid >= 0 ? city.grids[static_cast<std::size_t>(c.grid)].code : comma_list(c.before);
  return c.kind == ConflictKind::unmet_target ? before : before + ">" + comma_list(c.after);
}

}  // namespace gridloom
