// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugin fields out of an engine file.
#pragma once

#include <cstddef>
#include <span>

#include "NvInferSafePlugin.h"
#include "base/array.h"
#include "base/diagnostics.h"

namespace tenon::safe {

/// Fields as FieldStore::pack (plugin/adapt/fields.h) writes them, copied and aligned for any type;
/// text ends with a zero byte. Move-only; the collection is valid while it lives and stays put.
class Fields {
 public:
  /// Trusts nothing. `layer` is named in refusals.
  static Status read(std::span<const std::byte> bytes, std::string_view layer, Diagnostics& diag,
                     Fields& out) noexcept;
  [[nodiscard]] const nvinfer1::PluginFieldCollection* collection() noexcept;

 private:
  Array<std::byte> memory_;
  Array<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_{};
};

}  // namespace tenon::safe
