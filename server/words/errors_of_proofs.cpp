// SPDX-License-Identifier: Apache-2.0
#include "server/words/error_table.h"

namespace gridloom {
namespace {

constexpr ErrorRow kRows[] = {
    // Faults of an arrangement.
    {"arc_refers_to_nothing", "arc {arc} refers to a node, face or point that does not exist",
     "弧 {arc} 引用了不存在的节点、面或点"},
    {"arc_off_its_start", "arc {arc} does not start at its node", "弧 {arc} 的起点不在其节点上"},
    {"arc_off_its_end", "arc {arc} does not end at its node", "弧 {arc} 的终点不在其节点上"},
    {"arc_repeats_a_point", "arc {arc} repeats a point", "弧 {arc} 有重复的点"},
    {"arcs_meet_off_their_nodes", "arcs meet at a point that is not one node of theirs",
     "多条弧在并非其公共节点的点上相遇"},
    {"arcs_doubled", "arc {arc} and arc {other} run over the same ground", "弧 {arc} 与弧 {other} 重合"},
    {"arcs_cross", "arc {arc} and arc {other} cross", "弧 {arc} 与弧 {other} 相交"},
    {"arcs_touch", "arc {arc} and arc {other} touch away from a node", "弧 {arc} 与弧 {other} 在节点之外相接"},
    {"node_without_arcs", "a node without arcs", "没有弧的节点"},
    {"arc_ends_alone", "arc {arc} ends without a partner", "弧 {arc} 的一端没有相接的弧"},
    {"arc_sides_exchanged", "arc {arc} has its sides exchanged", "弧 {arc} 的左右两侧颠倒"},
    {"boundary_missing", "the boundary between face {left:word} and face {right:word} is missing here",
     "此处缺少面 {left:word} 与面 {right:word} 之间的边界"},
    {"face_in_pieces", "face {face:word} names two separate pieces of ground", "面 {face:word} 指向两块分离的地块"},
    {"boundary_encloses_nothing", "a boundary of face {face:word} encloses nothing",
     "面 {face:word} 的一条边界未围成任何地块"},
    {"face_without_outer_boundary", "face {face:word} has no outer boundary", "面 {face:word} 没有外边界"},
    {"face_without_area", "face {face:word} has no positive area", "面 {face:word} 的面积不为正"},
    {"areas_off_the_frame", "face areas do not sum to the frame's", "各面面积之和不等于城市边框的面积"},
    {"euler_formula", "V - E + F = {sum}, 1 + C = {expected}", "V - E + F = {sum}，而 1 + C = {expected}，两者应相等"},
    {"island_elsewhere", "an island is not inside face {face:word} that its rim names",
     "岛不在其边缘所指的面 {face:word} 之内"},

    // Faults of a city.
    {"labels_refer_to_nothing", "a label refers to nothing, or faces are missing", "有标签无所指，或缺少面"},
    {"tables_incomplete", "a table does not have a row for every face or arc", "有的表并未为每个面或每条弧各存一行"},
    {"overlap_refers_to_nothing", "an overlap refers to nothing", "有重叠记录无所指"},
    {"rows_refer_to_nothing", "a row refers to nothing, or rows are missing", "有行无所指，或缺少行"},
    {"atom_without_grid", "atom {atom} is in no grid", "基础面 {atom} 不属于任何网格"},
    {"atom_without_unit", "atom {atom} is in no unit of level {level}", "基础面 {atom} 不属于 {level} 级的任何单元"},
    {"unit_outside_its_parent", "atom {atom}: unit {unit} does not lie in its parent",
     "基础面 {atom}：单元 {unit} 不在其上级之内"},
    {"overlap_without_leading_cell", "an overlap without the leading cell, or before it",
     "有重叠记录缺少首位单元，或排在其前"},
    {"arc_separates_cells", "arc {arc} separates cells of layer {layer}, its support says otherwise",
     "弧 {arc} 分隔图层 {layer} 的单元，其支持记录却说没有"},
    {"arc_separates_none", "arc {arc} no longer separates cells of layer {layer}, its support says otherwise",
     "弧 {arc} 不再分隔图层 {layer} 的单元，其支持记录却说分隔"},
    {"grid_in_pieces", "grid {grid} has a separate piece", "网格 {grid} 有分离的部分"},
    {"grid_leaves_its_unit", "grid {grid} leaves its unit", "网格 {grid} 超出其所属单元"},
    {"crosswalk_incomplete", "the crosswalk does not sum to the aligned layer", "对照表之和不等于对齐后的图层"},
    {"crosswalk_row_without_ground", "they share no ground, or have two rows", "两者没有共同地块，或有两行"},
    {"crosswalk_rows_missing", "{rows} {rows:row is|rows are} missing", "缺少 {rows} 行"},
    {"recorded_differs", "recorded is {recorded}, counted again {counted}", "记录为 {recorded}，重新计算为 {counted}"},
    {"recorded_too_small", "recorded is {recorded}, it must be at least {least}",
     "记录为 {recorded}，至少应为 {least}"},
    {"recorded_too_large", "recorded is {recorded}, it can be at most {most}", "记录为 {recorded}，至多应为 {most}"},
    {"no_such_level", "there is no level {level}", "没有层级 {level}"},
    {"no_such_grid", "there is no grid {grid}", "没有网格 {grid}"},
    {"grid_outside_the_band", "recorded is in_band, but {households} households are {off} off the band",
     "记录为 in_band，但 {households} 户偏离标准 {off} 户"},
    {"grid_within_the_band", "recorded is a reason to be outside, but {households} households are within the band",
     "记录了未达标的原因，但 {households} 户符合标准"},
    {"unknown_status", "recorded is none of the known", "记录的状态未知"},
    {"texts_not_utf8",
     "{texts} {texts:text is|texts are} not UTF-8, the first '{first}'; fuse again, and say the source's 'encoding' in "
     "the catalogue",
     "{texts} 个文本不是 UTF-8，第一个为“{first}”；请在目录中写明该来源的 'encoding' 后重新融合"},

    // Edits that cannot be made.
    {"cut_at_a_corner", "the line meets the boundary within a millimetre of another corner; move it a little",
     "切割线与边界相交处距另一拐点不足一毫米；请略微移动切割线"},
    {"cut_divides_nothing", "the line does not divide the face; draw it from boundary to boundary",
     "切割线没有把该面分开；请从边界画到边界"},
    {"merge_across_the_frame", "arc {arc} is the frame's: ground cannot leave the city by a merge",
     "弧 {arc} 属于城市边框：合并不能使地块离开城市"},
    {"merge_into_no_neighbour", "face {face} does not lie at arc {arc}", "面 {face} 不在弧 {arc} 旁"},
    {"no_face_to_cut", "face {face} cannot be cut: it is the outside, or is no more",
     "面 {face} 不能切割：它是城市之外，或已不存在"},
    {"no_face_to_label", "face {face} cannot be labelled: it is the outside, or is no more",
     "面 {face} 不能标注：它是城市之外，或已不存在"},
};

}  // namespace

std::span<const ErrorRow> errors_of_proofs() { return kRows; }

}  // namespace gridloom
