// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every way through a candidate, as the builder would go.
#include "backends/simd/kernel_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "backends/simd/level.h"
#include "backends/simd/register.h"
#include "backends/simd/reorder.h"
#include "base/aligned_buffer.h"

namespace tenon::simd {

namespace {

using kernel::TensorDesc;

/// This machine, cut down to a level.
device::Target target_of(Level level) {
  device::Target target = device::local_target();
  target.cores = 3;  // More than most test machines have: the pool takes what there is.
  if (level == Level::Avx512) return target;
  target.isa &= ~(1U << static_cast<unsigned>(device::Isa::Avx512));
  if (level == Level::Baseline) target.isa = 0;
  return target;
}

struct Way {
  const kernel::NodeInfo& node;
  const std::vector<TestTensor>& inputs;
  kernel::Candidate& candidate;
  const kernel::Configuration& configuration;
  int32_t tactic;
  int threads;
};

/// A tensor's bytes in its port's layout. The 64 floats behind it hold NaN, as does what is written
/// nowhere, so that reading or leaving out too much shows.
AlignedBuffer stored(const TestTensor& tensor, const TensorDesc& desc) {
  AlignedBuffer buffer(static_cast<size_t>(desc.bytes()) + 256);
  std::fill_n(reinterpret_cast<float*>(buffer.data()), buffer.size() / sizeof(float), NAN);
  if (!tensor.values.empty()) {
    reorder(DType::F32, desc.dims, kernel::Layout::linear(), tensor.values.data(), desc.layout,
            buffer.data(), 1);
  }
  return buffer;
}

TestTensor run(const Way& way, Diagnostics& diag) {
  const kernel::Configuration& configuration = way.configuration;
  std::vector<TensorDesc> in, out;
  for (size_t i = 0; i < way.inputs.size(); ++i) {
    const kernel::Port& port = configuration.inputs[i];
    in.push_back({port.dtype, port.layout, way.inputs[i].dims, 0});
  }
  out.push_back({configuration.outputs[0].dtype, configuration.outputs[0].layout,
                 way.node.outputs[0].opt, 0});
  auto record = way.candidate.record(configuration, way.tactic, way.threads, diag);
  EXPECT_TRUE(record.ok());
  const kernel::RecordHolder holder(*record, way.node.name, in, out);
  kernel::Registry registry;
  register_kernels(registry);
  auto loaded = kernel::load(registry, holder.view(), diag);
  EXPECT_TRUE(loaded.ok());
  auto instance = (*loaded)->create_instance({});
  EXPECT_TRUE(instance.ok());
  EXPECT_TRUE((*instance)->on_shapes(in, out).ok());

  std::vector<AlignedBuffer> buffers;
  std::vector<const void*> pointers;
  const std::vector<int> absorbed = way.candidate.absorbed_inputs();
  for (size_t i = 0; i < in.size(); ++i) {
    const bool bound = way.inputs[i].present && !std::ranges::count(absorbed, static_cast<int>(i));
    buffers.push_back(stored(way.inputs[i], in[i]));
    pointers.push_back(bound ? buffers.back().data() : nullptr);
  }
  AlignedBuffer result = stored({}, out[0]);
  AlignedBuffer workspace((*loaded)->workspace(in, out));
  void* output = result.data();
  device::Stream stream;
  const kernel::RunArgs args{in.data(), out.data(),       pointers.data(),
                             &output,   workspace.data(), &stream};
  EXPECT_TRUE((*instance)->run(args).ok());
  EXPECT_TRUE((*instance)->run(args).ok());  // The second run must not depend on the first.
  TestTensor values{out[0].dims, std::vector<float>(static_cast<size_t>(out[0].elements()))};
  reorder(DType::F32, out[0].dims, out[0].layout, result.data(), kernel::Layout::linear(),
          values.values.data(), 1);
  const auto* behind = reinterpret_cast<const float*>(result.data() + out[0].bytes());
  EXPECT_TRUE(std::all_of(behind, behind + 64, [](float v) { return std::isnan(v); }))
      << "wrote behind the output";
  return values;
}

kernel::NodeInfo node_of(const ops::Op& op, const std::vector<TestTensor>& inputs,
                         const Dims& output, std::vector<ops::ConstantRef>& constants) {
  kernel::NodeInfo node{.op = &op, .name = "node", .inputs = {}, .outputs = {}};
  const auto port = [](const Dims& dims) {
    kernel::PortInfo info;
    info.min = info.opt = info.max = dims;
    info.shape = expr::to_shape(dims);
    return info;
  };
  for (const TestTensor& tensor : inputs) {
    kernel::PortInfo& info = node.inputs.emplace_back(port(tensor.dims));
    info.present = tensor.present;
    if (!tensor.constant) continue;
    constants.push_back(ops::ConstantData::of<float>(tensor.dims, tensor.values));
    info.constant = constants.back().get();
  }
  node.outputs.push_back(port(output));
  return node;
}

}  // namespace

TestTensor noise(const Dims& dims, uint32_t seed, bool constant) {
  TestTensor tensor{dims, std::vector<float>(static_cast<size_t>(dims.volume())), constant};
  uint32_t state = seed * 2654435761U + 1;
  for (float& value : tensor.values) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1.0F;
  }
  return tensor;
}

int for_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs, const Dims& output,
                  const std::function<void(const TestTensor&, const std::string&)>& check) {
  std::vector<ops::ConstantRef> constants;
  const kernel::NodeInfo node = node_of(op, inputs, output, constants);
  kernel::Registry registry;
  register_kernels(registry);
  CollectingSink sink;
  Diagnostics diag(sink);
  int ways = 0;
  for (const Level level : {Level::Baseline, Level::Avx2, Level::Avx512}) {
    if (!has_level(level, device::local_target())) continue;
    const device::Target target = target_of(level);
    for (const auto& candidate : kernel::candidates_for(registry, node, target, diag)) {
      for (const kernel::Configuration& configuration : candidate->configurations(diag)) {
        EXPECT_TRUE(candidate->configure(configuration, diag).ok());
        for (const int32_t tactic : candidate->tactics()) {
          for (const int threads : {1, 3}) {
            const Way way{node, inputs, *candidate, configuration, tactic, threads};
            const std::string name = fmt::format("{} {} tactic {} threads {} {} to {}",
                                                 candidate->id().name, to_string(level), tactic,
                                                 threads, to_string(configuration.inputs[0].layout),
                                                 to_string(configuration.outputs[0].layout));
            check(run(way, diag), name);
            ++ways;
          }
        }
      }
    }
  }
  EXPECT_EQ(sink.errors(), "");
  return ways;
}

void expect_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs,
                      const TestTensor& expected, double tolerance) {
  double greatest = 0;
  for (const float value : expected.values) greatest = std::max<double>(greatest, std::abs(value));
  const int ways =
      for_every_way(op, inputs, expected.dims, [&](const TestTensor& got, const std::string& way) {
        double worst = 0;
        int64_t at = 0;
        for (int64_t i = 0; i < static_cast<int64_t>(expected.values.size()); ++i) {
          const double error = got[i] == expected[i] ? 0 : std::abs(double{got[i]} - expected[i]);
          if (!(error <= worst)) worst = std::isnan(error) ? INFINITY : error, at = i;
        }
        EXPECT_LE(worst, tolerance * greatest)
            << way << ": element " << at << " is " << got[at] << ", not " << expected[at];
      });
  EXPECT_GT(ways, 0) << "no kernel serves the node";
}

}  // namespace tenon::simd
