// SPDX-License-Identifier: Apache-2.0
#include "server/words/parameter_text.h"

#include <utility>

#include "server/words/titles.h"

namespace gridloom {

ParameterTexts event_parameters(const std::string& prefix) {
  ParameterTexts texts{
      {"from", {"First local time that counts", "起始当地时间（含）"}, "2015-03-01"},
      {"to", {"Local time from which on nothing counts", "截止当地时间（不含）"}, "2015-04-01T06:00"},
      {"hours",
       {"Only these hours of the day, such as 22-4; events without a clock time are left out",
        "只统计这些钟点，如 22-4；没有钟点的事件不计"},
       "22-4"},
      {"weekdays", {"Only these weekdays, such as 1-5 (1 is Monday)", "只统计这些星期几，如 1-5（1 为周一）"}, "1-5"}};
  const std::pair<EventField, const char*> examples[] = {{EventField::category, "311 Rodent"},
                                                         {EventField::subcategory, "Rat Sighting"},
                                                         {EventField::agency, "DOHMH"},
                                                         {EventField::severity, "high"}};
  for (const auto& [field, example] : examples) {
    const Text title = title_of(field);
    texts.push_back({std::string(word_of(field)),
                     {"Only this " + title.en + "; may be given several times", "只统计该" + title.zh + "，可多次给出"},
                     example});
  }
  texts.push_back({"area",
                   {"Only there: west,south,east,north in degrees, grid:CODE or LAYER:ID",
                    "只统计该范围：西,南,东,北（度）、grid:网格编码 或 图层:单元编号"},
                   "police:75"});
  for (ParameterText& text : texts) text.name.insert(0, prefix);
  return texts;
}

}  // namespace gridloom
