// SPDX-License-Identifier: Apache-2.0
// Also why rows are left out, and what is told of files that are read: repairs and oddities.
#include "server/words/error_table.h"

namespace gridloom {
namespace {

constexpr ErrorRow kRows[] = {
    {"texts_read_as", "is not UTF-8: read as {encoding:word}; say so with 'encoding: {encoding}', or say what it is",
     "不是 UTF-8：按 {encoding:word} 读取；请用“encoding: {encoding}”写明，或写明其实际编码"},
    {"column_read_as",
     "column '{field}' is {encoding:word} where others are {others:word}, and read so; save the file in one encoding",
     "“{field}”列是 {encoding:word}，其他列是 {others:word}，已分别读取；请以同一编码保存该文件"},
    {"texts_damaged", "{texts} {texts:text|texts} with bytes that are not {encoding}, kept as \\xHH: first {first}",
     "{texts} 个文本含有不是 {encoding} 的字节，保留为 \\xHH：首处为{first}"},
    {"texts_cut", "{texts} {texts:text|texts} cut within a character by the width of the field: first {first}",
     "{texts} 个文本因字段宽度在字符中间被截断：首处为{first}"},
    {"eastings_with_zone", "eastings with zone prefix {zone}, CGCS 2000 {degrees}-degree",
     "东坐标带带号 {zone}，CGCS 2000 {degrees} 度带"},
    {"fits_meridian", "fits CGCS 2000 3-degree, central meridian {meridian}",
     "与 CGCS 2000 3 度带、中央经线 {meridian} 相符"},
    {"fits_utm_zone", "fits UTM zone {zone}", "与 UTM {zone} 带相符"},
    {"looks_like_degrees", "coordinates look like degrees", "坐标像是经纬度"},
    {"fits_working_crs", "fits the working CRS", "与工作坐标系相符"},
    {"fits_web_mercator", "fits Web Mercator", "与 Web 墨卡托相符"},
    {"transformation_inaccurate",
     "the transformation from {crs} ({operation}) is accurate to {accuracy} m only[; with the grid {grids} in PROJ's "
     "folder or in the "
     "catalogue's 'grids' it would be better]",
     "从 {crs} 的转换（{operation}）精度只有 {accuracy} 米[；若在 PROJ 的文件夹或目录的 “grids” 中有格网 "
     "{grids}，会更准]"},
    {"degrees_contradicted_crs_guessed",
     "states degrees, but its coordinates are none ({extent}): taken as {crs} ({why}); declare it with 'crs'",
     "标为经纬度，但其坐标（{extent}）并不是：按 {crs} 处理（{why}）；请用“crs”写明"},
    {"crs_guessed", "names no CRS: taken as {crs} ({why}); declare it with 'crs'",
     "没有写明坐标系：按 {crs} 处理（{why}）；请用“crs”写明"},
    {"lines_shifted",
     "its lines lie {before} m (median) from the administrative lines and {after} m once a {datum} shift of {shift} m "
     "is undone",
     "其线距行政界线 {before} 米（中位数），撤去 {shift} 米的 {datum} 偏移后为 {after} 米"},
    {"datum_shift_undone",
     "suspected shift: {evidence}; the shift has been undone; declare 'datum: {datum}', or 'datum: wgs84' to keep it",
     "疑有偏移：{evidence}；偏移已撤去；请写明“datum: {datum}”，若要保留则写“datum: wgs84”"},
    {"datum_shift_suspected",
     "suspected shift: {evidence}; nothing has been done; declare 'datum: {datum}' or 'datum: wgs84'",
     "疑有偏移：{evidence}；未作处理；请写明“datum: {datum}”或“datum: wgs84”"},
    {"rings_closed", "{rings} {rings:ring|rings} closed", "{rings} 个环已闭合"},
    {"rings_left_out", "{rings} {rings:ring|rings} left out: {why:word}", "舍去 {rings} 个环：{why:word}"},
    {"repeated_points_left_out", "{points} repeated {points:point|points} left out in {cells} {cells:cell|cells}",
     "{cells} 个单元中舍去 {points} 个重复点"},
    {"allowed_gap_without_gap", "no gap of the layers lies in this area: it allows nothing",
     "该范围内没有任何图层的空白：不起作用"},
    {"feature_without_id", "feature {feature} has no id in its key fields", "第 {feature} 个要素的键字段中没有标识"},
    {"other_geometry_left_out", "geometry that is not a polygon left out:[ lines {lines}][ points {points}][ {others}]",
     "舍去不是面的几何：[ 线 {lines}][ 点 {points}][ {others}]"},
    {"several_points_in_one",
     "{features} {features:feature has|features have} several points, the first one is taken (feature {feature} is the "
     "first such)",
     "{features} 个要素有多个点，只取第一个点（首个为第 {feature} 个要素）"},
    {"closed_lines_taken", "{lines} closed {lines:line|lines} taken as {lines:an area|areas}",
     "{lines} 条闭合线视为面"},
    {"line_closed", "line {feature} is open by {gap} m, within the layer's accuracy: closed",
     "第 {feature} 条线有 {gap} 米缺口，在图层精度以内：已闭合"},
    {"line_open",
     "line {feature} is open by {gap} m, from {end} to {start}: no area; close it in the drawing, or state a coarser "
     "'accuracy'",
     "第 {feature} 条线有 {gap} 米缺口，从 {end} 到 {start}：不成面；请在图中闭合，或写明较低的“accuracy”"},
    {"label_in_no_area", "the text of feature {feature} lies in no closed line: left out",
     "第 {feature} 个要素的文字不在任何闭合线内：舍去"},
    {"second_label", "has a second text inside, '{text}': left out", "其中还有一处文字“{text}”：舍去"},
    {"parts_of_one", "stands on {features} features: taken as parts of one",
     "有 {features} 个要素：视为一个单元的各部分"},
    {"cell_without_ground", "has no ground", "没有面积"},
    {"no_amount", "has no value in '{field}': taken as 0", "“{field}”中没有值：按 0 计"},
    {"parent_not_in_layer", "names the parent '{parent}', which layer {layer} does not have[; there is '{near}']",
     "所填上级“{parent}”在图层 {layer} 中不存在[；有“{near}”]"},
    {"no_row_usable", "none of its rows can be used: {why}", "没有一行可用：{why}"},
    {"no_rows", "there are none", "没有数据行"},
    {"rows_left_out", "{rows} {rows:row|rows} left out: {why}", "舍去 {rows} 行：{why}"},
    {"rows_taken_as_open", "{rows} {rows:row|rows} taken as open: {why}", "{rows} 行视为未办结：{why}"},
    {"no_coordinates", "no coordinates", "没有坐标"},
    {"coordinates_no_numbers", "coordinates that are no numbers", "坐标不是数"},
    {"coordinates_zero", "coordinates 0,0", "坐标为 0,0"},
    {"coordinates_swapped", "longitude and latitude exchanged", "经度与纬度颠倒"},
    {"coordinates_no_degrees", "coordinates that are no degrees", "坐标不是经纬度"},
    {"coordinates_far", "coordinates far from the city", "坐标远离城市"},
    {"table_without_points", "has no points; name the columns with 'lon' and 'lat', or 'x' and 'y' with 'crs'",
     "没有点；请用“lon”“lat”指明列，或用“x”“y”并给出“crs”"},
    {"table_without_crs", "names no CRS; declare it with 'crs'", "没有写明坐标系；请用“crs”写明"},
    {"column_not_there", "there is no column '{column}' (columns: {known}); it is taken as empty",
     "没有“{column}”列（现有列：{known}），按空值处理"},
    {"cell_too_long", "'{name}' is longer than {most} bytes", "“{name}”超过 {most} 字节"},
    {"no_id", "no id", "没有编号"},
    {"id_empty", "no id: '{column}' is empty", "没有编号：“{column}”为空"},
    {"id_of_an_earlier_row", "id stands in an earlier row too", "编号已在前面的行中出现"},
    {"one_of_lon_and_lat",
     "has only one of the columns 'lon' and 'lat'; name both with --field lon=... and --field lat=...",
     "“lon”“lat”两列只有其一；请用 --field lon=... 和 --field lat=... 指明"},
    {"no_points_no_lon_lat",
     "has no points and no columns 'lon' and 'lat'; name them with --field lon=... and --field lat=..., or give a "
     "catalogue with --mapping",
     "没有点，也没有“lon”“lat”列；请用 --field lon=... 和 --field lat=... 指明，或用 --mapping 给出目录"},
    {"value_no_text", "'{name}' must be a text", "“{name}”应为文本"},
    {"text_too_long", "'{name}' is longer than {most} bytes: '{text}'", "“{name}”超过 {most} 字节：“{text}”"},
    {"value_no_degrees", "'{name}' must be a number of degrees", "“{name}”应为以度计的数"},
    {"row_no_object", "must be an object", "应为对象"},
};

}  // namespace

std::span<const ErrorRow> errors_of_deliveries() { return kRows; }

}  // namespace gridloom
