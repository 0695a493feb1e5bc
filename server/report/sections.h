// SPDX-License-Identifier: Apache-2.0
// The sections of a report, in the order of the page. Each is one figure or table of what the city holds.
#pragma once

#include <string>

#include "server/report/context.h"

namespace gridloom {

// `body` is HTML; empty: there is nothing to say, and no section.
struct Section {
  std::string id;
  Text title;
  Text words;
  std::string body;
};

// The city before and after.
Section maps_section(const ReportContext&);
Section close_up_section(const ReportContext&);

// What is to be decided: conflicts by the people they concern, targets that no plan met.
Section decisions_section(const ReportContext&);
Section conflicts_section(const ReportContext&);
Section unmet_section(const ReportContext&);
Section plans_section(const ReportContext&);
Section succession_section(const ReportContext&);

// How well the departments' layers were kept.
Section quality_section(const ReportContext&);
Section cells_section(const ReportContext&);
Section shifts_section(const ReportContext&);
Section nestings_section(const ReportContext&);
Section distances_section(const ReportContext&);
Section support_section(const ReportContext&);

Section crosswalks_section(const ReportContext&);
Section formulas_section(const ReportContext&);

// Grids outside the band of households, as the conflicts list them.
std::size_t unmet_targets(const City&);

// The conflicts with people that a meeting is to decide, most people first.
std::vector<const Conflict*> open_questions(const City&);

}  // namespace gridloom
