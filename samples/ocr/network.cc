// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Setting extents, asking for the output's, running.
#include "network.h"

#include <stdexcept>

#include "tenon/engine_file.h"

namespace sample {

using namespace nvinfer1;

Network::Network(IRuntime& runtime, std::string const& path)
    : path_(path), engine_(tenon::load_engine_file(runtime, path.c_str())) {
  if (!engine_) throw std::runtime_error("cannot load the engine " + path);
  context_.reset(engine_->createExecutionContext());
  if (!context_) throw std::runtime_error("there is no memory for an execution context");
  if (engine_->getNbIOTensors() != 2 || engine_->getNbOptimizationProfiles() < 1) {
    throw std::runtime_error(path + " has not one input and one output");
  }
  input_ = engine_->getIOTensorName(0);
  output_ = engine_->getIOTensorName(1);
}

Dims Network::profileShape(OptProfileSelector select) const {
  return engine_->getProfileShape(input_, 0, select);
}
Dims Network::greatest() const { return profileShape(OptProfileSelector::kMAX); }
Dims Network::least() const { return profileShape(OptProfileSelector::kMIN); }

std::vector<float> Network::run(Dims const& extents, std::vector<float> const& input, Dims& shape) {
  if (!context_->setInputShape(input_, extents)) {
    throw std::runtime_error(path_ + " was not built for the extents of this picture");
  }
  shape = context_->getTensorShape(output_);
  size_t count = 1;
  for (int32_t i = 0; i < shape.nbDims; ++i) count *= static_cast<size_t>(shape.d[i]);
  std::vector<float> output(count);
  if (!context_->setInputTensorAddress(input_, input.data()) ||
      !context_->setTensorAddress(output_, output.data()) || !context_->enqueueV3(nullptr)) {
    throw std::runtime_error(path_ + " does not run");
  }
  return output;
}

}  // namespace sample
