// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A creator with a name and nothing behind it, for tests of finding and explaining.
#pragma once

#include <string>

#include "NvInferRuntime.h"

namespace tenon::plugin {

class TestCreator final : public nvinfer1::IPluginCreatorV3One {
 public:
  TestCreator(std::string name, std::string version, std::string name_space)
      : name_(std::move(name)), version_(std::move(version)), name_space_(std::move(name_space)) {}
  nvinfer1::IPluginV3* createPlugin(char const*, nvinfer1::PluginFieldCollection const*,
                                    nvinfer1::TensorRTPhase) noexcept override {
    return nullptr;
  }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  char const* getPluginName() const noexcept override { return name_.c_str(); }
  char const* getPluginVersion() const noexcept override { return version_.c_str(); }
  char const* getPluginNamespace() const noexcept override { return name_space_.c_str(); }

 private:
  std::string name_, version_, name_space_;
  nvinfer1::PluginFieldCollection fields_{};
};

}  // namespace tenon::plugin
