// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every kernel's text is what NVRTC takes; launches are what the texts expect.
#include <gtest/gtest.h>

#include "backends/cuda/compile.h"
#include "backends/cuda/launch.h"
#include "backends/cuda/list.h"
#include "backends/cuda/register.h"
#include "backends/cuda/reorder.h"
#include "base/diagnostics.h"
#include "device/cuda.h"

namespace tenon::cuda {
namespace {

device::Target hopper() {
  device::Target target;
  target.kind = device::Kind::Cuda;
  target.name = "a GPU";
  target.gpu = {90, 132, 227 << 10, 228 << 10, 2048, uint64_t{80} << 30, 3'350'000'000};
  return target;
}

kernel::PortInfo port(const Dims& dims, DType dtype) {
  kernel::PortInfo info;
  info.dtype = dtype;
  info.min = info.opt = info.max = dims;
  info.shape = expr::to_shape(dims);
  return info;
}

/// Records of all that the list offers; library kernels, which need a GPU, offer nothing here.
int compile_all(const ops::Op& op, const std::vector<Dims>& inputs, const Dims& output,
                DType dtype) {
  kernel::NodeInfo node{.op = &op, .name = "node", .inputs = {}, .outputs = {}};
  for (const Dims& dims : inputs) node.inputs.push_back(port(dims, dtype));
  node.outputs.push_back(port(output, dtype));
  kernel::Registry registry;
  register_kernels(registry);
  CollectingSink sink;
  Diagnostics diag(sink);
  const device::Target target = hopper();
  int records = 0;
  for (const auto& candidate : kernel::candidates_for(registry, node, target, diag)) {
    for (const auto& configuration : candidate->configurations(diag)) {
      if (!candidate->configure(configuration, diag).ok()) continue;
      for (const int32_t tactic : candidate->tactics()) {
        const auto record = candidate->record(configuration, tactic, 1, diag);
        EXPECT_TRUE(record.ok()) << candidate->id().text() << ": " << sink.errors();
        records += record.ok() ? 1 : 0;
      }
    }
  }
  return records;
}

/// All kinds of steps, one after the other.
ops::Pointwise every_function() {
  using ops::PointwiseCode;
  ops::Pointwise chain{
      {{.code = PointwiseCode::Load, .lhs = 0}, {.code = PointwiseCode::Load, .lhs = 1}}};
  const auto add = [&](PointwiseCode code, size_t kinds) {
    for (size_t kind = 0; kind < kinds; ++kind) {
      const auto last = static_cast<int64_t>(chain.steps.size()) - 1;
      chain.steps.push_back({code, static_cast<int64_t>(kind), last, last - 1, 0.5F, 1});
    }
  };
  add(PointwiseCode::Activation, std::size(ops::kActivationKindNames));
  add(PointwiseCode::Unary, std::size(ops::kUnaryKindNames));
  add(PointwiseCode::ElementWise, std::size(ops::kElementWiseKindNames));
  return chain;
}

class Texts : public testing::TestWithParam<DType> {
 protected:
  void SetUp() override {
    if (device::nvrtc() == nullptr) GTEST_SKIP() << "NVRTC is not installed";
  }
};

TEST_P(Texts, Compile) {
  const DType t = GetParam();
  const ops::Pooling pool{
      ops::PoolingKind::Max, {2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, false, false};
  const ops::Convolution conv{
      {3, 3}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, 1, {ops::ActivationKind::Relu}};
  EXPECT_GE(compile_all(pool, {{1, 8, 8, 8}}, {1, 8, 4, 4}, t), 2);
  EXPECT_GE(compile_all(conv, {{1, 8, 8, 8}, {4, 8, 3, 3}, {4}}, {1, 4, 8, 8}, t), 1);
  EXPECT_GE(compile_all(ops::MatMul{}, {{4, 5}, {5, 6}}, {4, 6}, t), 1);
  EXPECT_GE(compile_all(ops::Softmax{1, false}, {{4, 1000}}, {4, 1000}, t), 1);
  EXPECT_GE(compile_all(ops::Softmax{1, true}, {{4, 100000}}, {4, 100000}, t), 1);
  EXPECT_GE(
      compile_all(ops::Normalization{{1}, 1e-5F, 1, false}, {{4, 768}, {768}, {768}}, {4, 768}, t),
      1);
  EXPECT_GE(compile_all(ops::Reduce{ops::ReduceKind::LogSumExp, {1}, true}, {{4, 7}}, {4, 1}, t),
            1);
  EXPECT_GE(compile_all(ops::Transpose{{1, 0}}, {{4, 7}}, {7, 4}, t), 1);
  EXPECT_GE(compile_all(ops::Pad{{1}, {1}, ops::PadMode::Edge, 0}, {{4}}, {6}, t), 1);
  EXPECT_GE(compile_all(ops::Identity{}, {{4}}, {4}, t), 1);
  EXPECT_GE(compile_all(ops::Select{}, {{4}, {4}, {1}}, {4}, t), 1);
  EXPECT_GE(compile_all(every_function(), {{4}, {1}}, {4}, t), 1);
}
INSTANTIATE_TEST_SUITE_P(Types, Texts, testing::Values(DType::F32, DType::F16),
                         [](const auto& info) { return std::string(to_string(info.param)); });

TEST(Reorder, CompilesForVectors) {
  if (device::nvrtc() == nullptr) GTEST_SKIP() << "NVRTC is not installed";
  CollectingSink sink;
  Diagnostics diag(sink);
  for (const DType type : {DType::F32, DType::F16, DType::I8, DType::I64}) {
    const auto record =
        make_reorder(type, kernel::Layout::linear(), kernel::Layout::chw(4), 90, diag);
    ASSERT_TRUE(record.ok()) << sink.errors();
    EXPECT_EQ(record->packed.size(), 1U);
  }
}

TEST(Arguments, DivisorsDivide) {
  for (const uint64_t divisor : {1U, 2U, 3U, 7U, 10U, 641U, 65537U, 1U << 30, 2147483647U}) {
    Arguments args;
    args.divisor(static_cast<int64_t>(divisor));
    uint32_t words[3];
    std::memcpy(words, args.data(), sizeof words);
    for (const uint64_t n : {uint64_t{0}, divisor - 1, divisor, divisor + 1, uint64_t{123456789},
                             uint64_t{2147483647}}) {
      if (n > 2147483647) continue;
      const uint64_t high = n * words[1] >> 32;
      EXPECT_EQ(static_cast<uint32_t>(high + n) >> words[2], n / divisor) << n << " by " << divisor;
    }
  }
}

}  // namespace
}  // namespace tenon::cuda
