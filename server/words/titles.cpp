// SPDX-License-Identifier: Apache-2.0
#include "server/words/titles.h"

#include <array>

namespace gridloom {
namespace {

constexpr auto kConflicts = std::to_array<Title<ConflictKind>>({
    {ConflictKind::gap, "gap", "空白"},
    {ConflictKind::overlap, "overlap", "重叠"},
    {ConflictKind::sliver, "sliver", "碎片"},
    {ConflictKind::outside_frame, "outside frame", "超出行政区"},
    {ConflictKind::nesting, "nesting", "跨级"},
    {ConflictKind::split_duty, "split duty", "权责分割"},
    {ConflictKind::unmet_target, "unmet target", "规模未达标"},
    {ConflictKind::covered_cell, "covered cell", "网格被覆盖"},
    {ConflictKind::lost_cell, "lost cell", "网格丢失"},
    {ConflictKind::divided, "divided", "被分成多个"},
    {ConflictKind::shift, "shift", "整体偏移"},
});

constexpr auto kDrawn = std::to_array<Title<DrawnKind>>({
    {DrawnKind::special, "special grids", "专属网格"},
    {DrawnKind::locked, "locked grids", "锁定网格"},
    {DrawnKind::existing, "today's grids", "现有网格"},
    {DrawnKind::allowed_gap, "allowed gaps", "允许的空白"},
});

constexpr auto kDuties = std::to_array<Title<DutyStatus>>({
    {DutyStatus::sole, "sole", "独责"},
    {DutyStatus::split, "split", "分割"},
    {DutyStatus::vacant, "vacant", "空缺"},
});

constexpr auto kFields = std::to_array<Title<EventField>>({
    {EventField::category, "category", "类别"},
    {EventField::subcategory, "subcategory", "子类别"},
    {EventField::agency, "agency", "部门"},
    {EventField::severity, "severity", "等级"},
    {EventField::status, "status", "状态"},
});

constexpr auto kPlans = std::to_array<Title<PlanStatus>>({
    {PlanStatus::optimal, "within the band, proven best", "达标且已证最优"},
    {PlanStatus::feasible, "within the band", "达标"},
    {PlanStatus::infeasible, "proven: no plan is within the band", "已证明无达标方案"},
    {PlanStatus::relaxed, "no plan within the band was found", "未找到达标方案"},
    {PlanStatus::kept, "kept from before", "沿用现有方案"},
});

constexpr auto kSubjects = std::to_array<Title<std::string_view>>({
    {"police", "Police", "公安"},
    {"fire", "Fire service", "消防"},
    {"urban_management", "Urban management", "城管"},
    {"sanitation", "Sanitation", "环卫"},
    {"health", "Health", "卫生健康"},
    {"school", "Schools", "教育"},
    {"election", "Elections", "选区"},
    {"traffic", "Traffic", "交通"},
    {"market", "Market supervision", "市场监管"},
    {"environment", "Environment", "生态环境"},
    {"emergency", "Emergency management", "应急管理"},
    {"civil_affairs", "Civil affairs", "民政"},
    {"housing", "Housing", "住建"},
    {"water", "Water", "水务"},
    {"park", "Parks", "园林"},
    {"postal", "Post", "邮政"},
    {"judiciary", "Judiciary", "司法"},
    {"city", "City", "市"},
    {"district", "District", "区县"},
    {"ward", "Ward", "区"},
    {"subdistrict", "Subdistrict", "街道"},
    {"community", "Community", "社区"},
});

}  // namespace

Text title_of_subject(std::string_view subject, const Text& otherwise) {
  const auto known = std::ranges::find(kSubjects, subject, &Title<std::string_view>::value);
  return known == kSubjects.end() ? otherwise : title_in(kSubjects, subject);
}

Text title_of(ConflictKind kind) { return title_in(kConflicts, kind); }
Text title_of(DrawnKind kind) { return title_in(kDrawn, kind); }
Text title_of(DutyStatus status) { return title_in(kDuties, status); }
Text title_of(EventField field) { return title_in(kFields, field); }
Text title_of(PlanStatus status) { return title_in(kPlans, status); }

}  // namespace gridloom
