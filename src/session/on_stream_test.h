// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels of the processor as kernels of a GPU that is none: their runs are host functions on the
// stream.
#pragma once

#include <atomic>
#include <cstdlib>
#include <memory>
#include <vector>

#include "device/gpu.h"
#include "kernel/instance.h"

namespace tenon::session {

/// Launches so far, of all kernels.
inline std::atomic<int> launches = 0;

/// Puts a kernel's run on the stream, as a launch is.
class OnStream final : public kernel::Instance {
 public:
  explicit OnStream(std::unique_ptr<kernel::Instance> inner) : inner_(std::move(inner)) {}

  Status on_shapes(std::span<const kernel::TensorDesc> inputs,
                   std::span<const kernel::TensorDesc> outputs) noexcept override {
    inputs_.assign(inputs.begin(), inputs.end());
    outputs_.assign(outputs.begin(), outputs.end());
    return inner_->on_shapes(inputs, outputs);
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    ++launches;
    auto& one = *launched_.emplace_back(std::make_unique<Launch>());
    using Inputs = std::vector<const void*>;
    using Outputs = std::vector<void*>;
    one.inner = inner_.get();
    one.args = args;
    one.inputs = Inputs(args.inputs, args.inputs + inputs_.size());
    one.outputs = Outputs(args.outputs, args.outputs + outputs_.size());
    one.input_descs = inputs_;
    one.output_descs = outputs_;
    one.args.inputs = one.inputs.data();
    one.args.outputs = one.outputs.data();
    one.args.input_descs = one.input_descs.data();
    one.args.output_descs = one.output_descs.data();
    one.args.stream = &one.stream;
    const device::Gpu& gpu = *device::Gpu::current();
    return gpu.to_status(gpu.driver().cuLaunchHostFunc(
        args.stream->handle(),
        [](void* data) {
          auto& launch = *static_cast<Launch*>(data);
          if (!launch.inner->run(launch.args).ok()) std::abort();
        },
        &one));
  }

 private:
  struct Launch {
    kernel::Instance* inner = nullptr;
    kernel::RunArgs args{};
    std::vector<const void*> inputs;
    std::vector<void*> outputs;
    std::vector<kernel::TensorDesc> input_descs, output_descs;
    device::Stream stream;
  };
  std::unique_ptr<kernel::Instance> inner_;
  std::vector<kernel::TensorDesc> inputs_, outputs_;
  std::vector<std::unique_ptr<Launch>> launched_;  ///< graphs run them again
};

class OnStreamLoaded final : public kernel::Loaded {
 public:
  explicit OnStreamLoaded(std::unique_ptr<kernel::Loaded> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] size_t workspace(
      std::span<const kernel::TensorDesc> inputs,
      std::span<const kernel::TensorDesc> outputs) const noexcept override {
    return inner_->workspace(inputs, outputs);
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    TENON_ASSIGN(auto inner, inner_->create_instance(resources));
    return std::unique_ptr<kernel::Instance>(std::make_unique<OnStream>(std::move(inner)));
  }

 private:
  std::unique_ptr<kernel::Loaded> inner_;
};

}  // namespace tenon::session
