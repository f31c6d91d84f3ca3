// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One region in one execution context.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/thread_scope.h"
#include "control/loaded.h"
#include "control/mover.h"
#include "session/context.h"

namespace tenon::control {

/// Binds and runs a region. One thread at a time.
class RegionRun {
 public:
  Status create(const std::shared_ptr<const session::Engine>& engine,
                const kernel::ContextResources& resources, bool host_code, Diagnostics& diag) {
    host_code_ = host_code;
    TENON_ASSIGN(context_, session::Context::create(
                               engine, {.resources = resources, .own_memory = false}, diag));
    return {};
  }
  [[nodiscard]] session::Context& context() noexcept { return *context_; }
  [[nodiscard]] size_t input_count() const noexcept { return context_->engine().input_count(); }
  [[nodiscard]] Dims output_dims(size_t output) const noexcept {
    return context_->tensor_shape(input_count() + output);
  }

  Status bind_input(size_t input, const void* address, Diagnostics& diag) {
    // A region never writes its inputs.
    return bind(input, const_cast<void*>(address), diag);
  }
  Status bind_output(size_t output, void* address, Diagnostics& diag) {
    return bind(input_count() + output, address, diag);
  }
  /// Memory for activations, kept while the address stays the same.
  Status give_arena(std::byte* memory, Diagnostics& diag) {
    const uint64_t bytes = context_->engine().device_memory_bytes();
    if (bytes == 0 || memory == arena_) return {};
    TENON_TRY(context_->set_device_memory({memory, bytes}, diag));
    arena_ = memory;
    return {};
  }
  /// On a GPU all is on the stream on return; else all is done, what plugins put there included.
  Status run(const device::Stream& stream, Diagnostics& diag) {
    if (stream.is_gpu()) return context_->run(stream, diag);
    if (!host_code_) return context_->run({}, diag);
    TENON_TRY(wait(stream));
    TENON_TRY(context_->run(stream, diag));
    return wait(stream);
  }

 private:
  Status bind(size_t io, void* address, Diagnostics& diag) {
    if (context_->tensor_address(io) == address) return {};
    return context_->set_tensor_address(io, address, diag);
  }
  static Status wait(const device::Stream& stream) {
    return stream.state() == device::Stream::State::Busy ? stream.wait() : Status{};
  }

  std::unique_ptr<session::Context> context_;
  std::byte* arena_ = nullptr;
  bool host_code_ = false;
};

/// Words of the last failure, for instances.
class Words {
 public:
  /// Forgets what was said before; allocates nothing as long as nothing is said.
  Diagnostics& fresh() noexcept {
    text_.clear();
    sink_.entries.clear();
    return diag_;
  }
  Status keep(Status status) {
    if (!status.ok()) text_ = sink_.errors();
    return status;
  }
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  CollectingSink sink_;
  Diagnostics diag_{sink_, Severity::Error};
  std::string text_;
};

/// The frame of a loop or conditional in one context: its regions, their shapes, its words.
class RegionInstance : public kernel::Instance {
 public:
  Status on_shapes(std::span<const kernel::TensorDesc> inputs,
                   std::span<const kernel::TensorDesc> outputs) noexcept final {
    return words_.keep(prepare(inputs, outputs, words_.fresh()));
  }
  Status run(const kernel::RunArgs& args) noexcept final {
    Diagnostics& diag = words_.fresh();
    Status status = begin(args, diag);
    if (status.ok()) status = go(args, diag);
    return words_.keep(status);
  }
  [[nodiscard]] std::string_view last_error() const noexcept final { return words_.text(); }

  /// An instance of class `One`, whose regions outlive it.
  template <class One>
  static Result<std::unique_ptr<kernel::Instance>> make(const Regions& regions,
                                                        const kernel::ContextResources& resources) {
    auto made = std::make_unique<One>(regions);
    CollectingSink sink;
    Diagnostics diag(sink);
    for (size_t i = 0; i < made->parts_.size(); ++i) {
      TENON_TRY(made->parts_[i].create(regions.engines[i], resources, regions.host_code, diag));
    }
    return std::unique_ptr<kernel::Instance>(std::move(made));
  }

 protected:
  explicit RegionInstance(const Regions& regions)
      : regions_(regions),
        program_(regions.program),
        parts_(regions.engines.size()),
        mover_(regions.gpu()) {}

  virtual Status prepare(std::span<const kernel::TensorDesc> inputs,
                         std::span<const kernel::TensorDesc> outputs, Diagnostics& diag) = 0;
  virtual Status go(const kernel::RunArgs& args, Diagnostics& diag) = 0;

  const Regions& regions_;
  const Program& program_;
  std::vector<RegionRun> parts_;  ///< one a region
  ThreadLimits limits_;
  Scratch scratch_;
  Mover mover_;

 private:
  /// Which way it goes is read by the processor, in the middle of a run.
  Status begin(const kernel::RunArgs& args, Diagnostics& diag) {
    const bool on_gpu = args.stream != nullptr && args.stream->is_gpu();
    if (on_gpu != (regions_.gpu() != nullptr)) {
      return diag.fail(Code::InvalidPlan,
                       "the regions of layer '{}' are for another device than the engine",
                       regions_.node);
    }
    if (!on_gpu) return {};
    if (args.stream->state() == device::Stream::State::Capturing) {
      return diag.fail(Code::Unsupported,
                       "which way a loop or conditional goes is read from the GPU while it runs, "
                       "which a graph cannot hold: do not capture runs of this engine");
    }
    mover_.use(*args.stream);
    return {};
  }

  Words words_;
};

}  // namespace tenon::control
