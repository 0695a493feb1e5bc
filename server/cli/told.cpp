// SPDX-License-Identifier: Apache-2.0
#include "server/cli/told.h"

#include <iostream>

#include "server/words/error_text.h"
#include "server/words/finding_text.h"

namespace gridloom::cli {

using Json = nlohmann::ordered_json;

Text warning_of(const UnusedKey& unused) {
  const std::string place = unused.place.text(), &key = unused.key;
  return {place + ": warning: '" + key + "' is checked, but nothing uses it yet: it changes no result",
          place + "：警告：“" + key + "”已检查，但目前尚无功能使用它，不影响任何结果"};
}

void print_mistakes(const std::vector<Reason>& mistakes, const Console& console) {
  for (const Reason& mistake : mistakes) std::cout << "  " << console.say(text_of(mistake)) << '\n';
}

void print_findings(const std::vector<Finding>& findings, const Console& console) {
  for (const Finding& f : findings) {
    std::string where;
    for (const std::string& part : {f.file, f.layer, f.feature})
      if (!part.empty()) where += (where.empty() ? "" : ", ") + part;
    std::cout << "  " << where << (where.empty() ? "" : ": ") << console.say(text_of(f)) << '\n';
  }
}

Json mistakes_json(const std::vector<Reason>& mistakes) {
  Json list = Json::array();
  for (const Reason& mistake : mistakes) {
    const Text text = text_of(Reason{mistake.code, mistake.facts, {}});
    list.push_back({{"code", mistake.code}, {"where", mistake.where}, {"what", text.en}, {"what_zh", text.zh}});
  }
  return list;
}

Json findings_json(const std::vector<Finding>& findings) {
  Json list = Json::array();
  for (const Finding& f : findings) {
    const Text text = text_of(f);
    list.push_back(
        {{"file", f.file}, {"layer", f.layer}, {"feature", f.feature}, {"what", text.en}, {"what_zh", text.zh}});
  }
  return list;
}

}  // namespace gridloom::cli
