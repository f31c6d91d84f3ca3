// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Refitters and their lists.
#include "tools/trtexec/refit.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <thread>

#include "NvOnnxParser.h"
#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

using namespace nvinfer1;

namespace {

constexpr int kTimedRefits = 10;

std::unique_ptr<IRefitter> refitter_of(ICudaEngine& engine, const Options& options) {
  std::unique_ptr<IRefitter> refitter(createInferRefitter(engine, console()));
  if (!refitter) {
    throw Failure(
        "The engine's weights cannot be replaced; build it with --refit or --stripWeights.");
  }
  const auto threads = static_cast<int32_t>(std::max(std::thread::hardware_concurrency(), 1U));
  if (options.inference.threads) refitter->setMaxThreads(threads);
  return refitter;
}

const char* to_text(WeightsRole role) {
  switch (role) {
    case WeightsRole::kKERNEL:
      return "Kernel";
    case WeightsRole::kBIAS:
      return "Bias";
    case WeightsRole::kSHIFT:
      return "Shift";
    case WeightsRole::kSCALE:
      return "Scale";
    case WeightsRole::kCONSTANT:
      return "Constant";
    default:
      return "Any";
  }
}

void dump(IRefitter& refitter) {
  console().info("Refittable weights:");
  std::vector<const char*> layers(static_cast<size_t>(refitter.getAll(0, nullptr, nullptr)));
  std::vector<WeightsRole> roles(layers.size());
  const auto count = static_cast<int32_t>(layers.size());
  refitter.getAll(count, layers.data(), roles.data());
  for (size_t i = 0; i < layers.size(); ++i) {
    console().info(fmt::format("{} {}", layers[i], to_text(roles[i])));
  }
  std::vector<const char*> names(static_cast<size_t>(refitter.getAllWeights(0, nullptr)));
  refitter.getAllWeights(static_cast<int32_t>(names.size()), names.data());
  for (const char* name : names) console().info(fmt::format("{} by name", name));
}

/// Puts the model's weights in once.
void put_in(IRefitter& refitter, const std::string& model) {
  const std::unique_ptr<nvonnxparser::IParserRefitter> parser(
      nvonnxparser::createParserRefitter(refitter, console()));
  if (!parser) throw Failure("There is no parser for refitting; the reason stands above.");
  if (!parser->refitFromFile(model.c_str())) {
    for (int32_t i = 0; i < parser->getNbErrors(); ++i)
      console().error(parser->getError(i)->desc());
    throw Failure(fmt::format("The weights of {} do not fit the engine.", model));
  }
  if (!refitter.refitCudaEngine()) {
    throw Failure(
        fmt::format("The engine was not refitted from {}; the reason stands above.", model));
  }
}

}  // namespace

void refit(ICudaEngine& engine, const Options& options) {
  const InferenceOptions& inference = options.inference;
  if (!options.report.dump_refit && !inference.time_refit && inference.refit_model.empty()) return;
  const auto refitter = refitter_of(engine, options);
  if (options.report.dump_refit) dump(*refitter);
  if (!inference.refit_model.empty()) {
    console().info(fmt::format("Refitting engine from ONNX model {}", inference.refit_model));
    put_in(*refitter, inference.refit_model);
    console().info(
        fmt::format("Engine successfully refitted from ONNX model {}", inference.refit_model));
  }
  if (!inference.time_refit) return;
  const std::string& model =
      inference.refit_model.empty() ? options.build.onnx : inference.refit_model;
  put_in(*refitter, model);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kTimedRefits; ++i) put_in(*refitter, model);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  console().info(fmt::format("Engine refitted in {:.4g} ms.", took.count() / kTimedRefits));
}

}  // namespace tenon::trtexec
