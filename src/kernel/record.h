// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What a plan keeps of a chosen kernel: enough to make it again in another process.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/bytes.h"
#include "base/diagnostics.h"
#include "kernel/instance.h"

namespace tenon::kernel {

/// Name of an implementation. Stable: it stands in engine files and timing caches.
struct KernelId {
  std::string family;    ///< the backend ("ref", "simd", "dnnl"), or "plugin.v3", …
  std::string name;      ///< "convolution_nhwc"; for plugins the plugin's name
  uint32_t version = 1;  ///< raised whenever records or results change meaning
  [[nodiscard]] std::string text() const {
    return family + "/" + name + "@" + std::to_string(version);
  }
  friend bool operator==(const KernelId&, const KernelId&) = default;
};

/// A constant in a kernel's own layout. `layout` describes it (library version, ISA, block sizes):
/// at load the kernel derives its own and compares byte by byte.
struct PackedBlob {
  Bytes layout;
  Bytes data;
};

/// Owned form, made at build.
struct Record {
  KernelId id;
  Bytes params;  ///< the kernel's own bytes; built-in kernels: ops::pack(op) first
  std::vector<PackedBlob> packed;
  int32_t tactic = 0;
  int32_t threads = 1;
  std::string plugin_version, plugin_namespace;  ///< plugins only
  std::string plugin_library;                    ///< file name the creator came from, a hint only
  std::string metadata;                          ///< for the inspector
  uint32_t isa = 0;                              ///< device::Isa bits without which it cannot run
};

/// The same, viewing an engine file or a Record. Views live as long as the engine.
struct RecordView {
  struct Blob {
    std::span<const std::byte> layout, data;  ///< data is 64-byte aligned
  };
  std::string_view family, name;
  uint32_t version = 1;
  std::span<const std::byte> params;
  std::span<const Blob> packed;
  int32_t tactic = 0, threads = 1;
  std::string_view plugin_version, plugin_namespace, plugin_library;
  std::string_view node_name;  ///< for messages and plugin layer names
  /// Greatest shapes the step will see.
  std::span<const TensorDesc> inputs, outputs;
  /// Names of the tensors, for messages; empty, or as many as inputs and outputs.
  std::span<const std::string_view> input_names = {}, output_names = {};
  /// 1 for an output whose extents the run itself finds out; empty: none.
  std::span<const uint8_t> open_outputs = {};
};

/// Keeps a Record's blobs aligned and gives the view of it.
class RecordHolder {
 public:
  RecordHolder(const Record& record, std::string_view node_name, std::span<const TensorDesc> inputs,
               std::span<const TensorDesc> outputs);
  RecordHolder(const RecordHolder&) = delete;
  RecordHolder& operator=(const RecordHolder&) = delete;
  [[nodiscard]] const RecordView& view() const noexcept { return view_; }

 private:
  Record record_;
  std::string node_name_;
  std::vector<TensorDesc> inputs_, outputs_;
  std::vector<AlignedBuffer> data_;
  std::vector<RecordView::Blob> blobs_;
  RecordView view_;
};

}  // namespace tenon::kernel
