// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: small safe engines, put together without a builder, and what they must give.
#pragma once

#include <string>
#include <vector>

#include "NvInferSafeRuntime.h"
#include "base/bytes.h"
#include "plan/plan.h"

namespace tenon::safe {

/// A net as of digits: input "image" f32 [N, 1, 8, 8], convolution 3x3 of 4 channels with Relu, max
/// pooling 2x2, product with a constant and a bias, softmax, output "digits" f32 [N, 10]. IO
/// profile 0 has N = 1, profile 1 has N = 5. All kernels of family "simd".
plan::Plan make_digits_plan(const device::Target& target = device::portable_target());
Bytes make_digits_engine();

/// Input "data" f32 [N, 3], indices "index" i32 [2] of rows of a constant of 4 rows: output "rows"
/// f32 [2, 3]. One profile.
Bytes make_gather_engine();

/// One small engine for each kernel of family "simd" and for reorders, and one with tensors whose
/// numbers follow from the shapes. `target` decides the level that kernels are made for.
std::vector<plan::Plan> make_kernel_plans(const device::Target& target = device::portable_target());

/// Input "x" f32 [N, 4] to output "y" f32 [N, 4] by plugin "Twice" version "1" of namespace "test",
/// whose only field, "factor", is an f32, two times over.
Bytes make_plugin_engine(float factor);

/// A plan as an engine file; throws where it is not sound.
Bytes written(const plan::Plan& plan);

/// Plugin "Twice": multiplies by "factor". Notes its calls.
struct PluginCalls {
  int created = 0, cloned = 0, initialised = 0, tactics = 0, enqueued = 0, destroyed = 0;
  std::string last_layer;
  nvinfer2::safe::TensorDescriptor input, output;
  int fail_initialise = 0, fail_enqueue = 0;  ///< what the plugin answers
};
/// A creator of it. Lives for ever.
nvinfer1::IPluginCreatorInterface& twice_creator();
PluginCalls& plugin_calls();

}  // namespace tenon::safe
