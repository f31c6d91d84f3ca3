// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every kernel's text is what NVRTC takes; launches are what the texts expect.
#include <gtest/gtest.h>

#include "backends/cuda/compile.h"
#include "backends/cuda/launch.h"
#include "backends/cuda/list.h"
#include "backends/cuda/own_kernel.h"
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

struct Typed {
  Dims dims;
  DType dtype;
};

/// Records of all that the list offers; library kernels, which need a GPU, offer nothing here.
int compile_all(const ops::Op& op, const std::vector<Typed>& inputs,
                const std::vector<Typed>& outputs) {
  kernel::NodeInfo node{.op = &op, .name = "node", .inputs = {}, .outputs = {}};
  for (const Typed& one : inputs) node.inputs.push_back(port(one.dims, one.dtype));
  for (const Typed& one : outputs) node.outputs.push_back(port(one.dims, one.dtype));
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

int compile_all(const ops::Op& op, const std::vector<Dims>& inputs, const Dims& output,
                DType dtype) {
  std::vector<Typed> typed;
  for (const Dims& dims : inputs) typed.push_back({dims, dtype});
  return compile_all(op, typed, {{output, dtype}});
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
TEST_P(Texts, CompileForResizing) {
  const DType t = GetParam();
  ops::Resize resize;
  resize.target = expr::to_shape({1, 2, 7, 12});
  for (const ops::ResizeMode mode :
       {ops::ResizeMode::Nearest, ops::ResizeMode::Linear, ops::ResizeMode::Cubic}) {
    for (const int coordinates : {1, 2}) {
      resize.mode = mode;
      resize.coordinates = static_cast<ops::Coordinates>(coordinates);
      resize.exclude_outside = coordinates % 2 == 1;
      EXPECT_EQ(compile_all(resize, {{1, 2, 5, 30}}, {1, 2, 7, 12}, t), 1);
    }
  }
  const ops::Deconvolution up{{2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, 1};
  EXPECT_EQ(compile_all(up, {{1, 8, 4, 4}, {8, 3, 2, 2}, {3}}, {1, 3, 8, 8}, t), 1);
  EXPECT_EQ(compile_all(ops::SliceBeyond{{-1}, {6}, {1}, ops::Outside::Wrap, 0}, {{4}}, {6}, t), 1);
}

TEST_P(Texts, CompileForIndices) {
  const DType t = GetParam();
  const Typed data{{4, 5}, t}, places{{3, 5}, DType::I64}, updates{{3, 5}, t};
  for (int reduction = 0; reduction < 5; ++reduction) {
    const auto kind = static_cast<ops::ScatterReduction>(reduction);
    EXPECT_EQ(compile_all(ops::Scatter{ops::ScatterMode::Elements, 1, kind},
                          {data, places, updates}, {data}),
              1);
  }
  EXPECT_EQ(compile_all(ops::GatherElements{0}, {data, places}, {updates}), 1);
  EXPECT_EQ(compile_all(ops::GatherNd{0}, {data, {{3, 1}, DType::I32}}, {{{3, 5}, t}}), 1);
  EXPECT_EQ(compile_all(ops::OneHot{1, {4}}, {{{3}, DType::I32}, {{2}, t}}, {{{3, 4}, t}}), 1);
  for (const bool flag : {false, true}) {
    EXPECT_EQ(compile_all(ops::TopK{{2}, 1, flag, !flag, DType::I64}, {data},
                          {{{4, 2}, t}, {{4, 2}, DType::I64}}),
              1);
  }
}

TEST_P(Texts, CompileForFillsAndGroups) {
  const DType t = GetParam();
  const Typed number{{}, DType::I64};
  for (const auto kind : {ops::FillKind::Linspace, ops::FillKind::Uniform, ops::FillKind::Normal}) {
    EXPECT_EQ(compile_all(ops::Fill{kind, {3, 4}, t, 0, 1, 7}, {}, {{{3, 4}, t}}), 1);
    EXPECT_EQ(compile_all(ops::Fill{kind, {}, t, 0, 1, 7}, {}, {{{}, t}}), 1);
  }
  for (const bool sorted : {false, true}) {
    const Typed places{{9}, DType::I64};
    EXPECT_EQ(compile_all(ops::Unique{sorted, true, 0}, {{{9}, t}},
                          {{{9}, t}, places, places, places, number}),
              1);
  }
}

TEST_P(Texts, CompileForLayersOfProducts) {
  const DType t = GetParam();
  const ops::Activation sigmoid{ops::ActivationKind::Sigmoid, 0, 0};
  const ops::Activation bent{ops::ActivationKind::ScaledTanh, 0.5F, 2};
  for (const ops::RecurrentKind kind :
       {ops::RecurrentKind::Rnn, ops::RecurrentKind::Gru, ops::RecurrentKind::Lstm}) {
    for (const bool flag : {false, true}) {
      const auto direction = flag ? ops::Direction::Bidirectional : ops::Direction::Forward;
      const ops::Recurrent op{kind,    direction, 3,    flag, flag,    flag ? 0.5F : 0.0F,
                              sigmoid, bent,      bent, bent, sigmoid, bent};
      const int64_t d = flag ? 2 : 1, rows = ops::gates(kind) * 3;
      std::vector<Typed> outputs = {{{4, d, 2, 3}, t}, {{d, 2, 3}, t}};
      if (kind == ops::RecurrentKind::Lstm) outputs.push_back({{d, 2, 3}, t});
      EXPECT_EQ(compile_all(op, {{{4, 2, 5}, t}, {{d, rows, 5}, t}, {{d, rows, 3}, t}}, outputs),
                1);
    }
  }
  for (const bool silu : {false, true}) {
    const std::vector<Typed> experts = {{{2, 4}, t},    {{2, 1}, DType::I32}, {{2, 1}, t},
                                        {{3, 4, 5}, t}, {{3, 4, 5}, t},       {{3, 5, 4}, t}};
    EXPECT_EQ(compile_all(ops::MixtureOfExperts{silu}, experts, {{{2, 4}, t}}), 1);
  }
}

TEST_P(Texts, CompileForGrids) {
  const DType t = GetParam();
  const Typed real{{4, 5}, t}, scale{{4}, t};
  for (const DType grid : {DType::I8, DType::U8}) {
    const Typed whole{{4, 5}, grid}, zero{{4}, grid};
    EXPECT_EQ(compile_all(ops::Quantize{0, grid}, {real, scale, zero}, {whole}), 1);
    EXPECT_EQ(compile_all(ops::Dequantize{0, t}, {whole, scale, zero}, {real}), 1);
    EXPECT_EQ(compile_all(ops::Dequantize{0, t}, {whole, scale}, {real}), 1);
  }
}

TEST_P(Texts, CompileForTypesOfStorage) {
  using enum DType;
  const DType t = GetParam();
  const Typed real{{4, 6}, t}, scale{{4}, F32}, one{{}, F32};
  for (const DType kept : {I4, U4, I2, U2, U16, F8E4M3, F8E5M2, F4E2M1}) {
    const Typed few{{4, 6}, kept};
    EXPECT_EQ(compile_all(ops::Cast{kept}, {real}, {few}), 1) << to_string(kept);
    EXPECT_EQ(compile_all(ops::Cast{t}, {few}, {real}), 1) << to_string(kept);
    EXPECT_EQ(compile_all(ops::Quantize{0, kept}, {real, scale, {{4}, kept}}, {few}), 1);
    EXPECT_EQ(compile_all(ops::Dequantize{0, t}, {few, scale, {{4}, kept}}, {real}), 1);
  }
  const Typed blocks{{4, 2}, F32};
  EXPECT_EQ(compile_all(ops::Quantize{1, I8}, {real, blocks}, {{{4, 6}, I8}}), 1);
  EXPECT_EQ(compile_all(ops::Quantize{-1, I16}, {real, one}, {{{4, 6}, I16}}), 1);
  EXPECT_EQ(compile_all(ops::Cast{F8E8M0}, {real}, {{{4, 6}, F8E8M0}}), 1);
  EXPECT_EQ(compile_all(ops::DynamicQuantize{{1, 4}, F4E2M1, F8E4M3}, {real, one},
                        {{{4, 6}, F4E2M1}, {{4, 2}, F8E4M3}}),
            1);
}
INSTANTIATE_TEST_SUITE_P(Types, Texts, testing::Values(DType::F32, DType::F16),
                         [](const auto& one) { return std::string(to_string(one.param)); });

TEST(Integers, Compile) {
  if (device::nvrtc() == nullptr) GTEST_SKIP() << "NVRTC is not installed";
  const Typed scale{{6}, DType::F32}, weights{{6, 3, 1, 1}, DType::I8};
  for (const DType type : {DType::I8, DType::U8}) {
    const Typed x{{1, 3, 4, 5}, type}, y{{1, 6, 4, 5}, type};
    const ops::Convolution point{{1, 1}, {1, 1}, {0, 0}, {0, 0}, {1, 1}};
    ops::QuantConvolution convolution{point, {0.5F, 3}, {0.25F, 1}, {0.125F, 2},
                                      type,  false,     {0.5F, 7}};
    for (const bool between : {false, true}) {
      convolution.rounds_between = between;
      EXPECT_EQ(compile_all(convolution, {x, weights, scale, y, scale}, {y}), 1);
    }
    const ops::Pooling whole{
        ops::PoolingKind::Average, {4, 5}, {1, 1}, {0, 0}, {0, 0}, {1, 1}, false, false};
    for (const DType to : {DType::I8, DType::U8}) {
      const ops::QuantPooling average{whole, {0.5F, 3}, {0.25F, 1}, to};
      EXPECT_EQ(compile_all(average, {x}, {{{1, 3, 1, 1}, to}}), 1);
    }
  }
}

TEST(Attention, CompilesForTiles) {
  if (device::nvrtc() == nullptr) GTEST_SKIP() << "NVRTC is not installed";
  constexpr int kSimple = 1;
  for (const DType t : {DType::F16, DType::BF16}) {
    for (const int64_t size : {40, 64, 128}) {
      const int ways = size <= 64 ? 3 : 2;
      const Typed heads{{2, 3, 5, size}, t};
      const std::vector<Typed> inputs = {heads, heads, heads, {{2, 1, 1, 5}, t}};
      EXPECT_EQ(compile_all(ops::Attention{}, inputs, {heads}), ways + kSimple);
    }
  }
  const Typed heads{{2, 3, 5, 64}, DType::F32};
  EXPECT_EQ(compile_all(ops::Attention{}, {heads, heads, heads}, {heads}), kSimple);
}

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

/// What a kernel with these parameters says to plan these shapes.
Status plan_of(const OwnKernel& own, const ByteWriter& parameters, const std::vector<Dims>& inputs,
               const Dims& output) {
  const auto desc = [](const Dims& dims) {
    return kernel::TensorDesc{DType::F32, kernel::Layout::linear(), dims, 0};
  };
  std::vector<kernel::TensorDesc> from;
  for (const Dims& dims : inputs) from.push_back(desc(dims));
  const std::vector<kernel::TensorDesc> to = {desc(output)};
  kernel::RecordView record;
  record.inputs = from;
  record.outputs = to;
  ByteReader reader(parameters.bytes());
  const auto planner = own.planner(reader, record);
  if (planner == nullptr) return {Code::InvalidPlan, "no planner"};
  std::vector<Launch> launches;
  return planner->plan({from, to, true}, launches);
}

TEST(Planners, RefuseSlicesOfOtherShapesThanTuplesName) {
  ByteWriter batched, scatters;
  batched.put(int64_t{1});
  const auto packed =
      ops::pack(ops::Op(ops::Scatter{ops::ScatterMode::Nd, 0, ops::ScatterReduction::None}));
  ASSERT_TRUE(packed.ok());
  scatters.raw(*packed);
  const auto gathers = [&](const Dims& data, const Dims& indices, const Dims& out) {
    return plan_of(gather_nd::kOwn, batched, {data, indices}, out).code;
  };
  EXPECT_EQ(gathers({2, 4, 5}, {2, 3, 1}, {2, 3, 5}), Code::Ok);
  EXPECT_EQ(gathers({2, 4, 5}, {2, 3, 2}, {2, 3}), Code::Ok);
  EXPECT_EQ(gathers({2, 4, 5}, {2, 3, 1}, {2, 3, 4}), Code::InvalidArgument);
  EXPECT_EQ(gathers({2, 4, 5}, {2, 3, 1}, {2, 3}), Code::InvalidArgument);
  EXPECT_EQ(gathers({4, 4, 5}, {2, 3, 1}, {2, 3, 5}), Code::InvalidArgument);
  EXPECT_EQ(gathers({2, 4, 5}, {2, 3, 3}, {2, 3}), Code::InvalidArgument);
  const auto writes = [&](const Dims& indices, const Dims& updates) {
    return plan_of(scatter::kOwn, scatters, {{4, 5}, indices, updates}, {4, 5}).code;
  };
  EXPECT_EQ(writes({3, 1}, {3, 5}), Code::Ok);
  EXPECT_EQ(writes({3, 2}, {3}), Code::Ok);
  EXPECT_EQ(writes({3, 1}, {3, 1}), Code::InvalidArgument);
  EXPECT_EQ(writes({3, 1}, {2, 5}), Code::InvalidArgument);
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
