// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The program `tenon`: one subcommand a question.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "NvInferVersion.h"
#include "tenon/version.h"
#include "tools/tenon/why.h"

namespace {

void add_why(CLI::App& app, tenon::command::WhyArguments& arguments) {
  CLI::App* why = app.add_subcommand("why", "Tell what every node became, and why nothing else");
  why->add_option("FILE", arguments.path, "an ONNX model or an engine file")->required();
  why->add_option("--node", arguments.node, "only nodes or layers with this name or operator");
  why->add_flag("--json", arguments.json, "answer with one JSON document");
  why->add_flag("--verbose", arguments.verbose, "also print what the library says meanwhile");
  why->add_option("--dynamicPlugins", arguments.dynamic_plugins,
                  "a plugin library with getCreators; may be repeated")
      ->allow_extra_args(false);
  why->add_option("--staticPlugins", arguments.static_plugins,
                  "a plugin library that registers itself; may be repeated")
      ->allow_extra_args(false);
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
  const CLI::App* version = app.add_subcommand("version", "Print versions");
  const CLI::App* help = app.add_subcommand("help", "Print this text");
  const std::string text = app.help();  // Before the parse: then it would be the subcommand's own.
  CLI11_PARSE(app, argc, argv);
  if (version->parsed()) return print_version(), 0;
  if (help->parsed()) return std::printf("%s", text.c_str()), 0;
  return tenon::command::why(arguments);
}
