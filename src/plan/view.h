// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An engine file, read in place: verified once as if an enemy had written it, then trusted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/dims.h"
#include "base/result.h"
#include "kernel/record.h"
#include "plan/format.h"
#include "plan/plan.h"

namespace tenon::plan {

namespace fb {  // generated from program.fbs; known to plan/ alone
struct Program;
struct Span;
}  // namespace fb

/// Shape programs that stand side by side: one an axis, or one an element.
class CodeList {
 public:
  CodeList() = default;
  CodeList(const fb::Span* codes, uint32_t count, const int64_t* words) noexcept
      : codes_(codes), count_(count), words_(words) {}
  [[nodiscard]] size_t size() const noexcept { return count_; }
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] std::span<const int64_t> operator[](size_t i) const noexcept;

 private:
  const fb::Span* codes_ = nullptr;
  uint32_t count_ = 0;
  const int64_t* words_ = nullptr;
};

// What plan.h's structs hold, seen in the file. Texts are followed by a zero byte.

struct TensorView {
  std::string_view name;
  DType dtype = DType::F32;
  kernel::Layout layout;
  float scale = 0;
  Place place = Place::Arena;
  uint64_t offset = 0, bytes = 0;
  uint32_t producer = kNoStep;  ///< the step that writes it
  CodeList shape, content;
};

struct SymbolView {
  std::string_view name;
  SymbolSource source = SymbolSource::InputExtent;
  uint32_t tensor = 0, axis = 0, step = 0;
  std::span<const int64_t> upper;  ///< code; empty unless the source is SizeTensor
};

struct StepView {
  std::string_view name, family, kernel;
  uint32_t version = 1, flags = 0;
  int32_t tactic = 0, threads = 1;
  std::span<const std::byte> params;
  std::string_view plugin, plugin_version, plugin_namespace, plugin_library, metadata;
  std::span<const uint32_t> inputs, outputs;
  uint64_t workspace_bytes = 0, workspace_offset = 0;
  uint32_t source_count = 0, packed_count = 0;  ///< see View::source, View::packed
  uint32_t stream = 0;
};

struct RangeView {
  uint32_t tensor = 0;
  Dims min, opt, max;
  std::span<const int64_t> min_values, opt_values, max_values;
};

struct TargetView {
  std::string_view name;
  uint32_t isa = 0;
  int32_t cores = 1;
  uint32_t l1d_bytes = 0, l2_bytes = 0;
  uint64_t l3_bytes = 0;
  device::Kind kind = device::Kind::Cpu;
  device::GpuFacts gpu;
};

struct DebugView {
  std::string_view name;
  uint32_t tensor = 0;
  bool unfused = false;
};

struct LibraryView {
  std::string_view name;
  std::array<uint64_t, 2> digest{};
  std::span<const std::byte> bytes;  ///< empty when it does not travel inside the engine
};

struct OpenOptions {
  /// Also compare the checksums of constants and kernels: reads every byte of the weights.
  bool verify_weights = false;
  /// Only to look at: `bytes` may begin at any multiple of 8, and blobs are not aligned for use.
  bool inspect_only = false;
  /// Accept a file without weights, too, and check no more than its frame: of the view only
  /// section(), bytes() and is_stripped() may be asked.
  bool frame_only = false;
};

/// Where in the program a refusal arose: "tensor" 12. `kind` is a literal, null when the refusal is
/// about the file as a whole.
struct Culprit {
  const char* kind = nullptr;
  size_t index = 0;
};

/// True if the bytes begin as an engine file without weights does. Any alignment.
bool begins_stripped(std::span<const std::byte> bytes) noexcept;

/// A verified engine file. Cheap to copy; the bytes must outlive it and must not change. Safe to
/// share between threads. Never allocates or throws. Indices given to it must be below the counts.
class View {
 public:
  /// Refuses, with InvalidPlan (Unsupported for a format version that is not ours) and a literal
  /// that says why, whatever is not exactly an engine file. `bytes` must begin at a multiple of 64.
  static Result<View> open(std::span<const std::byte> bytes, const OpenOptions& options = {},
                           Culprit* culprit = nullptr) noexcept;

  /// Compares the checksums of the weight sections, as OpenOptions::verify_weights does.
  [[nodiscard]] Status verify_weights() const noexcept;

  [[nodiscard]] std::string_view name() const noexcept;
  [[nodiscard]] Capability capability() const noexcept;
  [[nodiscard]] TargetView target() const noexcept;
  [[nodiscard]] uint32_t isa_needed() const noexcept;
  [[nodiscard]] uint64_t arena_bytes() const noexcept;
  [[nodiscard]] uint8_t profiling_verbosity() const noexcept;
  [[nodiscard]] uint8_t hardware_compatibility() const noexcept;

  [[nodiscard]] size_t symbol_count() const noexcept;
  [[nodiscard]] SymbolView symbol(size_t i) const noexcept;
  [[nodiscard]] size_t tensor_count() const noexcept;
  [[nodiscard]] TensorView tensor(size_t i) const noexcept;
  [[nodiscard]] std::span<const uint32_t> inputs() const noexcept;
  [[nodiscard]] std::span<const uint32_t> outputs() const noexcept;
  [[nodiscard]] size_t step_count() const noexcept;
  [[nodiscard]] StepView step(size_t i) const noexcept;
  /// The name of the i-th model node the step came from.
  [[nodiscard]] std::string_view source(size_t step, size_t i) const noexcept;
  [[nodiscard]] kernel::RecordView::Blob packed(size_t step, size_t i) const noexcept;
  [[nodiscard]] size_t profile_count() const noexcept;
  /// What profile `profile` allows for network input `input`.
  [[nodiscard]] RangeView range(size_t profile, size_t input) const noexcept;

  /// Tensors for listeners.
  [[nodiscard]] size_t debug_count() const noexcept;
  [[nodiscard]] DebugView debug(size_t i) const noexcept;

  /// Plugin libraries that the build used. Whether bytes and digest belong together is not checked.
  [[nodiscard]] size_t library_count() const noexcept;
  [[nodiscard]] LibraryView library(size_t i) const noexcept;

  /// True if the weights were left out; only with OpenOptions::frame_only.
  [[nodiscard]] bool is_stripped() const noexcept;
  /// A section's bytes.
  [[nodiscard]] std::span<const std::byte> section(Section section) const noexcept {
    return sections_[static_cast<size_t>(section)];
  }
  [[nodiscard]] std::span<const std::byte> constants() const noexcept {
    return section(Section::Constants);
  }
  /// JSON about the build, empty when stripped.
  [[nodiscard]] std::string_view record() const noexcept;
  /// What builder/refit.h reads, empty when weights cannot be replaced.
  [[nodiscard]] std::span<const std::byte> refit() const noexcept;
  /// What a safe engine was built from, for the consistency checker; empty for standard engines.
  [[nodiscard]] std::span<const std::byte> network() const noexcept {
    return section(Section::Network);
  }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  View() = default;
  static Status frame(std::span<const std::byte> bytes, const OpenOptions& options,
                      View& out) noexcept;

  std::span<const std::byte> bytes_;
  std::span<const std::byte> sections_[kSectionCount];
  const fb::Program* program_ = nullptr;
};

}  // namespace tenon::plan
