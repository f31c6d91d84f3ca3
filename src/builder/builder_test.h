// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Builds graphs with the reference backend, runs the engines, and computes what they should give.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "backends/ref/evaluate.h"
#include "backends/ref/register.h"
#include "builder/builder.h"
#include "ir/text.h"
#include "plan/writer.h"
#include "session/context.h"
#include "tune/local_timer.h"

namespace tenon::builder {

/// Reformats by plain loops: family "test.reformat", for a GPU "test.gpu_reformat".
class PlainReformats final : public tune::ReformatSource {
 public:
  Result<kernel::Record> make(DType, const kernel::Layout& from, const kernel::Layout& to,
                              int threads, const device::Target& target) override {
    if (from.private_id != 0 || to.private_id != 0) return Status{Code::Unsupported, "private"};
    kernel::Record record;
    record.id = {target.is_gpu() ? "test.gpu_reformat" : "test.reformat",
                 from == to ? "copy" : "reorder", 1};
    record.threads = threads;
    return record;
  }
  static Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,
                                                      Diagnostics& diag);
};

/// A kernel that calls a function: (args, input descs, output descs).
using KernelBody = std::function<Status(const kernel::RunArgs& args)>;
class FunctionKernel final : public kernel::Loaded {
 public:
  explicit FunctionKernel(KernelBody body) : body_(std::move(body)) {}
  [[nodiscard]] size_t workspace(std::span<const kernel::TensorDesc>,
                                 std::span<const kernel::TensorDesc>) const noexcept override {
    return 0;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<Run>(body_));
  }

 private:
  class Run final : public kernel::Instance {
   public:
    explicit Run(const KernelBody& body) : body_(body) {}
    Status on_shapes(std::span<const kernel::TensorDesc>,
                     std::span<const kernel::TensorDesc>) noexcept override {
      return {};
    }
    Status run(const kernel::RunArgs& args) noexcept override { return body_(args); }

   private:
    const KernelBody& body_;
  };
  KernelBody body_;
};

inline Status reorder(const kernel::RunArgs& args) {
  const kernel::TensorDesc& from = args.input_descs[0];
  const kernel::TensorDesc& to = args.output_descs[0];
  const size_t size = byte_size(from.dtype, 1);
  auto* out = static_cast<std::byte*>(args.outputs[0]);
  const auto* in = static_cast<const std::byte*>(args.inputs[0]);
  std::memset(out, 0, static_cast<size_t>(to.bytes()));
  const Dims steps = row_major_strides(from.dims);
  for (int64_t i = 0; i < from.dims.volume(); ++i) {
    Dims index = from.dims;
    for (int axis = 0; axis < index.rank(); ++axis) index[axis] = i / steps[axis] % from.dims[axis];
    const auto source = static_cast<size_t>(kernel::offset(from.layout, from.dims, index));
    const auto target = static_cast<size_t>(kernel::offset(to.layout, to.dims, index));
    std::memcpy(out + target * size, in + source * size, size);
  }
  return {};
}

inline Result<std::unique_ptr<kernel::Loaded>> PlainReformats::load(const kernel::RecordView&,
                                                                    Diagnostics&) {
  return std::unique_ptr<kernel::Loaded>(std::make_unique<FunctionKernel>(reorder));
}

using Tensors = std::map<std::string, ops::ConstantRef>;

/// An engine in memory and one context.
struct Engine {
  std::shared_ptr<const session::Engine> engine;
  std::unique_ptr<session::Context> context;
};

struct BuildFixture : testing::Test {
  BuildFixture() {
    registry.add_loader("test.reformat", PlainReformats::load);
    config.level = 0;
    config.target.cores = 2;
  }
  void use_ref() { ref::register_kernels(registry); }

  /// A graph from text; constants whose text says splat(0) become random numbers, the same ones for
  /// graphs of equal constants.
  std::unique_ptr<ir::Graph> graph_of(const std::string& text) {
    random.seed(7);
    auto parsed = ir::parse(text, diag);
    EXPECT_TRUE(parsed.ok()) << sink.errors();
    if (!parsed.ok()) return nullptr;
    for (const auto& node : (*parsed)->nodes()) {
      if (auto* constant = node->as<ops::Constant>()) randomise(*constant);
    }
    return std::move(parsed).value();
  }

  ops::ConstantRef random_tensor(const Dims& dims) {
    std::vector<float> values(static_cast<size_t>(dims.volume()));
    for (float& value : values) value = std::uniform_real_distribution<float>(-1, 1)(random);
    return ops::ConstantData::of<float>(dims, values);
  }

  /// Builds a copy of `graph`; null plan on failure, which the test looks at.
  Result<plan::Plan> build_plan(const ir::Graph& graph) {
    auto copy = graph.clone(diag);
    EXPECT_TRUE(copy.ok()) << sink.errors();
    return build(**copy, registry, reformats, timer, config, diag);
  }

  Engine load(const plan::Plan& plan) {
    Engine out;
    auto bytes = plan::write(plan, diag);
    EXPECT_TRUE(bytes.ok()) << sink.errors();
    if (!bytes.ok()) return out;
    auto engine = session::Engine::load_copy(*bytes, registry, device::local_target(), {}, diag);
    EXPECT_TRUE(engine.ok()) << sink.errors();
    if (!engine.ok()) return out;
    out.engine = *engine;
    auto context = session::Context::create(out.engine, {}, diag);
    EXPECT_TRUE(context.ok()) << sink.errors();
    if (context.ok()) out.context = std::move(context).value();
    return out;
  }

  /// Runs with inputs and outputs as bytes in their own layouts.
  std::map<std::string, AlignedBuffer> run_raw(Engine& engine, const Tensors& inputs) {
    std::map<std::string, AlignedBuffer> buffers;
    if (!engine.context) return buffers;
    const auto io = engine.engine->io();
    for (size_t i = 0; i < io.size(); ++i) {
      std::string name(io[i].name);
      if (buffers.contains(name)) name += " (output)";  // of an input that is an output too
      AlignedBuffer& buffer = buffers[name] = AlignedBuffer(std::max<size_t>(io[i].max_bytes, 1));
      if (io[i].is_input) {
        const ops::ConstantRef& data = inputs.at(std::string(io[i].name));
        std::memcpy(buffer.data(), data->bytes().data(), data->bytes().size());
        EXPECT_TRUE(engine.context->set_input_shape(i, data->dims(), diag).ok()) << sink.errors();
      }
      EXPECT_TRUE(engine.context->set_tensor_address(i, buffer.data(), diag).ok());
    }
    EXPECT_TRUE(engine.context->run({}, diag).ok()) << sink.errors();
    return buffers;
  }

  /// What the graph should give, by the reference kernels, one node after the other.
  Tensors expected(const ir::Graph& graph, const Tensors& inputs) {
    std::map<const ir::Value*, ops::ConstantRef> known;
    for (const ir::Value* input : graph.inputs()) known[input] = inputs.at(input->name);
    for (const auto& node : graph.nodes()) {
      if (const auto* constant = node->as<ops::Constant>()) {
        known[node->output()] = constant->data;
        continue;
      }
      std::vector<const ops::ConstantData*> views;
      for (const ir::Value* input : node->inputs()) {
        views.push_back(input == nullptr ? nullptr : known[input].get());
      }
      const auto results = ref::evaluate(node->op, views);
      EXPECT_TRUE(results.ok()) << node->name;
      if (!results.ok()) return {};
      for (size_t k = 0; k < results->size(); ++k) known[node->output(k)] = (*results)[k];
    }
    Tensors outputs;
    for (const ir::Value* output : graph.outputs()) outputs[output->name] = known[output];
    return outputs;
  }

  /// Runs the engine and compares every (linear) output with the reference.
  void expect_equal(Engine& engine, const ir::Graph& graph, const Tensors& inputs,
                    double tolerance = 1e-5) {
    const auto buffers = run_raw(engine, inputs);
    if (buffers.empty()) return;
    for (const auto& [name, wanted] : expected(graph, inputs)) {
      const auto io = engine.engine->find_io(name);
      ASSERT_TRUE(io) << name;
      EXPECT_EQ(engine.context->tensor_shape(*io), wanted->dims()) << name;
      const auto bytes = buffers.at(name).bytes().first(wanted->bytes().size());
      const ops::ConstantData found(wanted->dtype(), wanted->dims(), bytes, nullptr);
      for (int64_t i = 0; i < wanted->count(); ++i) {
        ASSERT_NEAR(found.real(i), wanted->real(i), tolerance) << name << " element " << i;
      }
    }
  }

  /// Names of the plan's steps.
  static std::vector<std::string> step_names(const plan::Plan& plan) {
    std::vector<std::string> names;
    for (const plan::Step& step : plan.steps) names.push_back(step.name);
    return names;
  }

  CollectingSink sink;
  Diagnostics diag{sink};
  kernel::Registry registry;
  PlainReformats reformats;
  tune::LocalTimer timer{registry, device::local_target()};
  BuildConfig config;
  std::mt19937 random;

 private:
  void randomise(ops::Constant& constant) {
    const ops::ConstantData& data = *constant.data;
    if (data.dtype() != DType::F32) return;
    for (int64_t i = 0; i < data.count(); ++i) {
      if (data.real(i) != 0) return;
    }
    constant.data = random_tensor(data.dims());
  }
};

}  // namespace tenon::builder
