// SPDX-License-Identifier: Apache-2.0
#include "server/cli/faults.h"

#include <iostream>

#include "server/words/error_text.h"

namespace gridloom::cli {

void print_faults(const std::vector<Fault>& faults, const Lattice& lattice, const Console& console) {
  for (const Fault& fault : faults) {
    const Projected at = lattice.metres(fault.at);
    std::cout << "  " << fault.kind << " (" << fixed(at.x, 3) << ", " << fixed(at.y, 3)
              << "): " << console.say(text_of(fault.what)) << '\n';
  }
}

nlohmann::ordered_json faults_json(const std::vector<Fault>& faults, const Lattice& lattice) {
  auto list = nlohmann::ordered_json::array();
  for (const Fault& fault : faults) {
    const Projected at = lattice.metres(fault.at);
    const Text what = text_of(fault.what);
    list.push_back({{"kind", fault.kind}, {"x", at.x}, {"y", at.y}, {"what", what.en}, {"what_zh", what.zh}});
  }
  return list;
}

}  // namespace gridloom::cli
