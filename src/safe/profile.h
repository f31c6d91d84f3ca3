// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One IO profile of one graph, ready to run.
#pragma once

#include "NvInferSafeRuntime.h"
#include "base/array.h"
#include "runtime/step_loop.h"
#include "safe/engine.h"
#include "safe/plugin.h"

namespace tenon::safe {

/// The steps with the profile's shapes, bound to memory. Made once; a run takes no memory.
class PreparedProfile final : public Allocated {
 public:
  PreparedProfile() = default;
  ~PreparedProfile();
  PreparedProfile(const PreparedProfile&) = delete;
  PreparedProfile& operator=(const PreparedProfile&) = delete;

  /// `plugins`: one an engine's plugin step, in order; they outlive the profile, as the engine
  /// does.
  Status prepare(const Engine& engine, size_t profile, std::span<const PluginObject> plugins,
                 Diagnostics& diag) noexcept;
  /// Where intermediate tensors and workspaces lie: arena_bytes() of the view.
  void bind_arena(std::byte* arena) noexcept;

  /// All steps, with these addresses of inputs and outputs. `failed`: the step whose failure is
  /// returned.
  Status run(std::span<void* const> addresses, device::Stream& stream, size_t& failed) noexcept {
    return run(addresses, stream, 0, loop_.size(), failed);
  }
  /// Steps [first, last) of them alone.
  Status run(std::span<void* const> addresses, device::Stream& stream, size_t first, size_t last,
             size_t& failed) noexcept;

  /// Of an input or output.
  [[nodiscard]] const nvinfer2::safe::TensorDescriptor& io(size_t i) const noexcept {
    return io_[i];
  }

 private:
  /// A pointer that each run sets.
  struct Bound {
    size_t slot;
    uint32_t io;
  };
  /// A tensor whose numbers are known from the shapes.
  struct Content {
    uint32_t tensor;
    size_t offset;  ///< in content_memory_
    size_t bytes;
  };
  Status describe_io(Diagnostics& diag) noexcept;
  Status write_content(Diagnostics& diag) noexcept;
  Status add_slots(std::span<const uint32_t> tensors, Diagnostics& diag) noexcept;
  Status prepare_step(size_t step, const PluginObject* plugin, Diagnostics& diag) noexcept;
  Status make_instance(size_t step, const PluginObject* plugin, Diagnostics& diag) noexcept;
  [[nodiscard]] const Content* find_content(uint32_t tensor) const noexcept;

  const Engine* engine_ = nullptr;
  size_t profile_ = 0;
  Array<nvinfer2::safe::TensorDescriptor> io_;
  Array<Content> contents_;
  Array<std::byte> content_memory_;
  // By slot: a step's inputs, then its outputs.
  Array<uint32_t> tensors_;
  Array<kernel::TensorDesc> descs_;
  Array<void*> pointers_;
  Array<size_t> first_slots_;  ///< of each step
  Array<Bound> bound_;
  Array<kernel::Instance*> instances_;
  Array<runtime::PreparedStep> steps_;
  runtime::StepLoop loop_;
};

}  // namespace tenon::safe
