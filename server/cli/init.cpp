// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/io/delivery/delivery_reader.h"
#include "engine/io/inspection/proposal.h"
#include "server/cli/common_options.h"
#include "server/cli/told.h"
#include "server/cli/verbs.h"
#include "server/words/error_text.h"
#include "server/words/proposal_text.h"

namespace gridloom::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Options {
  std::vector<std::string> files;
  std::string output = "city.yaml", id, crs;
  unsigned threads = 1;
  bool force = false;
};

struct Outcome {
  Proposal proposal;
  std::vector<Reason> mistakes;  // of what was written: what is yet to be edited
  std::size_t findings = 0;
};

void write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw DataError("file_unwritten").within(path);
}

Outcome work(const Options& options, const Console& console, Progress& progress) {
  if (!options.force && fs::exists(options.output)) throw DataError("file_there_already").within(options.output);
  const fs::path folder = fs::absolute(options.output).parent_path();
  PartOfProgress looking(progress, 0, 0.6), checking(progress, 0.6, 1);
  Outcome outcome;
  outcome.proposal = propose_catalogue({{options.files.begin(), options.files.end()}, folder, options.id, options.crs},
                                       options.threads, looking);
  write(options.output, catalogue_text(outcome.proposal, console.language));
  CatalogueAndMistakes read = read_whole_catalogue(options.output);
  const Delivery delivery = read_whole_delivery(read.catalogue, options.threads, checking);
  read.mistakes.add(delivery.mistakes);
  outcome.mistakes = read.mistakes.list();
  outcome.findings = delivery.input.findings.size();
  return outcome;
}

std::string ids_of(const auto& entries) {
  std::string ids;
  for (const auto& entry : entries) ids += (ids.empty() ? "" : ", ") + entry.id;
  return ids.empty() ? "–" : ids;
}

void print(const Outcome& o, const Options& options, const Console& console) {
  const Catalogue& c = o.proposal.catalogue;
  const auto file_or_none = [](const auto& source) { return source.file.string(); };
  print_lines(std::cout, console,
              {{{"Written", "已写入"}, options.output},
               {{"Working CRS", "工作坐标系"}, c.crs},
               {{"Levels", "层级"}, ids_of(c.levels)},
               {{"Layers", "图层"}, ids_of(c.layers)},
               {{"Population", "人口"}, c.population ? file_or_none(c.population->source) : "–"},
               {{"Lines", "线状地物"}, ids_of(c.linework)},
               {{"Incidents", "事件"}, c.incidents ? file_or_none(c.incidents->places.source) : "–"},
               {{"Facilities", "设施"}, ids_of(c.facilities)},
               {{"Left out", "未列入"}, with_commas(o.proposal.left_out.size())},
               {{"Repairs and remarks", "修复与提示"}, with_commas(o.findings)},
               {{"Yet to be edited", "尚需修改"}, with_commas(o.mistakes.size())}});
  print_mistakes(o.mistakes, console);
  print_note({"The comments in it say why, and what is doubted. Next: gridloom check " + options.output,
              "文件中的注释说明依据与存疑之处。下一步：gridloom check " + options.output},
             console);
}

Json left_out_json(const Proposal& proposal) {
  Json list = Json::array();
  for (const Proposal::LeftOut& left : proposal.left_out) {
    const Text why = text_of(left.why);
    list.push_back({{"file", left.what}, {"why", why.en}, {"why_zh", why.zh}});
  }
  return list;
}

int run(const Options& options, const Console& console) {
  const Interruption interruption;
  const Outcome outcome = [&] {
    ConsoleProgress progress(console);
    return work(options, console, progress);
  }();
  if (console.json) {
    const Json json = {{"written", options.output},
                       {"crs", outcome.proposal.catalogue.crs},
                       {"left_out", left_out_json(outcome.proposal)},
                       {"findings", outcome.findings},
                       {"mistakes", mistakes_json(outcome.mistakes)}};
    std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << std::endl;
  } else {
    print(outcome, options, console);
  }
  return outcome.mistakes.empty() ? kOk : kFoundFaults;
}

}  // namespace

Verb init_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(root, console, "init",
                            {"Write a catalogue from what lies in files: keys, CRS, encodings, roles",
                             "根据数据文件写出目录：键、坐标系、编码、用途"},
                            "gridloom init data/ -o data/city.yaml");
  verb->add_option("files", options->files,
                   console.say({"Files, archives or folders of layers and tables", "图层与表格的文件、压缩包或文件夹"}))
      ->required()
      ->check(CLI::ExistingPath)
      ->type_name("FILES");
  verb->add_option("-o,--output", options->output, console.say({"Catalogue to write", "要写入的目录文件"}))
      ->capture_default_str()
      ->type_name("city.yaml");
  verb->add_option("--id", options->id,
                   console.say({"Short name of the city; default: that of the folder", "城市简称；默认取文件夹名"}))
      ->type_name("ID");
  verb->add_option("--crs", options->crs,
                   console.say({"Working CRS, where the files do not tell, or another is wanted",
                                "工作坐标系，用于文件未写明或需另选时"}))
      ->type_name("EPSG:n");
  verb->add_flag("--force", options->force,
                 console.say({"Write over a catalogue that is there", "覆盖已有的目录文件"}));
  add_threads(*verb, console, options->threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
