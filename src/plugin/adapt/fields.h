// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugin fields that own their memory: from a model's attributes, from a plugin, from an engine
// file.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "NvInferRuntime.h"
#include "base/aligned_buffer.h"
#include "base/bytes.h"
#include "base/result.h"
#include "ops/foreign.h"

namespace tenon::plugin {

/// Bytes that `length` elements of a field take; kUNKNOWN and kCHAR count bytes.
size_t field_bytes(nvinfer1::PluginFieldType type, int32_t length) noexcept;

/// Names and data of fields, deep-copied, aligned for any type. Move-only; the collection stays
/// valid while the store lives.
class FieldStore {
 public:
  FieldStore() = default;
  FieldStore(FieldStore&&) = default;
  FieldStore& operator=(FieldStore&&) = default;

  /// Copies what a plugin gives; null gives no fields. Fails on a negative length or null data with
  /// a length.
  static Result<FieldStore> copy(const nvinfer1::PluginFieldCollection* fields);
  /// What a creator understands of a node's attributes, in the creator's order: lists and scalars
  /// become kFLOAT32, kINT32 (narrowed) and kCHAR, tensors keep their type. An attribute that the
  /// node lacks is left out with a warning. Interface fact: the ONNX parser's table of field types.
  static Result<FieldStore> from_attributes(std::span<const ops::ForeignAttribute> attributes,
                                            const nvinfer1::PluginFieldCollection* understood,
                                            Diagnostics& diag);
  /// Reads what pack wrote; trusts nothing.
  static Result<FieldStore> unpack(std::span<const std::byte> bytes);

  /// Equal fields give equal bytes.
  [[nodiscard]] Bytes pack() const;
  /// JSON object of names and values, for people; raw bytes are given as a count.
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] const nvinfer1::PluginFieldCollection* collection() noexcept;

  void add(std::string_view name, nvinfer1::PluginFieldType type, int32_t length,
           std::span<const std::byte> data);

 private:
  struct Free {
    void operator()(std::byte* memory) const noexcept { std::free(memory); }
  };
  std::deque<std::string> names_;
  std::vector<std::unique_ptr<std::byte, Free>> data_;
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_{};
};

}  // namespace tenon::plugin
