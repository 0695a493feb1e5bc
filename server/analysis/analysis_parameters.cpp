// SPDX-License-Identifier: Apache-2.0
#include "server/analysis/analysis_parameters.h"

namespace gridloom {

ParameterTexts surface_parameters() {
  return {
      {"bandwidth",
       {"Metres: the kernel's radius, the Gaussian's standard deviation (500); or chosen by scott, silverman, diggle, "
        "ppl (likelihood) or lscv",
        "带宽（米）：核半径，gaussian 为标准差（500）；或由 scott、silverman、diggle、ppl（似然）、lscv 选定"},
       "500"},
      {"search",
       {"For diggle, ppl, lscv: standard deviations to try, such as 50,2000",
        "diggle、ppl、lscv 的搜索范围，如 50,2000"},
       "50,2000"},
      {"sample", {"For the same: incidents compared at most (5000)", "同上：最多比较的事件数（5000）"}, "5000"},
      {"seed", {"Of the sample (1)", "样本的随机种子（1）"}, "1"},
      {"cell", {"Metres of a pixel (100)", "像元大小（米）（100）"}, "100"},
      {"window",
       {"Only there: west,south,east,north in degrees, grid:CODE or LAYER:ID; incidents around count on",
        "只算该范围：西,南,东,北（度）、grid:网格编码 或 图层:单元编号；周围事件仍计入"},
       "police:75"},
      {"kernel",
       {"uniform, epanechnikov, quartic (default), triweight or gaussian",
        "核函数：uniform、epanechnikov、quartic（默认）、triweight 或 gaussian"},
       "quartic"},
      {"edge",
       {"Correction at the city limit: none (default), uniform or diggle", "边界校正：none（默认）、uniform 或 diggle"},
       "uniform"},
      {"weight",
       {"What an incident counts: a field whose words are numbers, or severity:high=3,low=1",
        "事件权重：取值为数的字段，或如 severity:high=3,low=1"},
       "severity:high=3,low=1"},
      {"per",
       {"Densities per day, week, month or year of `from` to `to`; an open end is that of the selected incidents",
        "按 day、week、month 或 year 计的密度，时段为 from 至 to；未给出的一端取所选事件的首末日"},
       "year"},
      {"adaptive", {"Narrow where incidents are dense (Abramson)", "自适应带宽（Abramson）"}, ""},
      {"exact", {"Gaussian: every incident instead of bins", "gaussian：逐事件计算，不分箱"}, ""}};
}

ParameterTexts ratio_parameters() {
  return {
      {"against",
       {"Divide by the density of the population, or of other incidents (all unless against filters choose)",
        "除以 population（人口）或 incidents（另一组事件，默认全部，可用 against 筛选选择）的密度"},
       "population"},
      {"floor",
       {"Least denominator per km² (a twentieth of its mean)", "分母下限（每平方公里，默认其均值的二十分之一）"},
       "100"},
      {"mask_below",
       {"Nothing is told where the denominator per km² is less (the floor)", "分母低于此值处不给结果（默认同下限）"},
       "100"},
      {"logarithm", {"Natural logarithm of the ratio", "比值取自然对数"}, ""}};
}

ParameterTexts street_parameters() {
  return {{"split",
           {"At junctions: continuous (default) or discontinuous", "路口处：continuous（默认）或 discontinuous"},
           "continuous"},
          {"piece", {"Metres of a piece of street (50)", "街段长度（米）（50）"}, "50"},
          {"reach", {"Metres from an incident to its street at most (50)", "事件到街道的最大距离（米）（50）"}, "50"},
          {"least_share",
           {"Walks with a smaller share of the kernel end (0.001)", "核份额小于此值时不再延伸（0.001）"},
           "0.001"}};
}

ParameterTexts product_parameters() {
  return {
      {"contours",
       {"Lines of equal density (geojson, gpkg; the default there)", "等值线（geojson、gpkg 的默认内容）"},
       ""},
      {"levels",
       {"Their levels, such as 10,20,50; default: about `classes` round ones", "等值线的值，如 10,20,50；默认取整"},
       "10,20,50"},
      {"classes", {"How many round levels (8)", "取整等值线的条数（8）"}, "8"},
      {"zones",
       {"Values of grids (default in csv), a layer's or level's cells", "各网格（csv 默认）、图层或层级单元的值"},
       "grids"},
      {"width", {"Pixels of the picture (1400)", "图片宽度（像素）（1400）"}, "1400"},
      {"top", {"Value of the picture's strongest colour (the highest)", "图片最深颜色对应的值（默认最高值）"}, "200"}};
}

ParameterTexts hotspot_parameters() {
  return {
      {"method",
       {"gi_star (default: a cell with its neighbours against any cells of the city); given the cell's own count, what "
        "is "
        "around it: gi, local_moran, local_geary, local_join_count, rate (local Moran of rates); of all cells: moran, "
        "geary, getis_g, join_counts",
        "gi_star（默认：单元连同邻接，与全市任取的单元相比）；给定单元自身的数，看其周围：gi、local_moran、local_"
        "geary、"
        "local_join_count、rate（率的局部 Moran）；全局：moran、geary、getis_g、join_counts"},
       "gi_star"},
      {"cells",
       {"grids (default), a layer's or level's id, square or hexagon",
        "grids（默认）、图层或层级代号、square 或 hexagon"},
       "hexagon"},
      {"size", {"Metres of squares and hexagons, side to side", "方格或六边形的大小（米）"}, "500"},
      {"weights",
       {"Neighbours: queen (default), rook, distance, knn or kernel",
        "邻接：queen（默认）、rook、distance、knn 或 kernel"},
       "queen"},
      {"distance", {"Metres, for weights distance", "distance 权重的距离（米）"}, "1000"},
      {"neighbours", {"How many, for weights knn (8)", "knn 权重的邻居数（8）"}, "8"},
      {"bandwidth", {"Metres, for weights kernel", "kernel 权重的带宽（米）"}, "1000"},
      {"kernel", {"Shape, for weights kernel (quartic)", "kernel 权重的核函数（quartic）"}, "quartic"},
      {"row_standardised", {"Each row of weights sums to 1", "权重按行标准化"}, ""},
      {"population", {"Rates over the people who live there", "以居住人口为基数的率"}, ""},
      {"least_population",
       {"Rates: cells with fewer people are left out (100)", "率：人口少于此数的单元不计入（100）"},
       "100"},
      {"inference",
       {"automatic (default: exact for counts, else permutation), exact, permutation or analytic; the hypothesis is "
        "the "
        "method's",
        "automatic（默认：计数用 exact，否则 permutation）、exact、permutation 或 analytic；零假设随 method 而定"},
       "permutation"},
      {"permutations",
       {"How many; default: as many as the correction needs, one-sided too; 999 for one number of all cells",
        "置换次数；默认按校正所需（单侧亦然），全局统计为 999"},
       "999"},
      {"seed", {"Of the random numbers (1)", "随机种子（1）"}, "1"},
      {"alternative", {"two-sided (default), greater or less", "two-sided（默认）、greater 或 less"}, "greater"},
      {"ties", {"full or mid-p; default: mid-p for counts", "full 或 mid-p；计数默认 mid-p"}, "full"},
      {"correction",
       {"For many tests: fdr (default), bonferroni or none", "多重检验校正：fdr（默认）、bonferroni 或 none"},
       "bonferroni"},
      {"alpha", {"Corrected p up to which a cell has a class (0.05)", "显著性水平（0.05）"}, "0.01"},
      {"black_above",
       {"Join counts: cells with more events than this are black (0)", "连接计数：事件多于此数者为黑（0）"},
       "0"},
      {"suppress_under",
       {"Leave counts from 1 to below this blank, and what would tell them", "隐去 1 至此数以下的计数及可推出它们的数"},
       "5"},
      {"sensitivity",
       {"How often is each place hot as cells are cut otherwise?", "单元划分不同时各处为热点的比例"},
       ""},
      {"sizes",
       {"Sensitivity: cell sizes in metres (250,500,1000)", "敏感性：单元大小（米）（250,500,1000）"},
       "250,500,1000"},
      {"origins", {"Sensitivity: origins along each axis (2)", "敏感性：每轴起点数（2）"}, "2"},
      {"bandwidths",
       {"Sensitivity: bands of neighbours in metres; default: queen", "敏感性：邻接距离（米）；默认 queen"},
       "1000,2000"}};
}

}  // namespace gridloom
