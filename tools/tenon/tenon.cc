// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The program `tenon`: one subcommand a question.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "NvInferVersion.h"
#include "tenon/version.h"
#include "tools/tenon/card.h"
#include "tools/tenon/compare.h"
#include "tools/tenon/plugins.h"
#include "tools/tenon/why.h"

namespace {

void add_libraries(CLI::App& command, tenon::command::Libraries& libraries) {
  command
      .add_option("--dynamicPlugins", libraries.dynamic_plugins,
                  "a plugin library with getCreators; may be repeated")
      ->allow_extra_args(false);
  command
      .add_option("--staticPlugins", libraries.static_plugins,
                  "a plugin library that registers itself; may be repeated")
      ->allow_extra_args(false);
}

void add_why(CLI::App& app, tenon::command::WhyArguments& arguments) {
  CLI::App* why = app.add_subcommand("why", "Tell what every node became, and why nothing else");
  why->add_option("FILE", arguments.path, "an ONNX model or an engine file")->required();
  why->add_option("--node", arguments.node, "only nodes or layers with this name or operator");
  why->add_flag("--json", arguments.json, "answer with one JSON document");
  why->add_flag("--verbose", arguments.verbose, "also print what the library says meanwhile");
  add_libraries(*why, arguments.libraries);
}

const CLI::App* add_plugins(CLI::App& app, tenon::command::PluginsArguments& arguments) {
  CLI::App* plugins = app.add_subcommand("plugins", "List plugin creators and their fields");
  plugins->add_option("NAME", arguments.name, "only those with this in their name");
  add_libraries(*plugins, arguments.libraries);
  return plugins;
}

const CLI::App* add_compare(CLI::App& app, tenon::command::CompareArguments& arguments) {
  CLI::App* compare = app.add_subcommand(
      "compare", "Compare the tuned engine of a model with the reference, layer by layer");
  compare->add_option("FILE", arguments.path, "an ONNX model")->required();
  compare->add_option("--shapes", arguments.shapes,
                      "extents of an input, name:1x3x224x224; unknown ones are 1 otherwise");
  compare->add_option("--rtol", arguments.rtol, "relative tolerance, of a tensor's greatest value");
  compare->add_option("--atol", arguments.atol, "absolute tolerance");
  compare->add_option("--seed", arguments.seed, "of the random inputs");
  compare->add_flag("--json", arguments.json, "answer with one JSON document");
  compare->add_flag("--verbose", arguments.verbose, "also print what the library says meanwhile");
  add_libraries(*compare, arguments.libraries);
  return compare;
}

const CLI::App* add_card(CLI::App& app, tenon::command::CardArguments& arguments) {
  CLI::App* card = app.add_subcommand("card", "Say what quantisation cost an engine");
  card->add_option("ENGINE", arguments.engine, "an engine file with tensors of int8")->required();
  card->add_option("--data", arguments.data,
                   "a folder with an idx pair, one .npz, or .pgm pictures named by their label")
      ->required();
  card->add_option("--model", arguments.model,
                   "the float32 ONNX model: what the engine's numbers are compared with");
  card->add_option("--limit", arguments.limit, "only the first so many examples");
  card->add_option("--json", arguments.json, "also write the card as JSON to this file");
  card->add_option("--plot", arguments.plot, "also draw the card as SVG to this file");
  card->add_flag("--verbose", arguments.verbose, "also print what the library says meanwhile");
  add_libraries(*card, arguments.libraries);
  return card;
}

void print_version() {
  std::printf("tenon %s, interface of TensorRT %d.%d.%d\n", tenon::version(), NV_TENSORRT_MAJOR,
              NV_TENSORRT_MINOR, NV_TENSORRT_PATCH);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("tenon: ask the inference engine");
  app.require_subcommand(1);
  tenon::command::WhyArguments arguments;
  add_why(app, arguments);
  tenon::command::PluginsArguments listed;
  const CLI::App* plugins = add_plugins(app, listed);
  tenon::command::CompareArguments comparison;
  const CLI::App* compare = add_compare(app, comparison);
  tenon::command::CardArguments page;
  const CLI::App* card = add_card(app, page);
  const CLI::App* version = app.add_subcommand("version", "Print versions");
  const CLI::App* help = app.add_subcommand("help", "Print this text");
  const std::string text = app.help();  // Before the parse: then it would be the subcommand's own.
  CLI11_PARSE(app, argc, argv);
  if (version->parsed()) return print_version(), 0;
  if (card->parsed()) return tenon::command::card(page);
  if (compare->parsed()) return tenon::command::compare(comparison);
  if (plugins->parsed()) return tenon::command::plugins(listed);
  if (help->parsed()) return std::printf("%s", text.c_str()), 0;
  return tenon::command::why(arguments);
}
