// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Safe builds with the kernels that safe engines hold.
#pragma once

#include <string>

#include "backends/simd/register.h"
#include "builder/builder_test.h"

namespace tenon::builder {

class SafeBuild : public BuildFixture {
 protected:
  SafeBuild() {
    simd::register_kernels(registry);
    use_ref();
    config.capability = plan::Capability::Safety;
    config.passes.evaluator = &evaluator_;
  }

  /// One profile a batch, each one shape of input x.
  void set_batches(std::initializer_list<int64_t> batches, const Dims& image) {
    config.profiles.clear();
    for (const int64_t batch : batches) {
      Dims dims = image;
      dims[0] = batch;
      config.profiles.push_back({{{"x", dims, dims, dims, {}, {}, {}}}});
    }
  }

  Result<plan::Plan> build_safe(const ir::Graph& graph) {
    auto copy = graph.clone(diag);
    EXPECT_TRUE(copy.ok()) << sink.errors();
    return build(**copy, registry, simd_reformats_, timer, config, diag);
  }

  class SimdReformats final : public tune::ReformatSource {
   public:
    Result<kernel::Record> make(DType dtype, const kernel::Layout& from, const kernel::Layout& to,
                                int threads, const device::Target&) override {
      return simd::make_reorder(dtype, from, to, threads);
    }
  };
  class Folding final : public ir::Evaluator {
   public:
    Result<std::vector<ops::ConstantRef>> evaluate(const ir::Node& node) override {
      std::vector<const ops::ConstantData*> inputs;
      for (const ir::Value* input : node.inputs()) {
        inputs.push_back(input == nullptr ? nullptr : input->constant());
      }
      return ref::evaluate(node.op, inputs);
    }
  };
  SimdReformats simd_reformats_;
  Folding evaluator_;
};

/// A small network of batch N that safe engines can hold.
inline constexpr const char* kSafeNetwork = R"(graph "net"
input %x : f32[N, 3, 8, 8]
%w1 : f32[4, 3, 3, 3] = constant {data = splat(0)}
%b1 : f32[4] = constant {data = splat(0)}
%c1 : f32[N, 4, 8, 8] = convolution(%x, %w1, %b1) {kernel = [3, 3], strides = [1, 1], pads_begin = [1, 1], pads_end = [1, 1], dilations = [1, 1]} "conv1"
%r1 : f32[N, 4, 8, 8] = activation(%c1) "relu1"
%p : f32[N, 4, 4, 4] = pooling(%r1) {kernel = [2, 2], strides = [2, 2], pads_begin = [0, 0], pads_end = [0, 0], dilations = [1, 1]} "pool"
%f : f32[N, 64] = reshape(%p) {target = [N, 64]} "flatten"
%w3 : f32[64, 5] = constant {data = splat(0)}
%m : f32[N, 5] = mat_mul(%f, %w3) "fc"
%y : f32[N, 5] = softmax(%m) {axis = 1} "soft"
output %y
)";

}  // namespace tenon::builder
