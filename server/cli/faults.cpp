// SPDX-License-Identifier: Apache-2.0
#include "server/cli/faults.h"

#include <iostream>

#include "server/cli/console.h"

namespace gridloom::cli {

void print_faults(const std::vector<Fault>& faults, const Lattice& lattice) {
  for (const Fault& fault : faults) {
    const Projected at = lattice.metres(fault.at);
    std::cout << "  " << fault.kind << " (" << fixed(at.x, 3) << ", " << fixed(at.y, 3) << "): " << fault.what << '\n';
  }
}

nlohmann::ordered_json faults_json(const std::vector<Fault>& faults, const Lattice& lattice) {
  auto list = nlohmann::ordered_json::array();
  for (const Fault& fault : faults) {
    const Projected at = lattice.metres(fault.at);
    list.push_back({{"kind", fault.kind}, {"x", at.x}, {"y", at.y}, {"what", fault.what}});
  }
  return list;
}

}  // namespace gridloom::cli
