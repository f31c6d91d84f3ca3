// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One run, as a reference kernel sees it.
#pragma once

#include <cstdint>
#include <span>

#include "kernel/instance.h"

namespace tenon::ref {

/// Descriptors and pointers of one run. Shapes have been checked against the operator's rule;
/// tensors are row-major.
struct Call {
  std::span<const kernel::TensorDesc> input_descs, output_descs;
  std::span<const uint8_t> present;  ///< of the inputs: 0 for an absent optional one
  const kernel::RunArgs& args;

  [[nodiscard]] bool has(size_t i) const noexcept { return i < present.size() && present[i] != 0; }
  [[nodiscard]] size_t input_count() const noexcept { return input_descs.size(); }
  [[nodiscard]] const Dims& in_dims(size_t i) const noexcept { return input_descs[i].dims; }
  [[nodiscard]] const Dims& out_dims() const noexcept { return output_descs[0].dims; }
  [[nodiscard]] DType in_type(size_t i) const noexcept { return input_descs[i].dtype; }
  [[nodiscard]] DType out_type() const noexcept { return output_descs[0].dtype; }
  template <class T>
  [[nodiscard]] const T* in(size_t i) const noexcept {
    return static_cast<const T*>(args.inputs[i]);
  }
  /// Null when the optional input is absent.
  template <class T>
  [[nodiscard]] const T* optional(size_t i) const noexcept {
    return has(i) ? in<T>(i) : nullptr;
  }
  template <class T>
  [[nodiscard]] T* out() const noexcept {
    return static_cast<T*>(args.outputs[0]);
  }
};

}  // namespace tenon::ref
