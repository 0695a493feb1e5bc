// SPDX-License-Identifier: Apache-2.0
#include "engine/io/inspection/name_hints.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>

#include "engine/base/strings.h"

namespace gridloom {
namespace {

struct Subject {
  std::string_view word;
  std::vector<std::string_view> english;  // words
  std::vector<std::string_view> chinese;  // parts of a name
};

// In this order: "fire and police" is about the first that is found.
const std::vector<Subject>& subjects() {
  static const std::vector<Subject> all{
      {"police", {"police", "mpd", "nypd", "psa", "sheriff"}, {"公安", "派出所", "警务", "警"}},
      {"fire", {"fire", "engine", "battalion"}, {"消防"}},
      {"urban_management", {"chengguan", "enforcement"}, {"城管", "执法"}},
      {"sanitation",
       {"sanitation", "trash", "garbage", "refuse", "waste", "recycling", "dsny"},
       {"环卫", "垃圾", "保洁"}},
      {"health", {"health", "hospital", "clinic", "medical", "ambulance"}, {"卫健", "卫生", "医", "疾控"}},
      {"school", {"school", "education", "attendance"}, {"学区", "教育", "学校"}},
      {"election",
       {"election", "electoral", "voting", "vote", "precinct", "vtd", "senate", "assembly", "congressional", "council"},
       {"选区", "选举"}},
      {"traffic", {"traffic", "parking", "transit"}, {"交警", "交管", "交通"}},
      {"market", {"market"}, {"市场监管", "工商", "市监"}},
      {"environment", {"environment", "ecology"}, {"环保", "生态"}},
      {"emergency", {"emergency"}, {"应急", "安监"}},
      {"civil_affairs", {"civil"}, {"民政"}},
      {"housing", {"housing", "property"}, {"住建", "房管", "物业"}},
      {"water", {"water", "sewer", "drainage"}, {"水务", "排水", "供水"}},
      {"park", {"park", "garden"}, {"园林", "公园", "绿化"}},
      {"postal", {"postal", "zip", "zcta", "mail"}, {"邮"}},
      {"judiciary", {"court", "judicial"}, {"司法", "法院", "检察"}},
  };
  return all;
}

// Top first.
const std::vector<Subject>& levels() {
  static const std::vector<Subject> all{
      {"city", {"city", "municipality"}, {"市域", "全市"}},
      {"district", {"district", "borough", "county"}, {"区县", "行政区", "市辖区", "县"}},
      {"ward", {"ward"}, {}},
      {"subdistrict", {"subdistrict", "township", "town", "jiedao"}, {"街道", "乡镇", "镇街", "街镇", "镇", "乡"}},
      {"community",
       {"community", "neighborhood", "neighbourhood", "village", "shequ", "parish", "barrio"},
       {"社区", "居委", "村"}},
  };
  return all;
}

// Beside an administrative word these say nothing else.
constexpr std::array kFiller{"admin",    "administrative", "boundary", "bdy",   "bound", "area",   "unit",  "polygon",
                             "division", "limit",          "layer",    "final", "new",   "region", "shape", "of",
                             "the",      "data",           "level"};

bool holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

template <class List>
bool among(std::string_view word, const List& list) {
  return std::any_of(list.begin(), list.end(), [&](const auto& known) { return word == known; });
}

bool fits(const Subject& subject, std::string_view name, const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(), [&](const auto& w) { return among(w, subject.english); }) ||
         std::any_of(subject.chinese.begin(), subject.chinese.end(), [&](auto part) { return holds(name, part); });
}

std::string singular(std::string word) {
  if (word.size() > 4 && word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  if (word.size() > 3 && word.ends_with("s") && !word.ends_with("ss") && !word.ends_with("us")) word.pop_back();
  return word;
}

// Small letters, digits and Chinese only: "MAJ_CAT" is "majcat".
std::string letters_of(std::string_view column) {
  std::string plain;
  for (const char c : lower_case(std::string(trimmed(column))))
    if (std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80) plain += c;
  return plain;
}

// The same without digits at its end: "GEOID20" is "geoid".
std::string plain_name(std::string_view column) {
  std::string plain = letters_of(column);
  while (plain.size() > 2 && std::isdigit(static_cast<unsigned char>(plain.back()))) plain.pop_back();
  return plain;
}

struct Hints {
  std::vector<std::string_view> exact;  // 100, the first most of all
  std::vector<std::string_view> parts;  // 50: at the end of an English name, anywhere in a Chinese one
};

const Hints& hints(ColumnUse use) {
  static const std::vector<Hints> all{
      // id
      {{"id", "code", "key", "编号", "代码", "编码", "标识", "geoid", "guid", "no", "layer"},
       {"id", "code", "key", "编号", "代码", "编码", "geoid"}},
      // name
      {{"name", "名称", "label", "title", "mc", "社区名称", "街道名称"}, {"name", "名称", "namelsad", "名"}},
      // people
      {{"people", "population", "totpop", "totalpopulation", "pop", "persons", "人口", "总人口", "常住人口", "人数",
        "p0010001", "p001", "residents", "popn"},
       {"population", "totpop", "人口", "人数", "residents"}},
      // households
      {{"households", "household", "hh", "户数", "总户数", "家庭户"}, {"households", "户数"}},
      // lon, lat
      {{"lon", "lng", "long", "longitude", "经度", "jd"}, {"lon", "lng", "longitude", "经度"}},
      {{"lat", "latitude", "纬度", "wd"}, {"lat", "latitude", "纬度"}},
      // easting, northing
      {{"x", "easting", "xcoord", "xcoordinate", "pointx", "横坐标", "东坐标", "x坐标"}, {"xcoord", "横坐标", "x坐标"}},
      {{"y", "northing", "ycoord", "ycoordinate", "pointy", "纵坐标", "北坐标", "y坐标"},
       {"ycoord", "纵坐标", "y坐标"}},
      // occurred_at
      {{"occurredat", "occurred", "发生时间", "案发时间", "上报时间", "受理时间", "createddate", "created", "opened",
        "reporteddate", "time", "datetime", "date", "at", "时间", "日期", "start", "startdate", "crashdate"},
       {"occurred", "发生时间", "时间", "日期", "created", "date", "time", "datetime"}},
      // closed_at
      {{"closedat", "closed", "closeddate", "resolved", "办结时间", "结案时间", "完成时间", "处置时间", "关闭时间",
        "resolutiondate", "enddate"},
       {"closed", "closeddate", "closedat", "办结", "结案", "完成", "resolved"}},
      // category
      {{"category", "kind", "type", "class", "类别", "类型", "大类", "事件类型", "事件类别", "案件类型", "种类",
        "complainttype", "offense", "requesttype"},
       {"category", "type", "类别", "类型", "大类", "kind", "class"}},
      // subcategory
      {{"subcategory", "subtype", "小类", "descriptor", "description", "子类", "细类"},
       {"subcategory", "小类", "subtype"}},
      // agency
      {{"agency", "department", "dept", "部门", "处置部门", "责任部门", "主管部门", "承办单位"},
       {"agency", "部门", "department", "单位"}},
      // severity
      {{"severity", "priority", "级别", "等级", "紧急程度", "严重程度"}, {"severity", "priority", "等级", "程度"}},
      // status
      {{"status", "state", "状态", "办理状态", "处置状态"}, {"status", "状态"}},
      // kind
      {{"kind", "type", "类型", "类别"}, {"type", "kind", "类型"}},
  };
  return all[static_cast<std::size_t>(use)];
}

bool is_ascii_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::vector<std::string> words_in(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(singular(lower_case(word)));
    word.clear();
  };
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool letter = std::isalpha(c) || c >= 0x80;
    // "DenverCo" has two words, "NYPD" one.
    if (!letter || (i > 0 && std::isupper(c) && std::islower(static_cast<unsigned char>(name[i - 1])))) end();
    if (letter) word += name[i];
  }
  end();
  return words;
}

std::string subject_of(std::string_view name) {
  const std::vector<std::string> words = words_in(name);
  for (const Subject& subject : subjects())
    if (fits(subject, name, words)) return std::string(subject.word);
  return level_in(name);
}

std::string level_in(std::string_view name) {
  const std::vector<std::string> words = words_in(name);
  // The lowest that is named: a community's layer may say which city it is of.
  const Subject* found = nullptr;
  for (const Subject& level : levels())
    if (fits(level, name, words)) found = &level;
  if (!found) return {};
  for (const Subject& subject : subjects())
    if (fits(subject, name, words)) return {};
  for (const std::string& word : words) {
    if (!is_ascii_text(word)) continue;
    const bool of_a_level =
        std::any_of(levels().begin(), levels().end(), [&](const Subject& level) { return among(word, level.english); });
    if (!of_a_level && !among(word, kFiller) && word.size() > 3) return {};
  }
  return std::string(found->word);
}

int rank_of_level(std::string_view level) {
  const auto at = std::find_if(levels().begin(), levels().end(), [&](const Subject& l) { return l.word == level; });
  return static_cast<int>(at - levels().begin());
}

bool names_census(std::string_view name) {
  const std::vector<std::string> words = words_in(name);
  constexpr std::array kWords{"census", "block", "tract", "population", "people", "demographic"};
  return std::any_of(words.begin(), words.end(), [&](const auto& w) { return among(w, kWords); }) ||
         holds(name, "人口") || holds(name, "普查");
}

bool names_outline(std::string_view name) {
  const std::vector<std::string> words = words_in(name);
  constexpr std::array kWords{"boundary", "limit", "outline", "city", "extent"};
  return std::any_of(words.begin(), words.end(), [&](const auto& w) { return among(w, kWords); }) ||
         holds(name, "边界") || holds(name, "市域") || holds(name, "范围");
}

std::optional<LineKind> lines_named(std::string_view name) {
  static const std::vector<std::pair<LineKind, Subject>> kinds{
      {LineKind::rail, {"", {"rail", "railway", "railroad", "metro", "subway", "tram"}, {"铁路", "轨道", "地铁"}}},
      {LineKind::river,
       {"",
        {"river", "hydrography", "hydro", "stream", "water", "waterway", "canal", "creek"},
        {"河", "水系", "渠", "水"}}},
      {LineKind::wall, {"", {"wall", "fence"}, {"围墙", "围栏"}}},
      {LineKind::road,
       {"", {"road", "street", "highway", "centerline", "centreline", "avenue"}, {"道路", "路网", "路", "街"}}}};
  const std::vector<std::string> words = words_in(name);
  for (const auto& [kind, subject] : kinds)
    if (fits(subject, name, words)) return kind;
  return std::nullopt;
}

int hint_of(std::string_view column, ColumnUse use) {
  const std::string plain = plain_name(column), letters = letters_of(column);
  const Hints& known = hints(use);
  for (std::size_t i = 0; i < known.exact.size(); ++i)
    if (plain == known.exact[i] || letters == known.exact[i]) return 100 - static_cast<int>(i);
  for (const std::string_view part : known.parts)
    if (is_ascii_text(part) ? plain.ends_with(part) || (use == ColumnUse::name && plain.starts_with(part))
                            : holds(plain, part))
      return 50;
  return 0;
}

bool is_row_number(std::string_view column) {
  constexpr std::array kNames{"objectid", "fid",          "ogcfid", "gid", "rowid",
                              "globalid", "entityhandle", "序号",   "oid", "uid"};
  return among(plain_name(column), kNames);
}

bool is_no_id(std::string_view column) {
  const std::string plain = plain_name(column);
  for (const char* part :
       {"shape",    "area",       "length",   "len",        "perimeter", "url",   "link",   "photo",
        "phone",    "telephone",  "tel",      "email",      "address",   "aland", "awater", "intptlat",
        "intptlon", "面积",       "周长",     "长度",       "电话",      "地址",  "备注",   "remark",
        "note",     "paperspace", "linetype", "subclasses", "text"})
    if (is_ascii_text(part) ? plain == part || plain.starts_with("shape") : holds(plain, part)) return true;
  for (const ColumnUse use : {ColumnUse::people, ColumnUse::households, ColumnUse::lon, ColumnUse::lat,
                              ColumnUse::easting, ColumnUse::northing})
    if (hint_of(column, use) > 50) return true;
  return false;
}

std::string id_from(std::string_view name) {
  std::string id;
  for (const char c : lower_case(std::string(name))) {
    const bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (ok)
      id += c;
    else if (!id.empty() && id.back() != '_')
      id += '_';
  }
  while (!id.empty() && id.back() == '_') id.pop_back();
  if (std::none_of(id.begin(), id.end(), [](char c) { return c >= 'a' && c <= 'z'; })) return {};
  if (std::isdigit(static_cast<unsigned char>(id[0]))) id = "layer_" + id;
  return id.substr(0, 40);
}

}  // namespace gridloom
