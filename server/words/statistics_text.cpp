// SPDX-License-Identifier: Apache-2.0
#include "server/words/statistics_text.h"

#include <sstream>

#include "engine/base/strings.h"
#include "server/words/number_text.h"
#include "server/words/titles.h"

namespace gridloom {

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

Text left_out_text(const LeftOut& left_out, double least_population) {
  if (left_out.cells == 0) return {};
  const std::string least = number_text(least_population), cells = with_commas(left_out.cells);
  const std::string events = fixed(left_out.events, 0), people = fixed(left_out.people, 1);
  const Text why = least_population > 0 ? Text{"a population under " + least, "人口不足 " + least + " "}
                                        : Text{"no population", "无人口"};
  return {"Cells left out for " + why.en + ": " + cells + ", with " + events + " events and " + people + " people.",
          why.zh + "而未计入的单元：" + cells + " 个，含 " + events + " 件事件、" + people + " 人。"};
}

Text text_of(Caution caution, const Provenance& v) {
  switch (caution) {
    case Caution::people_unknown:
      return {"No population at risk was given: high values may only show where people are, not where risk is high.",
              "未给出风险人口：高值可能只说明人多，而非风险高。"};
    case Caution::normal_for_counts:
      return {"The normal distribution does not hold for sparse counts: take exact or permutation p.",
              "计数稀疏时正态近似不成立：请用精确或置换 p 值。"};
    case Caution::too_few_permutations:
      return {"So few permutations that a single cell cannot be significant after the correction.",
              "置换次数太少，校正后单个单元不可能显著。"};
    case Caution::islands_untested:
      return {"Cells without neighbours were not tested.", "没有邻接的单元未作检验。"};
    case Caution::no_correction:
      return {"Without a correction the share alpha of all cells is called by chance alone.",
              "不作校正时，仅凭偶然就会有 alpha 比例的单元被判为显著。"};
    case Caution::shares_without_meaning:
      return {
          "G and G* are shares of the sum of all values, which mean nothing where values are negative, as "
          "standardised rates are: the statistic is left out; z, p and the class stand.",
          "G 与 G* 是占全部数值之和的份额，数值有负时（如标准化率）没有意义：不给出 statistic；z、p "
          "与类别有效。"};
    case Caution::cells_left_out:
      return left_out_text(v.left_out, v.least_population);
  }
  return {};
}

std::string summary_of(const Provenance& v) {
  std::ostringstream text;
  text << word_of(v.method) << ", " << word_of(v.inference);
  if (v.inference != Inference::analytic) text << (v.ties == Ties::mid_p ? ", mid-p" : ", full ties");
  text << ", " << (v.tail == Tail::two_sided ? "" : "one-sided ") << word_of(v.tail) << ", "
       << (v.correction == Correction::none ? "no correction" : word_of(v.correction)) << " at " << v.alpha << "; "
       << v.cells << " cells, " << v.tested << " tested, " << v.islands << " islands, " << v.links << " links"
       << (v.row_standardised ? ", row-standardised" : ", not standardised")
       << (v.population_at_risk ? "; empirical-Bayes rates"
           : v.counts           ? "; counts"
                                : "; values");
  if (v.population_at_risk && v.least_population > 0)
    text << " over a population of " << v.least_population << " or more";
  if (v.permutations > 0) text << "; " << v.permutations << " permutations, seed " << v.seed;
  if (v.stop_at > 0) text << ", stopped at " << v.stop_at;
  if (!v.window.empty()) text << "; " << v.window;
  return text.str();
}

}  // namespace gridloom
