// SPDX-License-Identifier: Apache-2.0
#include "server/api/route_table.h"

#include <algorithm>
#include <utility>

#include "server/analysis/analysis_parameters.h"
#include "server/api/analysis_routes.h"
#include "server/api/api_routes.h"
#include "server/api/append_route.h"
#include "server/api/cells_route.h"
#include "server/api/event_routes.h"
#include "server/api/tile_routes.h"

namespace gridloom {
namespace {

// --- parameters that several routes share ---

ParameterTexts together(std::initializer_list<ParameterTexts> lists) {
  ParameterTexts all;
  for (const ParameterTexts& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

const ParameterText kMap{"map", {"Id of a map, see /api/city", "地图代号，见 /api/city"}, "zones"};
const ParameterText kLayer{
    "layer", {"Id of a layer, for maps that need one", "图层代号，供需要图层的地图使用"}, "police"};
const ParameterText kTileLanguage{
    "lang", {"Language of the names: en (default) or zh", "名称的语言：en（默认）或 zh"}, "zh"};
const ParameterText kVersion{"v",
                             {"Any text: another address of the same tile, for those who keep tiles by address",
                              "任意文本：同一瓦片的另一地址，供按地址缓存者使用"},
                             "42"};
const ParameterText kRadius{
    "radius",
    {"Metres on the ground that an incident reaches, 10 to 10000 (500)", "事件的影响半径（米），10 至 10000（500）"},
    "800"};
const ParameterText kJob{"id", {"Of the job", "任务编号"}, "6f1c0a"};

ParameterTexts tile_parts(const Text& set, const std::string& set_example, const Text& name,
                          const std::string& example) {
  return {{"set", set, set_example},
          {"z", {"Zoom", "级别"}, "12"},
          {"x", {"Column, from the west", "列号，自西起"}, "1206"},
          {"y", name, example}};
}

// How the answer of an analysis is wanted.
ParameterTexts wishes(const Text& formats, const std::string& format) {
  return {
      {"format", formats, format},
      {"lang",
       {"Language of pictures, names and errors: en (default) or zh", "图片、名称与错误信息的语言：en（默认）或 zh"},
       "zh"},
      {"wait", {"Seconds to wait for the answer, 0 to 30 (5)", "等待结果的秒数，0 至 30（5）"}, "0"}};
}

// --- outcomes that several routes share ---

const Outcome kCoarse{
    403, {"The question asks for more than the public form of the incidents tells.", "所问超出公开形式的范围。"}};
const Outcome kNoTile{
    404,
    {"There is no such map, layer or tile matrix set, or the tile lies outside the matrix or the zooms served.",
     "没有该地图、图层或瓦片矩阵集，或瓦片在矩阵或所供级别之外。"}};
const Outcome kAccepted{
    202,
    {"The answer takes longer than `wait`: the job, as `/api/jobs/{id}` tells it, with `Location` and `Retry-After`.",
     "未能在 wait 秒内完成：返回任务（同 `/api/jobs/{id}`），并附 `Location` 与 `Retry-After`。"}};
const Outcome kFull{503, {"Too many analyses wait.", "等待的分析过多。"}};
const Outcome kNoJob{404, {"There is no such job, or it has been forgotten.", "没有该任务，或已被清除。"}};

// --- the table, by what is asked ---

std::vector<Route> server_routes() {
  return {{.methods = {"GET"},
           .pattern = "/healthz",
           .word = "health",
           .manner = kAtOnce<health_route>,
           .title = {"Whether it runs", "是否在运行"},
           .about = {"The server runs. `{status, city, epoch}`.", "服务器在运行。`{status, city, epoch}`。"},
           .example = "$URL/healthz"},
          {.methods = {"GET"},
           .pattern = "/readyz",
           .word = "ready",
           .manner = kAtOnce<ready_route>,
           .title = {"Whether it is ready", "是否就绪"},
           .about = {"Incidents can be taken and followed; as `/healthz`.", "可以接收并跟进事件；内容同 `/healthz`。"},
           .outcomes = {{503,
                         {"The project was replaced, is damaged, or cannot be written to.",
                          "工程文件被替换、已损坏或无法写入。"}}},
           .example = "$URL/readyz"},
          {.methods = {"GET"},
           .pattern = "/metrics",
           .word = "metrics",
           .role = Role::operators_if_any,
           .manner = kAtOnce<metrics_route>,
           .title = {"Counters", "计数"},
           .about = {"Counters in Prometheus' text format: requests by route and status, tiles drawn, the cache, jobs.",
                     "Prometheus 文本格式的计数：按路由与状态的请求数、绘制的瓦片、缓存、任务。"},
           .outcomes = {{403, {"The counters are the operator's.", "计数只供操作者查看。"}}},
           .example = "$URL/metrics"}};
}

std::vector<Route> city_routes() {
  return {
      {.methods = {"GET"},
       .pattern = "/api/city",
       .word = "city",
       .manner = kAtOnce<city_route>,
       .title = {"The city", "城市"},
       .about =
           {"The city: id, name, CRS, bounds in degrees, how many grids and atoms, population, incidents, its layers, "
            "levels and maps, and whether who asks is told incidents in the public form (`audience`, `k`).",
            "城市：代号、名称、坐标系、经纬度范围、网格与原子数、人口、事件数、图层、层级与地图，以及提问者是否只看到"
            "公开形式的事件（`audience`、`k`）。"},
       .example = "$URL/api/city"},
      {.methods = {"GET"},
       .pattern = "/api/locate",
       .word = "locate",
       .manner = kAtOnce<locate_route>,
       .title = {"Whose duty a place is", "某地归谁负责"},
       .about =
           {"Which grid a place lies in, its administrative chain, and for each layer the unit whose duty it is. A "
            "place outside the city is an answer, too: `found` is false.",
            "某地点所在的网格、行政层级，以及各图层的责任单元。城外的地点也有回答：`found` 为 false。"},
       .parameters =
           {{"lon", {"Longitude in degrees; with epsg:N the easting", "经度（度）；epsg:N 时为东坐标"}, "-73.9857"},
            {"lat", {"Latitude in degrees; with epsg:N the northing", "纬度（度）；epsg:N 时为北坐标"}, "40.7484"},
            {"crs", {"wgs84 (default), gcj02, bd09 or epsg:N", "wgs84（默认）、gcj02、bd09 或 epsg:N"}, "epsg:2263"}},
       .example = "\"$URL/api/locate?lon=-73.9857&lat=40.7484\""}};
}

std::vector<Route> event_routes() {
  return {
      {.methods = {"GET"},
       .pattern = "/api/cells",
       .word = "cells",
       .manner = kInWorker<cells_route>,
       .title = {"Grids, cells and units", "网格与单元"},
       .about = {"The polygons of one kind, with id, names, area_km2 and population: what counts are joined to. "
                 "GeoJSON is in "
                 "WGS 84, GeoPackage in the city's CRS; CSV has no polygons.",
                 "某一类单元的多边形及 id、名称、area_km2、人口，供与计数关联。GeoJSON 为 WGS 84，GeoPackage "
                 "为城市坐标系；CSV 不含多边形。"},
       .parameters = {{"kind", {"grid (default), a layer's or level's id", "grid（默认）、图层或层级代号"}, "grid"},
                      {"format", {"geojson (default), csv or gpkg", "geojson（默认）、csv 或 gpkg"}, "gpkg"}},
       .example = "\"$URL/api/cells?kind=grid&format=gpkg\" -o grids.gpkg"},
      {.methods = {"GET"},
       .pattern = "/api/incidents",
       .word = "incidents",
       .manner = kInWorker<incidents_route>,
       .title = {"The incidents", "事件概况"},
       .about = {"How many incidents there are and how many are `selected` by the question; the epoch, the first and "
                 "the last "
                 "time, the words of each column, and the colour scale of the heat.",
                 "事件总数与符合条件的 `selected` 数；版本号、首末时间、各字段的取值，以及热力的色标。"},
       .parameters = event_parameters(),
       .outcomes = {kCoarse},
       .example = "\"$URL/api/incidents?from=2015-01-01&hours=22-4\""},
      {.methods = {"POST"},
       .pattern = "/api/incidents",
       .word = "append",
       .role = Role::writers,
       .body = Body::incidents,
       .manner = {Patience::in_turn, append_route},
       .title = {"New incidents", "新事件"},
       .about =
           {"Takes a JSON array of at most 100,000 incidents: `id`, `occurred_at` (2025-03-01T13:45:10, in the city's "
            "time "
            "or with an offset), `lon`, `lat` (WGS 84), `category` and, where known, `subcategory`, `agency`, "
            "`severity`, `status`, `closed_at`; texts have at most 256 bytes. Those that are answered are on the disk, "
            "and in every tile and answer from then on: `{added, updated, rejected: [{row, id, reason}], epoch}`. Rows "
            "that cannot be read are rejected one by one; a known id is updated.",
            "接收至多 100,000 件事件的 JSON 数组：`id`、`occurred_at`（2025-03-01T13:45:10，城市当地时间或带时差）、"
            "`lon`、`lat`（WGS 84）、`category`，以及已知的 "
            "`subcategory`、`agency`、`severity`、`status`、`closed_at`；"
            "文本至多 256 字节。作答时事件已写入磁盘，此后所有瓦片与回答都包含它们："
            "`{added, updated, rejected: [{row, id, reason}], epoch}`。无法读取的行逐一拒绝；已有编号的事件被更新。"},
       .outcomes =
           {{400,
             {"The body is no such array, or a row has a key that means nothing; nothing was added.",
              "请求体不是这样的数组，或某行含有没有意义的键；未添加任何事件。"}},
            {403,
             {"Incidents are taken from the operator alone, from no page of another site, and where the project may "
              "be written to.",
              "只接收操作者的事件，不接收其他网站页面的事件，且工程须可写。"}},
            {413, {"Too many incidents, or more than 16 MiB.", "事件过多，或超过 16 MiB。"}},
            {503,
             {"Nothing could be written; the answer says whether anything was added.",
              "无法写入；回答会说明是否已添加。"}}},
       .example = "$URL/api/incidents -d '[{\"id\": \"A7\", \"occurred_at\": \"2025-03-01T13:45:10\", \"lon\": -73.98, "
                  "\"lat\": "
                  "40.75, \"category\": \"311 Rodent\"}]'"},
      {.methods = {"GET"},
       .pattern = "/api/incidents/epoch",
       .word = "epoch",
       .manner = kAtOnce<epoch_route>,
       .title = {"Whether any came", "是否有新事件"},
       .about = {"`{epoch, incidents}`: the epoch changes whenever incidents came, for pages that ask again and again.",
                 "`{epoch, incidents}`：每当有事件到来版本号就会改变，供反复询问的页面使用。"},
       .example = "$URL/api/incidents/epoch"},
      {.methods = {"GET"},
       .pattern = "/api/incidents/counts",
       .word = "counts",
       .manner = kInWorker<counts_route>,
       .title = {"Counts", "计数表"},
       .about =
           {"How many incidents there are by cell, periods and texts: CSV, or the same table as a JSON array of "
            "objects. Outside of all cells, and without a time or clock, the text is empty.",
            "按单元、时段与类别等的事件数：CSV，或同一表格的 JSON 对象数组。在所有单元之外、无时间或无钟点者为空。"},
       .parameters = together(
           {{{"by",
              {"With commas between them: grid (default), a layer's or level's id, square or hexagon; day, week, "
               "month, quarter, year, hour, weekday, month_of_year; category, subcategory, agency, severity, status",
               "以逗号分隔：grid（默认）、图层或层级代号、square 或 hexagon；day、week、month、quarter、year、hour、"
               "weekday、month_of_year；category、subcategory、agency、severity、status"},
              "grid,month,category"},
             {"size", {"Metres of squares and hexagons, side to side", "方格或六边形的大小（米）"}, "500"},
             {"zeros", {"Also what did not occur", "未发生的组合也列出"}, "yes"},
             {"format", {"csv (default) or json", "csv（默认）或 json"}, "json"}},
            event_parameters()}),
       .outcomes = {kCoarse},
       .example = "\"$URL/api/incidents/counts?by=month&category=311+Rodent\""}};
}

std::vector<Route> analysis_routes() {
  return {
      {.methods = {"GET", "POST"},
       .pattern = "/api/heatmap",
       .word = "analysis",
       .body = Body::parameters,
       .manner = {Patience::as_job, heatmap_route},
       .title = {"Densities", "核密度"},
       .about = {"Kernel densities of incidents, as `gridloom heatmap` makes them: rasters, pictures, contours, values "
                 "of zones, "
                 "ratios, along streets. The parameters are those of `gridloom heatmap --help`; a switch is `yes`.",
                 "事件核密度，同 `gridloom heatmap`：栅格、图片、等值线、区域值、比值、沿街道密度。参数同 "
                 "`gridloom heatmap --help`；开关写 `yes`。"},
       .parameters = together({wishes({"geojson (default), csv, gpkg, json (the record alone), tif or png",
                                       "geojson（默认）、csv、gpkg、json（仅记录）、tif 或 png"},
                                      "png"),
                               event_parameters(),
                               surface_parameters(),
                               product_parameters(),
                               ratio_parameters(),
                               event_parameters("against_"),
                               {{"along",
                                 {"streets: density along streets, per km; needs `serve --streets`",
                                  "streets：沿街道的密度（每公里）；须有 serve --streets"},
                                 "streets"}},
                               street_parameters()}),
       .outcomes = {kAccepted, kCoarse, kFull},
       .example = "\"$URL/api/heatmap?category=311+Rodent&per=year&format=png\" -o rats.png"},
      {.methods = {"GET", "POST"},
       .pattern = "/api/hotspots",
       .word = "analysis",
       .body = Body::parameters,
       .manner = {Patience::as_job, hotspots_route},
       .title = {"Hot spots", "热点"},
       .about = {"Where incidents cluster more than chance explains, as `gridloom hotspots` finds it. The parameters "
                 "are those of "
                 "`gridloom hotspots --help`; a switch is `yes`.",
                 "事件聚集超出偶然之处，同 `gridloom hotspots`。参数同 `gridloom hotspots --help`；开关写 `yes`。"},
       .parameters = together({wishes({"geojson (default), csv, gpkg or json (the record alone)",
                                       "geojson（默认）、csv、gpkg 或 json（仅记录）"},
                                      "gpkg"),
                               event_parameters(), hotspot_parameters()}),
       .outcomes = {kAccepted, kCoarse, kFull},
       .example =
           "$URL/api/hotspots -d '{\"category\": [\"311 Rodent\"], \"cells\": \"hexagon\", \"size\": 500, \"format\": "
           "\"gpkg\"}' -o rats.gpkg"},
      {.methods = {"GET"},
       .pattern = "/api/jobs/{id}",
       .word = "job",
       .manner = kAtOnce<job_route>,
       .title = {"How far an analysis is", "分析的进度"},
       .about =
           {"How far an analysis is: `state` (waiting, running, done, failed, cancelled), `stage`, `share` of "
            "the stages that lie behind; while it runs `step`, how much of the running step is done, and `left_s`, the "
            "seconds that the rest of this step takes if it goes on so; `links`, and the `problem` where it failed.",
            "分析的进度：`state`（waiting、running、done、failed、cancelled）、`stage`、`share`（已过阶段所占比例）；"
            "运行中另有 `step`（当前步骤完成比例）与 `left_s`（按当前速度该步骤尚需秒数）；`links`，失败时附 "
            "`problem`。"},
       .parameters = {kJob},
       .outcomes = {kNoJob},
       .example = "$URL/api/jobs/$ID"},
      {.methods = {"DELETE"},
       .pattern = "/api/jobs/{id}",
       .word = "job",
       .manner = kAtOnce<cancel_job_route>,
       .title = {"Cancel an analysis", "取消分析"},
       .about = {"Cancels a job; one that has ended is forgotten.", "取消任务；已结束的任务被清除。"},
       .parameters = {kJob},
       .outcomes = {{204, {"It is cancelled.", "已取消。"}}, kNoJob},
       .example = "-X DELETE $URL/api/jobs/$ID"},
      {.methods = {"GET"},
       .pattern = "/api/jobs/{id}/result",
       .word = "job",
       .manner = kInWorker<job_result_route>,
       .title = {"The answer of an analysis", "分析的结果"},
       .about = {"The answer of an analysis, or the problem that it failed with.", "分析的结果，或其失败的原因。"},
       .parameters = {kJob},
       .outcomes = {kNoJob, {409, {"It has not ended yet.", "尚未结束。"}}, {410, {"It was cancelled.", "已取消。"}}},
       .example = "$URL/api/jobs/$ID/result -o answer"}};
}

std::vector<Route> tile_routes() {
  const Outcome empty{204, {"A vector tile without features.", "没有要素的矢量瓦片。"}};
  return {
      {.methods = {"GET"},
       .pattern = "/tiles/heat.json",
       .word = "tilejson",
       .manner = kAtOnce<heat_json_route>,
       .title = {"TileJSON of the heat", "热力的 TileJSON"},
       .about = {"TileJSON 3.0.0 of the heat of a question, with the legend.",
                 "某一问题的热力的 TileJSON 3.0.0，附图例。"},
       .parameters =
           together({event_parameters(), {kRadius, kTileLanguage, {"format", {"png alone", "只有 png"}, "png"}}}),
       .outcomes = {kCoarse},
       .example = "\"$URL/tiles/heat.json?category=311+Rodent&radius=800\""},
      {.methods = {"GET"},
       .pattern = "/tiles/heat/{set}/{z}/{x}/{y}[@2x].png",
       .word = "heat",
       .manner = {Patience::cached, heat_tile_route},
       .title = {"Tiles of the heat", "热力瓦片"},
       .about = {"A tile of the live density of incidents; one pinned scale of colours for all places and times.",
                 "实时事件密度的瓦片；所有地点与时段共用一套固定色标。"},
       .parameters = together(
           {tile_parts(
                {"WebMercatorQuad or WorldCRS84Quad", "WebMercatorQuad 或 WorldCRS84Quad"}, "WebMercatorQuad",
                {"Row, from the north; 512 pixels with @2x, else 256", "行号，自北起；加 @2x 为 512 像素，否则 256"},
                "1539.png"),
            event_parameters(),
            {kRadius, kVersion}}),
       .outcomes = {kCoarse, kNoTile},
       .example = "\"$URL/tiles/heat/WebMercatorQuad/12/1206/1539@2x.png?hours=22-4\" -o heat.png"},
      {.methods = {"GET"},
       .pattern = "/tiles/{map}.json",
       .word = "tilejson",
       .manner = kAtOnce<tile_json_route>,
       .title = {"TileJSON of a map", "地图的 TileJSON"},
       .about = {"TileJSON 3.0.0 of a map's raster tiles, with the legend; of its vector tiles with `format=mvt`, as "
                 "MapLibre and "
                 "GDAL take them.",
                 "某地图栅格瓦片的 TileJSON 3.0.0，附图例；`format=mvt` 时为其矢量瓦片，可供 MapLibre 与 GDAL 使用。"},
       .parameters = {kMap, kLayer, kTileLanguage, {"format", {"png (default) or mvt", "png（默认）或 mvt"}, "mvt"}},
       .outcomes = {kNoTile},
       .example = "\"$URL/tiles/zones.json?layer=police&format=mvt\""},
      {.methods = {"GET"},
       .pattern = "/tiles/{map}/{set}/{z}/{x}/{y}[@2x].{png|mvt}",
       .word = "tile",
       .manner = {Patience::cached, tile_route},
       .title = {"Tiles of a map", "地图瓦片"},
       .about = {"A tile of a map: a picture, or a Mapbox Vector Tile.", "地图瓦片：图片或 Mapbox 矢量瓦片。"},
       .parameters = together({{kMap},
                               tile_parts({"WebMercatorQuad", "WebMercatorQuad"}, "WebMercatorQuad",
                                          {"Row, from the north; pictures have 512 pixels with @2x, else 256",
                                           "行号，自北起；图片加 @2x 为 512 像素，否则 256"},
                                          "1539.mvt"),
                               {kLayer, kTileLanguage, kVersion}}),
       .outcomes = {empty, kNoTile},
       .example = "\"$URL/tiles/grids/WebMercatorQuad/12/1206/1539.png?lang=zh\" -o grids.png"}};
}

Route page() {
  return {.methods = {"GET"},
          .pattern = "/*",
          .word = "page",
          .manner = kAtOnce<page_route>,
          .title = {"The web page", "网页"},
          .about = {"The web page and its files. It reads its own parameters.", "网页及其文件。其参数由网页自行读取。"},
          .outcomes = {{404, {"There is nothing at this address.", "该地址没有内容。"}}},
          .example = "$URL/"};
}

// --- patterns ---

// The next segment; the path loses it, and its slash.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// "{map}.json": the ending after the name; none where what follows is for readers.
std::string_view ending_of(std::string_view segment) {
  const std::string_view rest = segment.substr(segment.find('}') + 1);
  return rest.find_first_of("[{") == rest.npos ? rest : std::string_view();
}

}  // namespace

bool Route::takes(std::string_view method) const {
  return std::find(methods.begin(), methods.end(), method == "HEAD" ? "GET" : method) != methods.end();
}

bool Route::names(std::string_view name) const { return pattern.find('{' + std::string(name) + '}') != pattern.npos; }

const std::vector<Route>& all_routes() {
  static const std::vector<Route> kRoutes = [] {
    std::vector<Route> all;
    for (auto part : {server_routes(), city_routes(), event_routes(), analysis_routes(), tile_routes()})
      all.insert(all.end(), part.begin(), part.end());
    all.push_back(page());
    return all;
  }();
  return kRoutes;
}

std::optional<Parameters::Pairs> match(std::string_view pattern, std::string_view path) {
  Parameters::Pairs texts;
  if (pattern == "/*") return texts;
  while (!pattern.empty() && !path.empty()) {
    const std::string_view wanted = next_segment(pattern);
    std::string_view given = next_segment(path);
    if (!wanted.starts_with('{')) {
      if (wanted != given) return std::nullopt;
      continue;
    }
    const std::string_view ending = ending_of(wanted);
    if (!given.ends_with(ending) || given.size() == ending.size()) return std::nullopt;
    given.remove_suffix(ending.size());
    texts.emplace_back(wanted.substr(1, wanted.find('}') - 1), given);
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return texts;
}

}  // namespace gridloom
