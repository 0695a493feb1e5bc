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

Text left_out_caution(const LeftOut& left_out, double least_population) {
  const std::string under = least_population > 0 ? "人口不足 " + shortest(least_population) + " " : "无人口";
  return {describe(left_out, least_population), under + "而未计入的单元：" + with_commas(left_out.cells) + " 个，含 " +
                                                    fixed(left_out.events, 0) + " 件事件、" +
                                                    fixed(left_out.people, 1) + " 人。"};
}

Json json_of(const LeftOut& left_out) {
  return {{"cells", left_out.cells}, {"events", left_out.events}, {"people", left_out.people}};
}

Text title_of(CellClass value) {
  static constexpr auto kTitles = std::to_array<Title<CellClass>>({
      {CellClass::untested, "untested", "未检验"},
      {CellClass::not_significant, "not significant", "不显著"},
      {CellClass::hot, "hot", "热点"},
      {CellClass::cold, "cold", "冷点"},
      {CellClass::high_high, "high-high", "高-高"},
      {CellClass::low_low, "low-low", "低-低"},
      {CellClass::high_low, "high-low", "高-低"},
      {CellClass::low_high, "low-high", "低-高"},
      {CellClass::similar, "similar", "与邻相似"},
      {CellClass::different, "different", "与邻相异"},
  });
  return title_in(kTitles, value);
}

Text in_words(const std::string& english) {
  if (const auto of_cell = value_of<CellClass>(english)) return title_of(*of_cell);
  static const std::map<std::string, std::string> kChinese{
      {"hot_in_all_runs", "各次均为热点"},
      {"hot_in_some_runs", "部分为热点"},
      {"moran", "莫兰指数 I"},
      {"geary", "吉尔里指数 C"},
      {"getis_g", "Getis-Ord G"},
      {"black_black", "黑-黑连接"},
      {"black_white", "黑-白连接"},
      {"white_white", "白-白连接"},
      {"No population at risk was given: high values may only show where people are, not where risk is high.",
       "未给出风险人口：高值可能只说明人多，而非风险高。"},
      {"No population at risk was given: clustering may only show where people are.",
       "未给出风险人口：聚集可能只说明人口分布。"},
      {"The normal distribution does not hold for sparse counts: take exact or permutation p.",
       "计数稀疏时正态近似不成立：请用精确或置换 p 值。"},
      {"So few permutations that a single cell cannot be significant after the correction.",
       "置换次数太少，校正后单个单元不可能显著。"},
      {"Cells without neighbours were not tested.", "没有邻接的单元未作检验。"},
      {"Cells without neighbours add nothing but count as cells.", "没有邻接的单元不产生贡献，但仍计入单元数。"},
      {"G and G* are shares of the sum of all values, which mean nothing where values are negative, as standardised "
       "rates are: the statistic is left out; z, p and the class stand.",
       "G 与 G* 是占全部数值之和的份额，数值有负时（如标准化率）没有意义：不给出 statistic；z、p 与类别有效。"},
      {"Without a correction the share alpha of all cells is called by chance alone.",
       "不作校正时，仅凭偶然就会有 alpha 比例的单元被判为显著。"},
      {coincidence_caution().en, coincidence_caution().zh}};
  const auto found = kChinese.find(english);
  return {english, found == kChinese.end() ? english : found->second};
}

}  // namespace gridloom
