// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The program: reads the command line, builds or loads an engine, runs it, says whether it passed.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>

#include "tenon/guard.h"
#include "tenon/remote.h"

#include "tools/trtexec/command_line.h"
#include "tools/trtexec/console.h"
#include "tools/trtexec/engine_builder.h"
#include "tools/trtexec/engine_file.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/inference.h"
#include "tools/trtexec/inspect.h"
#include "tools/trtexec/interrupt.h"
#include "tools/trtexec/memory_report.h"
#include "tools/trtexec/plugins.h"
#include "tools/trtexec/refit.h"
#include "tools/trtexec/safe_engine.h"
#include "tools/trtexec/tuning.h"

namespace tenon::trtexec {

namespace {

/// "&&&& PASSED TensorRT.trtexec [TensorRT v101600] [b0] # trtexec --onnx=…".
void banner(const char* state, const std::vector<std::string>& words) {
  std::string line = fmt::format("&&&& {} TensorRT.trtexec [TensorRT v{}] [b{}] #", state,
                                 NV_TENSORRT_VERSION, NV_TENSORRT_BUILD);
  for (const std::string& word : words) line += " " + word;
  console().plain(line);
}

/// Reports about an engine that is only built.
void show_built(const nvinfer1::IHostMemory& memory, const Options& options) {
  const ReportOptions& report = options.report;
  const InferenceOptions& inference = options.inference;
  const bool refits = report.dump_refit || inference.time_refit || !inference.refit_model.empty();
  if (!report.dump_layers && report.export_layers.empty() && !report.dump_optimization_profile &&
      !refits) {
    return;
  }
  const LoadedEngine loaded = load_engine(memory, options);
  refit(*loaded.engine, options);
  if (report.dump_optimization_profile) dump_optimization_profiles(*loaded.engine);
  if (report.dump_layers) dump_layers(*loaded.engine);
  if (!report.export_layers.empty()) export_layers(*loaded.engine, report.export_layers);
}

/// What --cpuOnly means to libraries that read it, as the known tool says it.
void set_cpu_only() {
  const char* const before = std::getenv("TRT_INTERNAL_OPTIONS");
  const std::string text = std::string(before == nullptr ? "" : before) + " --cpu_only=1";
  ::setenv("TRT_INTERNAL_OPTIONS", text.c_str(), 1);
}

/// Does what was asked for; false when it was done but did not pass.
bool execute(const Options& options) {
  const InferenceOptions& inference = options.inference;
  if (inference.plan_version_only) {
    console().info(describe_version(inference.load_engine));
    return true;
  }
  if (options.build.cpu_only) set_cpu_only();
  if (options.system.guard) (void)tenon::set_guard("plugins");
  if (!options.build.safe) {
    register_shipped();
    open_static(options.system.static_plugins);
  }
  register_safety_plugins(options);
  if (options.build.onnx.empty()) {
    const LoadedEngine loaded = load_engine(options);
    if (inference.time_deserialize) return true;
    refit(*loaded.engine, options);
    if (inference.skip) return true;
    return run_inference(*loaded.engine, options);
  }
  const std::unique_ptr<nvinfer1::IHostMemory> memory = build_engine(options);
  if (!options.system.safety_plugins.empty()) take_registry_back();
  check_consistency(memory->data(), memory->size(), options);
  if (inference.skip) {
    show_built(*memory, options);
    console().info("Skipped inference phase since --skipInference is added.");
    return true;
  }
  const LoadedEngine loaded = load_engine(*memory, options);
  report_memory(options, "loading");
  refit(*loaded.engine, options);
  return run_inference(*loaded.engine, options);
}

/// The exit status. What cannot be understood ends without a verdict, as scripts expect.
int run(const std::vector<std::string>& words, const char* remote) {
  const std::vector<std::string> arguments(words.begin() + 1, words.end());
  if (arguments.empty()) {
    console().plain(help_text());
    return EXIT_SUCCESS;
  }
  banner("RUNNING", words);
  bool passed = false;
  try {
    Options options = parse(arguments);
    if (!options.build.remote.empty()) options.build.remote_config = remote;
    if (options.system.help) {
      console().plain(help_text());
      return EXIT_SUCCESS;
    }
    console().set_verbose(options.report.verbose);
    for (const std::string& note : options.notes) console().info(note);
    watch_interrupts();
    if (options.tuning.help) {
      help_routes(options);
      return EXIT_SUCCESS;
    }
    const bool loops = options.tuning.resume || !options.tuning.expression.empty();
    passed = loops ? tune_routes(options, words) : execute(options);
  } catch (const UsageError& error) {
    console().plain(help_text());
    console().error(error.what());
    return EXIT_FAILURE;
  } catch (const std::exception& error) {
    console().error(error.what());
  }
  banner(passed ? "PASSED" : "FAILED", words);
  return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

}  // namespace tenon::trtexec

int main(int argc, char** argv) {
  // First of all: nothing else may see a password.
  const char* const remote = tenon::take_remote_tuning_config(argc, argv);
  return tenon::trtexec::run(std::vector<std::string>(argv, argv + argc), remote);
}
