// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Version 2 plugins, one of each family, that write every call down: y = scale x, float32, linear.
#pragma once

#include <NvInfer.h>

#include <string>

#include "recording_plugin.h"

namespace recording {

enum class Family : int32_t { kV2, kEXT, kIOEXT, kDYNAMIC };

/// "RecorderV2", "RecorderExt", "RecorderIOExt", "RecorderDynamic"
char const* nameOf(Family family);

/// Makes plugins of one family; version "1", namespace as it is told. They keep 16 bytes in the
/// engine.
class CreatorV2 final : public nvinfer1::IPluginCreator {
 public:
  explicit CreatorV2(Family family);
  char const* getPluginName() const noexcept override { return nameOf(family_); }
  char const* getPluginVersion() const noexcept override { return "1"; }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override { return &fields_; }
  nvinfer1::IPluginV2* createPlugin(char const* name,
                                    nvinfer1::PluginFieldCollection const* fc) noexcept override;
  nvinfer1::IPluginV2* deserializePlugin(char const* name, void const* data,
                                         size_t length) noexcept override;
  void setPluginNamespace(char const* pluginNamespace) noexcept override;
  char const* getPluginNamespace() const noexcept override { return namespace_.c_str(); }

 private:
  Family family_;
  std::string namespace_;
  nvinfer1::PluginField wanted_{"scale", nullptr, nvinfer1::PluginFieldType::kFLOAT32, 1};
  nvinfer1::PluginFieldCollection fields_{1, &wanted_};
};

/// A plugin made by hand in namespace "test", as a program does before addPluginV2. Freed with
/// destroy().
nvinfer1::IPluginV2* makeV2(Family family, float scale);

/// How faulty all version 2 recorders of the process are; cleared by tests.
struct FaultsV2 {
  bool initialize = false, clone = false, enqueue = false, deserialize = false;
  bool otherFamily = false;  ///< deserializePlugin makes one of the next family
  size_t writesMore = 0;     ///< bytes that serialize writes past its size
  size_t workspace = 64;     ///< what getWorkspaceSize answers
};
FaultsV2& faultsV2();

}  // namespace recording
