// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What follows a library's kernel where the library cannot do it: own code on its output, in place.
#pragma once

#include <memory>

#include "kernel/candidate.h"

namespace tenon::cuda {

/// y = activation(y + addends …). Part of the record of a library's kernel.
struct Tail {
  struct Addend {
    uint32_t input = 0;       ///< of the kernel
    bool by_channel = false;  ///< one number a channel, though its extents do not say so
  };
  std::vector<Addend> addends;
  ops::Activation activation{ops::ActivationKind::None};
  [[nodiscard]] bool empty() const noexcept {
    return addends.empty() && activation.kind == ops::ActivationKind::None;
  }
};

/// Appends a tail's parameters to `parameters`, and its code to `packed`. Output 0 of the node in
/// `configuration` is y.
Status write_tail(const Tail& tail, const kernel::NodeInfo& node,
                  const kernel::Configuration& configuration, const device::Target& target,
                  ByteWriter& parameters, std::vector<kernel::PackedBlob>& packed,
                  Diagnostics& diag);

/// A tail of an engine.
class LoadedTail {
 public:
  /// Reads what write_tail wrote; its code is blob `blob` of the record.
  static Result<LoadedTail> read(ByteReader& reader, const kernel::RecordView& record, size_t blob,
                                 Diagnostics& diag);
  [[nodiscard]] bool empty() const noexcept { return loaded_ == nullptr; }
  [[nodiscard]] const std::vector<Tail::Addend>& addends() const noexcept { return addends_; }
  Result<std::unique_ptr<kernel::Instance>> create_instance() const;

 private:
  std::vector<Tail::Addend> addends_;
  std::unique_ptr<kernel::Loaded> loaded_;
};

/// A tail of a context.
class TailInstance {
 public:
  static Result<TailInstance> make(const LoadedTail& tail);
  Status on_shapes(std::span<const kernel::TensorDesc> inputs,
                   std::span<const kernel::TensorDesc> outputs) noexcept;
  Status run(const kernel::RunArgs& args) noexcept;

 private:
  std::vector<Tail::Addend> addends_;
  std::unique_ptr<kernel::Instance> instance_;
  std::vector<kernel::TensorDesc> descs_;
  std::vector<const void*> inputs_;
};

}  // namespace tenon::cuda
