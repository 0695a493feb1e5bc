// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/analysis_words.h"

#include <map>

#include "engine/io/project/project_meta.h"
#include "server/words/number_text.h"
#include "server/words/titles.h"

namespace gridloom {

Text coincidence_caution() {
  return {
      "A tenth or more of the incidents share their exact place with another: addresses and street centres they were "
      "geocoded to may look like hot spots.",
      "十分之一以上的事件与其他事件位置完全相同：它们被编码到的门址或街道中心可能看似热点。"};
}

Text public_caution(std::uint64_t batch) {
  const std::string k = std::to_string(batch);
  return {"Public form: only incidents that fill batches of " + k +
              " alike in grid, month and category are told, on places that mean nothing; what is rare, and most of a "
              "short time, is missing. Comparisons of times, kinds and places are not those of all incidents.",
          "公开形式：仅给出按网格、月份、类别凑满 " + k +
              " 的整批事件，其位置没有意义；罕见的事件与短时段内的大多数事件缺失。时段、类别与地点之间的比较不代表全部"
              "事件。"};
}

Json json_of(const Coincidence& found) {
  return {{"share", found.share()}, {"points", found.coincident}, {"at_the_fullest_place", found.most}};
}

Json json_of(const LeftOut& left_out) {
  return {{"cells", left_out.cells}, {"events", left_out.events}, {"people", left_out.people}};
}

Text name_in_words(const std::string& english) {
  if (const auto of_cell = value_of<CellClass>(english)) return title_of(*of_cell);
  static const std::map<std::string, std::string> kChinese{
      {"hot_in_all_runs", "各次均为热点"}, {"hot_in_some_runs", "部分为热点"}, {"moran", "莫兰指数 I"},
      {"geary", "吉尔里指数 C"},           {"getis_g", "Getis-Ord G"},         {"black_black", "黑-黑连接"},
      {"black_white", "黑-白连接"},        {"white_white", "白-白连接"},
  };
  const auto found = kChinese.find(english);
  return {english, found == kChinese.end() ? english : found->second};
}

}  // namespace gridloom
