// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Every way through a candidate, as the builder would go.
#include "backends/simd/kernel_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "backends/simd/register.h"
#include "backends/simd/reorder.h"
#include "backends/simd/run/level.h"
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

PreparedStep::PreparedStep(kernel::Candidate& candidate, const kernel::Configuration& configuration,
                           int32_t tactic, int threads, const std::vector<TestTensor>& inputs,
                           const Dims& output) {
  CollectingSink sink;
  Diagnostics diag(sink);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const kernel::Port& port = configuration.inputs[i];
    in_.push_back({port.dtype, port.layout, inputs[i].dims, 0});
  }
  out_.push_back({configuration.outputs[0].dtype, configuration.outputs[0].layout, output, 0});
  const auto record = candidate.record(configuration, tactic, threads, diag);
  EXPECT_TRUE(record.ok()) << sink.errors();
  record_ = std::make_unique<kernel::RecordHolder>(*record, "node", in_, out_);
  kernel::Registry registry;
  register_kernels(registry);
  auto loaded = kernel::load(registry, record_->view(), diag);
  EXPECT_TRUE(loaded.ok()) << sink.errors();
  loaded_ = std::move(loaded).value();
  instance_ = loaded_->create_instance({}).value();
  EXPECT_TRUE(instance_->on_shapes(in_, out_).ok());
  const std::vector<int> absorbed = candidate.absorbed_inputs();
  for (size_t i = 0; i < in_.size(); ++i) {
    const bool bound = inputs[i].present && !std::ranges::count(absorbed, static_cast<int>(i));
    buffers_.push_back(stored(inputs[i], in_[i]));
    inputs_.push_back(bound ? buffers_.back().data() : nullptr);
  }
  output_ = stored({}, out_[0]);
  workspace_ = AlignedBuffer(loaded_->workspace(in_, out_));
}

void PreparedStep::run() {
  device::Stream stream;
  void* output = output_.data();
  const kernel::RunArgs args{in_.data(), out_.data(),       inputs_.data(),
                             &output,    workspace_.data(), &stream};
  const Status status = instance_->run(args);
  if (!status.ok()) ADD_FAILURE() << status.what;
}

TestTensor PreparedStep::result() const {
  const TensorDesc& desc = out_[0];
  TestTensor values{desc.dims, std::vector<float>(static_cast<size_t>(desc.elements()))};
  reorder(DType::F32, desc.dims, desc.layout, output_.data(), kernel::Layout::linear(),
          values.values.data(), 1);
  const auto* behind = reinterpret_cast<const float*>(output_.data() + desc.bytes());
  EXPECT_TRUE(std::all_of(behind, behind + 64, [](float v) { return std::isnan(v); }))
      << "wrote behind the output";
  return values;
}

int for_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs, const Dims& output,
                  Level level, const std::vector<int>& threads,
                  const std::function<void(const Way&)>& visit) {
  std::vector<ops::ConstantRef> constants;
  const kernel::NodeInfo node = node_of(op, inputs, output, constants);
  kernel::Registry registry;
  register_kernels(registry);
  CollectingSink sink;
  Diagnostics diag(sink);
  const device::Target target = target_of(level);
  int ways = 0;
  for (const auto& candidate : kernel::candidates_for(registry, node, target, diag)) {
    for (const kernel::Configuration& configuration : candidate->configurations(diag)) {
      EXPECT_TRUE(candidate->configure(configuration, diag).ok());
      for (const int32_t tactic : candidate->tactics()) {
        for (const int count : threads) {
          visit({*candidate, configuration, tactic, count,
                 fmt::format("{} {} tactic {} threads {} {} to {}", candidate->id().name,
                             to_string(level), tactic, count,
                             to_string(configuration.inputs[0].layout),
                             to_string(configuration.outputs[0].layout))});
          ++ways;
        }
      }
    }
  }
  EXPECT_EQ(sink.errors(), "");
  return ways;
}

int for_every_way(const ops::Op& op, const std::vector<TestTensor>& inputs, const Dims& output,
                  const std::function<void(const TestTensor&, const std::string&)>& check) {
  int ways = 0;
  for (const Level level : {Level::Baseline, Level::Avx2, Level::Avx512}) {
    if (!has_level(level, device::local_target())) continue;
    ways += for_every_way(op, inputs, output, level, {1, 3}, [&](const Way& way) {
      PreparedStep step(way.candidate, way.configuration, way.tactic, way.threads, inputs, output);
      step.run();
      step.run();  // The second run must not depend on the first.
      check(step.result(), way.name);
    });
  }
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
