// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a V2 plugin writes into an engine.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "NvInfer.h"

namespace shipped {

/// Little-endian: "SHP1", the number of inputs that the plugin was configured for, and the number
/// of fields, 32 bits each; then of each field the length of its name with the NUL, its type and
/// its length, 32 bits each, its name and its values.
struct SavedState {
  uint32_t inputs = 0;
  std::vector<nvinfer1::PluginField> fields;  ///< names and values lie in what was read

  size_t bytes() const noexcept;
  /// Writes bytes() bytes.
  void write(void* buffer) const noexcept;

  /// Nothing when the bytes are not what write() makes, to the last one. They may be anything, are
  /// not owned and need no alignment.
  static std::optional<SavedState> read(std::span<std::byte const> bytes);
};

}  // namespace shipped
