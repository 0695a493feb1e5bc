// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/io/catalogue/catalogue.h"
#include "engine/io/delivery/delivery_reader.h"
#include "engine/io/delivery/event_reader.h"
#include "server/cli/common_options.h"
#include "server/cli/told.h"
#include "server/cli/verbs.h"

namespace gridloom::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string catalogue;
  unsigned threads = 1;
};

struct Checked {
  FuseInput input;
  Mistakes mistakes;
  std::vector<UnusedKey> unused;
};

// What the catalogue names besides, and fusions do not read yet.
void check_facilities(const Catalogue& catalogue, Checked& checked) {
  if (checked.input.lattice.crs.empty()) return;  // nothing can be placed, which was told
  for (const CatalogueFacilities& facilities : catalogue.facilities)
    if (!facilities.places.source.file.empty() && facilities.places.source.coordinates_known)
      checked.mistakes.attempt([&] { read_facilities(facilities, checked.input.lattice, checked.input.findings); });
}

Checked check(const Options& options, Progress& progress) {
  progress.stage("read", 0);
  CatalogueAndMistakes read = read_whole_catalogue(options.catalogue);
  Delivery delivery = read_whole_delivery(read.catalogue, options.threads, progress);
  Checked checked{std::move(delivery.input), std::move(read.mistakes), std::move(read.catalogue.unused)};
  checked.mistakes.add(delivery.mistakes);
  check_facilities(read.catalogue, checked);
  return checked;
}

std::size_t cells_in(const FuseInput& input) {
  std::size_t cells = 0;
  for (const DeliveredLayer& layer : input.layers) cells += layer.cells.size();
  return cells;
}

void print(const Checked& checked, const std::vector<Reason>& mistakes, const Console& console) {
  const std::vector<Finding>& findings = checked.input.findings;
  if (!mistakes.empty()) std::cout << console.say({"Mistakes:", "错误："}) << '\n';
  print_mistakes(mistakes, console);
  if (!findings.empty()) std::cout << console.say({"Repairs and remarks:", "修复与提示："}) << '\n';
  print_findings(findings, console);
  print_lines(std::cout, console,
              {{{"Layers read", "读入图层"},
                with_commas(checked.input.layers.size()) + " · " + with_commas(cells_in(checked.input)) +
                    console.say({" cells", " 个单元"})},
               {{"Incidents", "事件"}, with_commas(checked.input.events.size())},
               {{"Repairs and remarks", "修复与提示"}, with_commas(findings.size())},
               {{"Mistakes", "错误"}, with_commas(mistakes.size())}});
}

int run(const Options& options, const Console& console) {
  const Interruption interruption;
  const Checked checked = [&] {
    ConsoleProgress progress(console);
    return check(options, progress);
  }();
  const std::vector<Reason> mistakes = checked.mistakes.list();
  for (const UnusedKey& unused : checked.unused) print_note(warning_of(unused), console);
  if (console.json) {
    const Json json = {{"layers", checked.input.layers.size()},
                       {"cells", cells_in(checked.input)},
                       {"incidents", checked.input.events.size()},
                       {"mistakes", mistakes_json(mistakes)},
                       {"findings", findings_json(checked.input.findings)}};
    std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << std::endl;
  } else {
    print(checked, mistakes, console);
  }
  return mistakes.empty() ? kOk : kFoundFaults;
}

}  // namespace

Verb check_verb(CLI::App& root, Console& console) {
  const auto options = std::make_shared<Options>();
  CLI::App* verb = add_verb(root, console, "check",
                            {"Tell everything that is wrong with a catalogue and its files at once, without fusing",
                             "不融合，一次列出目录及其数据文件中的全部问题"},
                            "gridloom check gisdata/nyc/city.yaml");
  verb->add_option("catalogue", options->catalogue, console.say({"The city's catalogue", "城市目录文件"}))
      ->required()
      ->type_name("city.yaml");
  add_threads(*verb, console, options->threads);
  add_json(*verb, console);
  return {verb, [options, &console] { return run(*options, console); }};
}

}  // namespace gridloom::cli
