// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A plugin that writes every call down: y = scale x, in any of three formats, with two tactics.
#pragma once

#include <NvInfer.h>

#include <string>
#include <vector>

namespace recording {

/// One call: which object, which method, and what it was told.
struct Call {
  int object;
  std::string method;
  std::string detail;
};

/// What all objects of the process write to; cleared by tests.
struct Log {
  std::vector<Call> calls;
  int made = 0;  ///< objects made so far; also the number of the newest
  int alive = 0;
  bool fail_enqueue = false, fail_configure = false, fail_shapes = false;

  [[nodiscard]] int count(const std::string& method) const;
  [[nodiscard]] std::vector<Call> of(const std::string& method) const;
  /// Position of the first or last call of a method, -1 when there is none.
  [[nodiscard]] int first(const std::string& method) const;
  [[nodiscard]] int last(const std::string& method) const;
};
Log& log();

/// Registered under name "Recorder", version "1", namespace "test".
class Creator final : public nvinfer1::IPluginCreatorV3One {
 public:
  Creator();
  nvinfer1::IPluginV3* createPlugin(char const* name, nvinfer1::PluginFieldCollection const* fc,
                                    nvinfer1::TensorRTPhase phase) noexcept override;
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  char const* getPluginName() const noexcept override { return "Recorder"; }
  char const* getPluginVersion() const noexcept override { return "1"; }
  char const* getPluginNamespace() const noexcept override { return "test"; }

 private:
  std::vector<nvinfer1::PluginField> wanted_;
  nvinfer1::PluginFieldCollection fields_{};
};

/// A plugin made by hand, as a program does before addPluginV3.
nvinfer1::IPluginV3* make(float scale);

}  // namespace recording
