// SPDX-License-Identifier: Apache-2.0
// What every section of a report draws on.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "engine/city/city.h"
#include "server/report/city_pictures.h"
#include "server/words/conflict_text.h"
#include "engine/base/text.h"

namespace gridloom {

std::string rounded(double number);                   // 8,175,133; negative: 0
std::string percent(double share, int decimals = 1);  // 99.6 %
std::string hectares(double m2);                      // 1,234.5
std::string kilometres(double m, int decimals = 1);

class ReportContext {
 public:
  // Keeps a reference to the city. O(n log n).
  ReportContext(const City&, Language);

  const City& city() const { return city_; }
  const CityPictures& pictures() const { return pictures_; }
  const Questions& questions() const { return questions_; }

  // In the report's language, as it is: `html` makes it safe for the page.
  std::string say(const Text&) const;
  // "1 household", "170 households"; in Chinese the plural's word follows the number.
  std::string count(double n, const Text& one, const Text& many) const;
  std::string households(double n) const;
  std::string people(double n) const;
  std::string note(const Conflict&) const;  // as HTML

  // Names as HTML.
  std::string layer_name(std::size_t layer) const;
  std::string unit_name(std::size_t unit) const;  // of the lowest level
  std::string grid_name(std::size_t grid) const;

  std::optional<double> value(QualityStage, std::size_t layer, QualityMetric) const;
  // The value, "–" where there is none.
  std::string shown(QualityStage, std::size_t layer, QualityMetric, int decimals) const;
  double number(QualityStage, QualityMetric) const;  // of the whole city; 0: none

  // A layer with less than a quarter of the vertices per kilometre of the median layer was drawn, or generalised, for
  // a smaller scale.
  double vertices_per_km(std::size_t layer) const { return vertices_per_km_[layer]; }
  double usual_vertices_per_km() const { return usual_vertices_; }
  bool generalised(std::size_t layer) const { return vertices_per_km_[layer] < usual_vertices_ / 4; }

 private:
  const City& city_;
  Language language_;
  CityPictures pictures_;
  Questions questions_;
  std::map<std::tuple<QualityStage, std::int32_t, QualityMetric>, double> quality_;  // of one layer, or all
  std::vector<double> vertices_per_km_;
  double usual_vertices_ = 0;
};

}  // namespace gridloom
