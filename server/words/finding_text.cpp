// SPDX-License-Identifier: Apache-2.0
#include "server/words/finding_text.h"

#include <cmath>
#include <string>

#include "server/words/conflict_note.h"
#include "server/words/error_text.h"
#include "server/words/number_text.h"

namespace gridloom {
namespace {

Text text_of(const DoubtedParent& d) {
  const std::string named = "'" + d.named + "'", most = "'" + d.most + "'", hectares = whole_text(d.ground_m2 / 10'000);
  const std::string of_named = whole_text(100 * d.named_share) + " %", of_most = whole_text(100 * d.most_share) + " %";
  return {"names the parent " + named + " of layer " + d.parent_layer + ", which holds " + of_named + " of its " +
              hectares + " ha, while " + most + " holds " + of_most +
              ": its ground, or the parent's, has been moved as declared; correct the key or the line, or say nothing "
              "of this feature's parent",
          "所填上级" + named + "（图层 " + d.parent_layer + "）仅占其" + hectares + "公顷的" + of_named + "，" + most +
              "占" + of_most + "；已按所填上级调整，请更正编码或界线，或将该要素的上级留空"};
}

Text text_of(const CrossingRings& r) {
  const std::string m2 = fixed(r.ground_m2, r.ground_m2 < 1 ? 6 : 1);
  return {"repaired: its rings cross or overlap themselves over " + m2 + " m²; that ground was kept once",
          "已修复：其环自相交或自重叠，涉及" + m2 + "平方米，该范围只计一次"};
}

Text text_of(const PeopleOutside& p) {
  const std::string n = whole_text(p.people);
  return {"lies outside the frame; its " + n + " people are not counted", "位于城市边界之外，其" + n + "人不计入"};
}

}  // namespace

Text text_of(const Finding& finding) {
  return std::visit([](const auto& facts) { return text_of(facts); }, finding.facts);
}

}  // namespace gridloom
