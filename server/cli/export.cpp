// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/base/nearest_word.h"
#include "engine/base/strings.h"
#include "engine/io/catalogue/yaml_entry.h"
#include "engine/io/project/atomic_file.h"
#include "engine/io/project/event_log.h"
#include "engine/io/project/project_file.h"
#include "engine/io/project/project_schema.h"
#include "engine/io/project/sqlite.h"
#include "server/analysis/export_names.h"
#include "server/cli/common_options.h"
#include "server/cli/verbs.h"
#include "server/words/number_text.h"
#include "server/words/parameters.h"

namespace gridloom::cli {
namespace {

namespace fs = std::filesystem;
namespace schema = project_schema;

struct Options {
  std::string project, output, format, names, encoding;
  std::vector<std::string> layers;
};

// What was asked for, with what goes without saying.
struct Order {
  ExportFormat format = ExportFormat::shp;
  ExportEncoding encoding = ExportEncoding::utf8;
  Language language = Language::en;
  bool folder = false;  // a file for each table goes into it
};

std::optional<ExportFormat> format_of_ending(const std::string& file) {
  std::string ending = fs::path(file).extension().string();
  return ending.empty() ? std::nullopt : value_of<ExportFormat>(lower_case(ending.substr(1)));
}

Order order_of(const Options& o, Language spoken) {
  Order order;
  const auto by_ending = format_of_ending(o.output);
  if (o.format.empty() && !by_ending)
    throw WrongParameter(
        "-o " + o.output + ": name a file that ends in .shp, .geojson, .fgb, .dxf, .xlsx or .csv, or a folder and --to",
        "-o " + o.output + "：请写以 .shp、.geojson、.fgb、.dxf、.xlsx 或 .csv 结尾的文件名，或写目录并指定 --to");
  order.format = o.format.empty() ? *by_ending : *value_of<ExportFormat>(o.format);
  order.folder = !by_ending;
  if (by_ending && *by_ending != order.format)
    throw WrongParameter("--to " + o.format + " and " + o.output + " are of two formats",
                         "--to " + o.format + " 与 " + o.output + " 的格式不一致");
  order.language = o.names.empty() ? spoken : *value_of<Language>(o.names);
  const bool shp = order.format == ExportFormat::shp, csv = order.format == ExportFormat::csv;
  if (o.encoding.empty()) {
    order.encoding = shp && order.language == Language::zh ? ExportEncoding::gbk : ExportEncoding::utf8;
    return order;
  }
  order.encoding = *value_of<ExportEncoding>(o.encoding);
  if (!shp && !csv && order.encoding != ExportEncoding::utf8)
    throw WrongParameter("--encoding is for .shp and .csv; the other formats have an encoding of their own",
                         "--encoding 仅用于 .shp 与 .csv，其余格式自带编码");
  if (shp && order.encoding == ExportEncoding::utf8_sig)
    throw WrongParameter("a shapefile has no byte order mark: --encoding utf-8 or gbk",
                         "shapefile 没有 BOM：--encoding 请用 utf-8 或 gbk");
  if (shp && order.encoding == ExportEncoding::utf8 && order.language == Language::zh)
    throw WrongParameter(
        "a shapefile's field has room for three Chinese characters in UTF-8: --encoding gbk, or --names en",
        "UTF-8 编码下 shapefile 字段名只容三个汉字：请用 --encoding gbk 或 --names en");
  return order;
}

// All tables that hold the city; views, which open layer by layer, instead of `zones`' mixture.
std::vector<Table> exportable(const City& city) {
  std::vector<Table> out;
  for (const Table& table : schema::tables(city)) {
    if (table.name == schema::meta().name) continue;
    out.push_back(table.called == "zones_of" ? schema::zones_of(city, static_cast<std::size_t>(table.of.layer))
                                             : table);
  }
  return out;
}

// By the table's name, or a layer's id for its aligned cells.
Table table_called(const City& city, const std::vector<Table>& tables, const std::string& name) {
  std::vector<std::string> known;
  for (const Table& table : tables) {
    if (table.name == name || table.name == schema::aligned_name(name)) return table;
    known.push_back(table.name);
  }
  for (const Layer& layer : city.layers) known.push_back(layer.id);
  const auto near = nearest_word(name, known);
  std::string list;
  for (const Table& table : tables) list += (list.empty() ? "" : ", ") + table.name;
  throw WrongParameter(
      "--layer " + name + ": there is no such table" + (near ? "; did you mean " + *near + "?" : "") + " (" + list +
          ")",
      "--layer " + name + "：没有该表" + (near ? "；是否应为 " + *near + "？" : "") + "（" + list + "）");
}

std::vector<Table> tables_of(const City& city, const Options& o) {
  const std::vector<Table> all = exportable(city);
  std::vector<Table> out;
  for (const std::string& name : o.layers.empty() ? std::vector<std::string>{"grids"} : o.layers) {
    if (name == "all") return all;
    out.push_back(table_called(city, all, name));
  }
  return out;
}

nlohmann::ordered_json json_of(const ExportLoss& loss) {
  nlohmann::ordered_json named = nlohmann::ordered_json::array();
  for (const LostText& lost : loss.named)
    named.push_back({{"table", lost.table}, {"feature", lost.feature}, {"column", lost.column}, {"value", lost.value}});
  return {{"texts", loss.texts}, {"named", named}};
}

struct Part {
  std::string file;
  std::vector<ExportTable> tables;
  Exported done;
  ExportFormat format;
};

// Each by its layer, feature, field and value; of many the first ones.
std::string places_of(const ExportLoss& loss, const Console& console) {
  constexpr std::size_t kShown = 10;
  std::string text;
  for (std::size_t n = 0; n < std::min(kShown, loss.named.size()); ++n) {
    const LostText& lost = loss.named[n];
    text +=
        "\n  " + lost.table + (lost.feature.empty() ? "" : " " + lost.feature) + ", " + lost.column + ": " + lost.value;
  }
  if (loss.texts > kShown) {
    const std::string more = with_commas(loss.texts - kShown);
    text += "\n  " + console.say({"and " + more + " more (--json names up to a hundred)",
                                  "另有 " + more + " 个（--json 列出至多一百个）"});
  }
  return text;
}

void tell_losses(const Part& part, const Console& console) {
  const auto tell = [&](const std::string& en, const std::string& zh) {
    print_note({part.file + ": " + en, part.file + "：" + zh}, console);
  };
  if (const ExportLoss& cut = part.done.cut; cut.texts)
    tell("cut to the 254 bytes of a shapefile's field: " + with_commas(cut.texts) +
             " texts; GeoJSON, FlatGeobuf, Excel and CSV keep them" + places_of(cut, console),
         "超出 shapefile 字段的 254 字节而截断的文本：" + with_commas(cut.texts) +
             " 个；GeoJSON、FlatGeobuf、Excel 与 CSV 可完整保留" + places_of(cut, console));
  if (const ExportLoss& lost = part.done.unencoded; lost.texts)
    tell("characters that the encoding lacks, written as ?: in " + with_commas(lost.texts) +
             " texts; --encoding utf-8 keeps them" + places_of(lost, console),
         "含有该编码没有的字符、已写成 ? 的文本：" + with_commas(lost.texts) + " 个；--encoding utf-8 可完整保留" +
             places_of(lost, console));
  if (part.done.without_geometry)
    tell(with_commas(part.done.without_geometry) + " rows without a shape were left out",
         "略去 " + with_commas(part.done.without_geometry) + " 行无图形的记录");
  if (part.format == ExportFormat::dxf)
    tell("a drawing holds shapes alone: the columns stay in the project", "图形文件只容图形，各列数据未随同导出");
}

// What was appended and is not in the tables yet is not exported: that is said.
void tell_appended(const std::string& project, const Console& console) {
  Database database(project, Database::Mode::read);
  if (last_event_seq(database) <= folded_seq(database)) return;
  print_note({"Incidents were appended that are not in the project's tables yet: `gridloom fold " + project + "` first",
              "有追加的事件尚未并入数据表，未被导出：请先运行 gridloom fold " + project},
             console);
}

// Names of columns of a shapefile are short: a table beside it says what they mean.
void write_legend(const Part& part) {
  const fs::path file(part.file);
  std::string text = "field,column\r\n";
  for (const ExportTable& table : part.tables)
    for (const ExportColumn& column : table.columns) text += column.title + "," + column.name + "\r\n";
  write_file(file.parent_path() / (file.stem().string() + ".fields.csv"), "\xEF\xBB\xBF" + text);
}

int run(const Options& o, const Console& console) {
  const Order order = order_of(o, console.language);
  const Interruption interruption;
  const City city = read_project(o.project);
  const std::vector<Table> tables = tables_of(city, o);
  const std::string ending(word_of(order.format));
  if (!order.folder && tables.size() > 1 && !holds_several(order.format))
    throw WrongParameter("a ." + ending + " file holds one table: name a folder, with --to " + ending,
                         "一个 ." + ending + " 文件只容一张表：请写目录，并加 --to " + ending);
  std::vector<Part> parts;
  if (!order.folder) parts.push_back({o.output, {}, {}, order.format});
  for (const Table& table : tables) {
    if (order.format == ExportFormat::dxf && table.geometry.empty())
      throw WrongParameter("a drawing holds shapes, and " + table.name + " has none",
                           "图形文件只容图形，" + table.name + " 没有图形");
    if (order.folder)
      parts.push_back({(fs::path(o.output) / (table.name + "." + ending)).string(), {}, {}, order.format});
    parts.back().tables.push_back(
        export_table(city, table, order.language, order.format, order.encoding, parts.back().tables));
  }
  if (order.folder) fs::create_directories(o.output);
  {
    ConsoleProgress progress(console);
    for (Part& part : parts) {
      part.done = export_tables(o.project, part.tables, order.format, order.encoding, part.file, progress);
      if (order.format == ExportFormat::shp) write_legend(part);
    }
  }
  if (std::ranges::any_of(tables, [](const Table& table) { return table.name == "incidents"; }))
    tell_appended(o.project, console);
  nlohmann::ordered_json written = nlohmann::ordered_json::array();
  for (const Part& part : parts) {
    tell_losses(part, console);
    nlohmann::ordered_json names = nlohmann::ordered_json::array();
    for (const ExportTable& table : part.tables) names.push_back(table.name);
    written.push_back({{"file", part.file},
                       {"tables", names},
                       {"rows", part.done.rows},
                       {"cut", json_of(part.done.cut)},
                       {"unencoded", json_of(part.done.unencoded)},
                       {"without_geometry", part.done.without_geometry}});
    if (!console.json)
      print_lines(std::cout, console, {{{"Written", "已写入"}, part.file + "  (" + with_commas(part.done.rows) + ")"}});
  }
  if (console.json) std::cout << nlohmann::ordered_json{{"written", written}}.dump(2) << std::endl;
  return kOk;
}

}  // namespace

Verb export_verb(CLI::App& root, Console& console) {
  const auto o = std::make_shared<Options>();
  CLI::App* verb =
      add_verb(root, console, "export",
               {"Write tables of a project as shapefile, GeoJSON, FlatGeobuf, DXF, Excel or CSV, with names in Chinese "
                "or English",
                "把工程的数据表导出为 shapefile、GeoJSON、FlatGeobuf、DXF、Excel 或 CSV，列名可用中文或英文"},
               "gridloom export qingdao.gpkg -o grids.shp --names zh --encoding gbk");
  add_project(*verb, console, o->project);
  verb->add_option("-o,--output", o->output, console.say({"File, or folder with --to", "文件；或目录（需 --to）"}))
      ->required()
      ->type_name(console.say({"FILE", "文件"}));
  verb->add_option("--layer", o->layers,
                   console.say({"Table: grids (the default), a layer's id, aligned_…, zones_…, delivered_…, admin_…, "
                                "conflicts, incidents, … or all; as often as wanted",
                                "数据表：grids（默认）、图层标识、aligned_…、zones_…、delivered_…、admin_"
                                "…、conflicts、incidents 等，或 all；可重复"}))
      ->type_name("NAME");
  verb->add_option("--to", o->format,
                   console.say({"Format, where the file's ending does not say it", "格式（文件后缀未说明时）"}))
      ->check(CLI::IsMember(word_list<ExportFormat>()));
  verb->add_option(
          "--names", o->names,
          console.say({"Language of the columns' names; default: that of the messages", "列名语言；默认同消息语言"}))
      ->check(CLI::IsMember(word_list<Language>()));
  verb->add_option("--encoding", o->encoding,
                   console.say({"Of shapefiles and CSV: utf-8, gbk, or utf-8-sig, which Excel opens as it is",
                                "shapefile 与 CSV 的编码：utf-8、gbk，或 Excel 可直接打开的 utf-8-sig"}))
      ->check(CLI::IsMember(word_list<ExportEncoding>()));
  add_json(*verb, console);
  return {verb, [o, &console] { return run(*o, console); }};
}

}  // namespace gridloom::cli
