// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the consistency checker asks about steps that are this plugin.
#pragma once

#include "NvInferConsistency.h"

namespace maxpool {

/// Compares the tensors of a step with the window its fields describe.
class MaxPoolChecker final : public nvinfer2::safe::consistency::IPluginChecker {
 public:
  bool validate(std::vector<nvinfer2::safe::TensorDescriptor> const& inputs,
                std::vector<nvinfer2::safe::TensorDescriptor> const& outputs,
                nvinfer1::PluginFieldCollection* fields) noexcept override;
};

}  // namespace maxpool
