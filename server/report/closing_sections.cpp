// SPDX-License-Identifier: Apache-2.0
#include "server/report/html.h"
#include "server/report/sections.h"
#include "server/words/csv.h"
#include "server/words/number_text.h"

namespace gridloom {

Section crosswalks_section(const ReportContext& r) {
  const City& city = r.city();
  std::vector<std::string> files(city.layers.size(),
                                 "feature_id,grid_code,area_m2,population,share_of_feature,share_of_grid\n");
  for (const CrosswalkRow& row : city.crosswalk)
    files[row.layer] += csv_field(city.layers[row.layer].cells[static_cast<std::size_t>(row.cell)].id) + "," +
                        csv_field(city.grids[row.grid].code) + "," + fixed(row.area_m2, 3) + "," +
                        fixed(row.population, 3) + "," + fixed(row.share_of_feature, 6) + "," +
                        fixed(row.share_of_grid, 6) + "\n";
  std::string links = "<p class=\"downloads\">";
  for (std::size_t l = 0; l < files.size(); ++l)
    links +=
        download(files[l], city.id + "_crosswalk_" + city.layers[l].id + ".csv", r.say(city.layers[l].title)) + " ";
  return {
      "crosswalk",
      {"Crosswalks to save", "对照表下载"},
      {"Each department’s cells by governance grid, with area, people and shares, as CSV. Ground without a cell has no "
       "row; ground that several cells claim counts for each of them.",
       "各部门网格与治理网格对照（面积、人口、占比），CSV 格式。无单元的地面不列行，多个单元重叠的地面逐一计入。"},
      links + "</p>"};
}

Section formulas_section(const ReportContext& r) {
  const auto entry = [&](const Text& term, const Text& meaning) {
    return "<dt>" + r.say(term) + "</dt><dd>" + r.say(meaning) + "</dd>";
  };
  return {
      "formulas",
      {"Formulas", "公式"},
      {"What the figures mean.", "各指标含义。"},
      "<dl>" +
          entry({"Sliver", "细碎面"},
                {"A face whose mean width 2A/P is under " + fixed(r.city().min_width_m, 0) + " m.",
                 "平均宽度 2A/P 小于" + fixed(r.city().min_width_m, 0) + "米的面。"}) +
          entry({"Lines moved", "界线位移"},
                {"Distance from places along the delivered line to the layer’s nearest aligned line; P95: 95 % moved "
                 "less.",
                 "交付界线上各点到该图层最近对齐界线的距离；P95 表示 95% 不超过该值。"}) +
          entry({"Lines recalled", "界线保留率"}, {"Share of the delivered length with an aligned line within 5 m.",
                                                   "5米内有对齐界线的交付界线长度占比。"}) +
          entry({"Purity", "纯度"},
                {"Σ over grids of the people of its largest cell ÷ Σ people: 1 when no grid is split.",
                 "Σ网格内最大单元人口 ÷ Σ人口；为1时网格不被分割。"}) +
          entry({"Inverse purity", "反向纯度"},
                {"Σ over cells of the people of its largest grid ÷ Σ people.", "Σ单元内最大网格人口 ÷ Σ人口。"}) +
          entry({"Cells per grid", "每网格涉及单元"},
                {"Mean number of a layer’s cells with at least 5 % of a grid.", "占网格5%以上的单元平均数。"}) +
          entry({"Ground against a nesting", "嵌套矛盾面积"},
                {"Share of the city outside the parent cell that holds most of the child cell.",
                 "子单元位于其主要父单元之外的面积占比。"}) +
          entry({"Suggested accuracy", "建议精度"},
                {"1.96 σ of the half-normal part of the distances up to 200 m, beside an even rest (EM).",
                 "200米内距离的半正态部分的1.96σ（其余视为均匀分布，EM 估计）。"}) +
          entry({"Compactness", "紧凑度"},
                {"4πA/P² (Polsby–Popper); mean of the grids: " +
                     fixed(r.number(QualityStage::unified, QualityMetric::mean_compactness), 2),
                 "4πA/P²（Polsby–Popper）；网格均值" +
                     fixed(r.number(QualityStage::unified, QualityMetric::mean_compactness), 2)}) +
          entry(
              {"Soft cut", "软切割"},
              {"Length of grid borders weighed by the share of departments that draw none there: " +
                   fixed(r.number(QualityStage::unified, QualityMetric::soft_cut) / 1000, 0) +
                   " km, and no plan has less than " +
                   fixed(r.number(QualityStage::unified, QualityMetric::soft_cut_bound) / 1000, 0) + " km.",
               "网格界线长度按未画线部门占比加权：" +
                   fixed(r.number(QualityStage::unified, QualityMetric::soft_cut) / 1000, 0) + "公里；任何方案不低于" +
                   fixed(r.number(QualityStage::unified, QualityMetric::soft_cut_bound) / 1000, 0) + "公里。"}) +
          "</dl>"};
}

}  // namespace gridloom
