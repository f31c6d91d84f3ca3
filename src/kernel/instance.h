// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The two run-time objects of a kernel: Loaded belongs to an engine, Instance to a context.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "device/stream.h"
#include "kernel/tensor_desc.h"

namespace tenon::kernel {

/// One run of a step. Arrays have one entry an input or output, absent optional inputs and absorbed
/// constants being null. Pointers are 64-byte aligned unless the caller bound them.
struct RunArgs {
  const TensorDesc* input_descs;
  const TensorDesc* output_descs;
  const void* const* inputs;
  void* const* outputs;
  void* workspace;
  device::Stream* stream;
};

/// What an Instance may use of its context. Owned by the context, lives longer than the Instance.
struct ContextResources {
  void* plugin_context =
      nullptr;  ///< nvinfer1::IPluginResourceContext of the context, for plugin/adapt
};

/// A kernel in one execution context. One thread at a time.
class Instance {
 public:
  virtual ~Instance() = default;
  /// Called before the first run and after any change of shapes or bindings. May allocate.
  virtual Status on_shapes(std::span<const TensorDesc> inputs,
                           std::span<const TensorDesc> outputs) noexcept = 0;
  /// Computes. Returns Ok, or what went wrong (a plugin's non-zero code, an index out of range).
  /// Never throws; kernels without Flag::Allocates never allocate.
  virtual Status run(const RunArgs& args) noexcept = 0;
  /// Where the last failure of this instance left words beyond Status::what; empty if nowhere.
  [[nodiscard]] virtual std::string_view last_error() const noexcept { return {}; }
};

/// A kernel of one engine: made from a record, shared by the contexts. create_instance and
/// workspace may be called from several threads.
class Loaded {
 public:
  virtual ~Loaded() = default;
  /// Scratch bytes a run with these shapes needs; never more than for the record's greatest shapes.
  [[nodiscard]] virtual size_t workspace(std::span<const TensorDesc> inputs,
                                         std::span<const TensorDesc> outputs) const noexcept = 0;
  virtual Result<std::unique_ptr<Instance>> create_instance(const ContextResources& resources) = 0;
  /// What the kernel would write into an engine now, as text for people and for comparison; empty
  /// where it does not tell.
  [[nodiscard]] virtual std::string state() const { return {}; }
};

}  // namespace tenon::kernel
