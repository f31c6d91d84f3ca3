// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Measurement first; then runs for layer times and references, which would disturb it.
#include "tools/trtexec/inference.h"

#include <fmt/format.h>

#include "tools/trtexec/console.h"
#include "tools/trtexec/debug_tensors.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/inspect.h"
#include "tools/trtexec/layer_times.h"
#include "tools/trtexec/measure.h"
#include "tools/trtexec/memory_report.h"
#include "tools/trtexec/network_shapes.h"
#include "tools/trtexec/outputs.h"
#include "tools/trtexec/report.h"
#include "tools/trtexec/tuning.h"
#include "tools/trtexec/values.h"

namespace tenon::trtexec {

namespace {

/// Every name on the command line must mean an input of the engine.
void check_names(const nvinfer1::ICudaEngine& engine, const Options& options) {
  const auto check = [&](const std::string& pattern, const char* flag) {
    std::string names;
    for (int32_t i = 0; i < engine.getNbIOTensors(); ++i) {
      const char* name = engine.getIOTensorName(i);
      if (engine.getTensorIOMode(name) != nvinfer1::TensorIOMode::kINPUT) continue;
      if (matches(pattern, name)) return;
      names += (names.empty() ? "" : ", ") + std::string(name);
    }
    throw Failure(
        fmt::format("{} names {}, which is no input; inputs are {}.", flag, pattern, names));
  };
  for (const auto& [pattern, extents] : options.inference.shapes) check(pattern, "--shapes");
  for (const auto& [number, pair] : options.inference.data) {
    for (const auto& [pattern, file] : pair.inputs) check(pattern, "--loadInputs");
  }
}

void profile_layers(Session& session, const Options& options) {
  const ReportOptions& report = options.report;
  if (!report.dump_profile && report.export_profile.empty()) return;
  LayerTimes times;
  session.context().setProfiler(&times);
  for (int i = 0; i < std::max(options.inference.iterations, 1); ++i) {
    times.begin_run();
    session.run();
  }
  session.context().setProfiler(nullptr);
  if (report.dump_profile) times.dump();
  if (!report.export_profile.empty()) times.export_to(report.export_profile);
}

/// Runs every pair of inputs and expected outputs.
bool check_all_references(nvinfer1::ICudaEngine& engine, const Options& options,
                          std::map<std::string, double>& losses) {
  bool passed = true;
  for (const auto& [number, pair] : options.inference.data) {
    if (pair.references.empty()) continue;
    Session session(engine, options, pair, 0);
    session.run();
    session.fetch();
    passed = check_references(session, pair, options.inference, losses) && passed;
  }
  return passed;
}

void show_outputs(const Session& session, const ReportOptions& report) {
  if (report.dump_output) dump_outputs(session);
  if (!report.export_output.empty()) export_outputs(session, report.export_output);
  if (report.dump_raw) dump_raw(session);
}

}  // namespace

bool run_inference(nvinfer1::ICudaEngine& engine, const Options& options) {
  const ReportOptions& report = options.report;
  check_names(engine, options);
  if (report.dump_optimization_profile) dump_optimization_profiles(engine);
  if (report.dump_layers) dump_layers(engine);
  if (!report.export_layers.empty()) export_layers(engine, report.export_layers);

  const auto& data = options.inference.data;
  const DataPair first = data.empty() ? DataPair{} : data.begin()->second;
  std::vector<std::unique_ptr<Session>> sessions;
  for (int i = 0; i < options.inference.streams; ++i) {
    sessions.push_back(std::make_unique<Session>(engine, options, first, i));
  }
  for (const Binding& binding : sessions.front()->bindings()) {
    console().info(fmt::format("{} {}: {}", binding.input ? "Input" : "Output", binding.name,
                               to_text(binding.dims)));
  }
  const Measurement measurement = measure(sessions, options);
  report_performance(measurement, options);
  if (!report.export_times.empty()) export_times(measurement, report.export_times);
  sessions.front()->fetch();
  show_outputs(*sessions.front(), report);
  report_memory(options, "running");
  profile_layers(*sessions.front(), options);
  save_debug_tensors(*sessions.front(), options);
  TrialResult result;
  result.accurate = check_all_references(engine, options, result.losses);
  if (!options.tuning.result_file.empty()) {
    for (const Query& query : measurement.queries) result.mean_ms += query.duration();
    result.mean_ms /= std::max(static_cast<double>(measurement.queries.size()), 1.0);
    write_result(options.tuning.result_file, result);
  }
  return result.accurate;
}

}  // namespace tenon::trtexec
