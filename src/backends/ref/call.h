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
  [[nodiscard]] T* out(size_t i = 0) const noexcept {
    return static_cast<T*>(args.outputs[i]);
  }
  /// Element `at` of an input of indices, i32 or i64.
  [[nodiscard]] int64_t index(size_t i, int64_t at) const noexcept {
    return in_type(i) == DType::I64 ? in<int64_t>(i)[at] : in<int32_t>(i)[at];
  }
  /// Writes element `at` of an output of indices.
  void put_index(size_t i, int64_t at, int64_t value) const noexcept {
    if (output_descs[i].dtype == DType::I64) {
      out<int64_t>(i)[at] = value;
    } else {
      out<int32_t>(i)[at] = static_cast<int32_t>(value);
    }
  }
};

}  // namespace tenon::ref
