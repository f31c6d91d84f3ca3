// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The checker.
#include "max_pool_checker.h"

#include "max_pool_parameters.h"

namespace maxpool {

bool MaxPoolChecker::validate(std::vector<nvinfer2::safe::TensorDescriptor> const& inputs,
                              std::vector<nvinfer2::safe::TensorDescriptor> const& outputs,
                              nvinfer1::PluginFieldCollection* fields) noexcept {
  Parameters parameters;
  return inputs.size() == 1 && outputs.size() == 1 && read(fields, parameters, nullptr) &&
         fits(inputs[0], outputs[0], windowOf(parameters));
}

}  // namespace maxpool
