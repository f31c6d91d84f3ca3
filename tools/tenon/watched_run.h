// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One run of a model, every tensor it leaves shown.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "NvInfer.h"

namespace tenon::command {

/// Extents by input name.
using ShapeMap = std::map<std::string, std::vector<int64_t>>;

struct ModelRun {
  std::string path;
  ShapeMap shapes;
  unsigned seed = 1;
  /// Called in the order of computing, with row-major data; types that hold no numbers are left
  /// out.
  std::function<void(const std::string& name, std::vector<double> values)> show;
};

/// Builds an engine of an ONNX model, all of whose tensors that fusion leaves may be shown. Extents
/// that `shapes` does not give are 1. Throws std::runtime_error; with `real_only` also when the
/// model is quantised.
std::unique_ptr<nvinfer1::ICudaEngine> build_watched(const std::string& path,
                                                     const ShapeMap& shapes, bool real_only,
                                                     nvinfer1::IBuilder& builder,
                                                     nvinfer1::ILogger& logger);

/// Row-major numbers of a tensor as doubles; empty for types that hold no numbers.
std::vector<double> numbers_of(void const* data, nvinfer1::DataType type,
                               nvinfer1::Dims const& shape);

/// Builds the engine of the model, runs it once on seeded numbers and shows what fusion left. Gives
/// the layer that makes each tensor, by the tensor's name. Throws std::runtime_error.
std::map<std::string, std::string> run_model(const ModelRun& run, nvinfer1::ILogger& logger);

}  // namespace tenon::command
