// SPDX-License-Identifier: Apache-2.0
// Measures of a fused city, row by row; what each means: fusion/quality.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/base/words.h"

namespace gridloom {

enum class QualityStage { raw, aligned, unified };
template <>
inline constexpr auto kWords<QualityStage> = words<QualityStage>({{"raw", QualityStage::raw},
                                                                  {"aligned", QualityStage::aligned},
                                                                  {"unified", QualityStage::unified}});

enum class QualityMetric {
  faces,
  thin_faces,
  gap_area,
  overlap_area,
  changed_cells,
  lost_cells,
  displacement_mean,
  displacement_p95,
  displacement_max,
  boundary_recall,
  reference_distance,  // of a class of distances
  suggested_accuracy,
  nesting_confidence,  // in another layer
  contradiction,       // of another layer
  purity,
  inverse_purity,
  mean_splits,
  grids,
  people_in_band,
  mean_compactness,
  soft_cut,
  soft_cut_bound
};
template <>
inline constexpr auto kWords<QualityMetric> =
    words<QualityMetric>({{"faces", QualityMetric::faces},
                          {"thin_faces", QualityMetric::thin_faces},
                          {"gap_area", QualityMetric::gap_area},
                          {"overlap_area", QualityMetric::overlap_area},
                          {"changed_cells", QualityMetric::changed_cells},
                          {"lost_cells", QualityMetric::lost_cells},
                          {"displacement_mean", QualityMetric::displacement_mean},
                          {"displacement_p95", QualityMetric::displacement_p95},
                          {"displacement_max", QualityMetric::displacement_max},
                          {"boundary_recall", QualityMetric::boundary_recall},
                          {"reference_distance", QualityMetric::reference_distance},
                          {"suggested_accuracy", QualityMetric::suggested_accuracy},
                          {"nesting_confidence", QualityMetric::nesting_confidence},
                          {"contradiction", QualityMetric::contradiction},
                          {"purity", QualityMetric::purity},
                          {"inverse_purity", QualityMetric::inverse_purity},
                          {"mean_splits", QualityMetric::mean_splits},
                          {"grids", QualityMetric::grids},
                          {"people_in_band", QualityMetric::people_in_band},
                          {"mean_compactness", QualityMetric::mean_compactness},
                          {"soft_cut", QualityMetric::soft_cut},
                          {"soft_cut_bound", QualityMetric::soft_cut_bound}});

// "m", "m2", or "1" of counts, shares and ratios.
constexpr std::string_view unit_of(QualityMetric metric) {
  switch (metric) {
    case QualityMetric::gap_area:
    case QualityMetric::overlap_area:
      return "m2";
    case QualityMetric::displacement_mean:
    case QualityMetric::displacement_p95:
    case QualityMetric::displacement_max:
    case QualityMetric::suggested_accuracy:
    case QualityMetric::soft_cut:
    case QualityMetric::soft_cut_bound:
      return "m";
    default:
      return "1";
  }
}

struct QualityRow {
  QualityStage stage = QualityStage::raw;
  QualityMetric metric = QualityMetric::faces;
  double value = 0;
  std::int32_t layer = -1;          // index in City::layers; -1: all
  std::int32_t other_layer = -1;    // the one it nests in; -1: none
  std::optional<double> up_to_m{};  // the class of distances; of reference_distance the last has none
  friend bool operator==(const QualityRow&, const QualityRow&) = default;
};

}  // namespace gridloom
