// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times every way to compute the layers of small networks; inputs are warm. Filter by name, and
// take minima: --benchmark_repetitions=10 --benchmark_filter=lenet
#include <benchmark/benchmark.h>

#include <algorithm>

#include "backends/simd/kernel_check.h"

namespace tenon::simd {
namespace {

/// Registers all ways of one node at this machine's best level.
void add(const std::string& name, const ops::Op& op, std::vector<TestTensor> inputs,
         const Dims& output) {
  const Level level = best_level(device::local_target());
  const auto kept = std::make_shared<std::vector<TestTensor>>(std::move(inputs));
  for_every_way(op, *kept, output, level, {1}, [&](const Way& way) {
    const auto step = std::make_shared<PreparedStep>(way.candidate, way.configuration, way.tactic,
                                                     way.threads, *kept, output);
    benchmark::RegisterBenchmark((name + "/" + way.name).c_str(),
                                 [step, kept](benchmark::State& state) {
                                   for (auto _ : state) step->run();
                                 })
        ->Unit(benchmark::kMicrosecond)
        ->ComputeStatistics("min", [](const std::vector<double>& times) {
          return *std::ranges::min_element(times);
        });
  });
}

void add_convolution(const std::string& name, const Dims& x, const Dims& w, int64_t stride,
                     int64_t pad, int64_t groups = 1) {
  const ops::Convolution op{.kernel = {w[2], w[3]},
                            .strides = {stride, stride},
                            .pads_begin = {pad, pad},
                            .pads_end = {pad, pad},
                            .dilations = {1, 1},
                            .groups = groups,
                            .activation = {ops::ActivationKind::Relu}};
  const auto extent = [&](int axis) { return (x[axis] + 2 * pad - w[axis]) / stride + 1; };
  add(name, op, {noise(x, 1), noise(w, 2, true), noise({w[0]}, 3, true)},
      {x[0], w[0], extent(2), extent(3)});
}

void add_product(const std::string& name, int64_t rows, int64_t depth, int64_t columns) {
  add(name, ops::MatMul{},
      {noise({rows, depth}, 1), noise({depth, columns}, 2, true), noise({columns}, 3, true)},
      {rows, columns});
}

void add_pooling(const std::string& name, const Dims& x, int64_t kernel) {
  const ops::Pooling op{.kind = ops::PoolingKind::Max,
                        .kernel = {kernel, kernel},
                        .strides = {kernel, kernel},
                        .pads_begin = {0, 0},
                        .pads_end = {0, 0},
                        .dilations = {1, 1}};
  add(name, op, {noise(x, 1)}, {x[0], x[1], x[2] / kernel, x[3] / kernel});
}

/// Additions of constants and Relu in turn.
void add_chain(const std::string& name, int64_t count, int64_t elements) {
  using ops::PointwiseCode;
  ops::Pointwise chain;
  std::vector<TestTensor> inputs = {noise({elements}, 1)};
  chain.steps.push_back({.code = PointwiseCode::Load, .lhs = 0});
  for (int64_t i = 0; i < count; ++i) {
    const auto last = static_cast<int64_t>(chain.steps.size()) - 1;
    if (i % 2 == 1) {
      chain.steps.push_back({.code = PointwiseCode::Activation,
                             .kind = static_cast<int64_t>(ops::ActivationKind::Relu),
                             .lhs = last});
      continue;
    }
    chain.steps.push_back(
        {.code = PointwiseCode::Load, .lhs = static_cast<int64_t>(inputs.size())});
    chain.steps.push_back({.code = PointwiseCode::ElementWise,
                           .kind = static_cast<int64_t>(ops::ElementWiseKind::Add),
                           .lhs = last,
                           .rhs = last + 1});
    inputs.push_back(noise({elements}, static_cast<uint32_t>(i), true));
  }
  add(name, chain, inputs, {elements});
}

void add_all() {
  add_chain("chain/1000x16", 1000, 16);
  add_chain("chain/100x16", 100, 16);
  add_chain("chain/1x16", 1, 16);
  add_chain("chain/100x4096", 100, 4096);
  add("sigmoid/65536", ops::Activation{ops::ActivationKind::Sigmoid}, {noise({65536}, 1)}, {65536});
  add("gelu/65536", ops::Activation{ops::ActivationKind::GeluErf}, {noise({65536}, 1)}, {65536});
  add_convolution("lenet/conv1", {1, 1, 28, 28}, {20, 1, 5, 5}, 1, 0);
  add_pooling("lenet/pool1", {1, 20, 24, 24}, 2);
  add_convolution("lenet/conv2", {1, 20, 12, 12}, {50, 20, 5, 5}, 1, 0);
  add_pooling("lenet/pool2", {1, 50, 8, 8}, 2);
  add_product("lenet/fc1", 1, 800, 500);
  add_product("lenet/fc2", 1, 500, 10);
  add("lenet/softmax", ops::Softmax{1, false}, {noise({1, 10}, 1)}, {1, 10});
  add_convolution("mnist/conv1", {1, 1, 28, 28}, {8, 1, 5, 5}, 1, 2);
  add_pooling("mnist/pool1", {1, 8, 28, 28}, 2);
  add_convolution("mnist/conv2", {1, 8, 14, 14}, {16, 8, 5, 5}, 1, 2);
  add_pooling("mnist/pool2", {1, 16, 14, 14}, 3);
  add_product("mnist/fc", 1, 256, 10);
  add_convolution("resnet/3x3x64@56", {1, 64, 56, 56}, {64, 64, 3, 3}, 1, 1);
  add_convolution("resnet/1x1x256@56", {1, 64, 56, 56}, {256, 64, 1, 1}, 1, 0);
  add_convolution("resnet/3x3x512@7", {1, 512, 7, 7}, {512, 512, 3, 3}, 1, 1);
  add_convolution("resnet/conv1", {1, 3, 224, 224}, {64, 3, 7, 7}, 2, 3);
  add_convolution("mobilenet/conv1", {1, 3, 224, 224}, {32, 3, 3, 3}, 2, 1);
  add_convolution("mobilenet/dw32@112", {1, 32, 112, 112}, {32, 1, 3, 3}, 1, 1, 32);
  add_convolution("mobilenet/dw144@56s2", {1, 144, 56, 56}, {144, 1, 3, 3}, 2, 1, 144);
  add_convolution("mobilenet/dw384@14", {1, 384, 14, 14}, {384, 1, 3, 3}, 1, 1, 384);
  add_convolution("mobilenet/dw960@7", {1, 960, 7, 7}, {960, 1, 3, 3}, 1, 1, 960);
  add_convolution("mobilenet/1x1x96@112", {1, 16, 112, 112}, {96, 16, 1, 1}, 1, 0);
  add_product("gemm/256", 256, 256, 256);
  add_product("gemm/bert_ff1", 128, 768, 3072);
  add_product("gemm/fc1000", 1, 2048, 1000);
}

}  // namespace
}  // namespace tenon::simd

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  tenon::simd::add_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
