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

/// Takes the numbers of a tensor, row-major.
using Show = std::function<void(const std::string& name, std::vector<double> values)>;

struct ModelRun {
  std::string path;
  ShapeMap shapes;
  unsigned seed = 1;
  Show show;  ///< called in the order of computing
};

/// Builds an engine of an ONNX model, all of whose tensors that fusion leaves may be shown. Extents
/// that `shapes` does not give are 1. Throws std::runtime_error; with `real_only` also when the
/// model is quantised.
std::unique_ptr<nvinfer1::ICudaEngine> build_watched(const std::string& path,
                                                     const ShapeMap& shapes, bool real_only,
                                                     nvinfer1::IBuilder& builder,
                                                     nvinfer1::ILogger& logger);

/// Elements of a tensor of these extents.
size_t volume(const nvinfer1::Dims& dims);

/// Hands on the numbers of tensors, widened; those of 16-bit types are left out.
class Listener final : public nvinfer1::IDebugListener {
 public:
  explicit Listener(Show show) : show_(std::move(show)) {}
  bool processDebugTensor(void const* addr, nvinfer1::TensorLocation, nvinfer1::DataType type,
                          nvinfer1::Dims const& shape, char const* name, cudaStream_t) override;

 private:
  Show show_;
};

/// Builds the engine of the model, runs it once on seeded numbers and shows what fusion left. Gives
/// the layer that makes each tensor, by the tensor's name. Throws std::runtime_error.
std::map<std::string, std::string> run_model(const ModelRun& run, nvinfer1::ILogger& logger);

}  // namespace tenon::command
