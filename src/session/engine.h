// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An engine: a verified engine file with its kernels loaded, shared by contexts and threads.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/file.h"
#include "device/gpu.h"
#include "kernel/loader.h"
#include "plan/view.h"
#include "session/memory.h"

namespace tenon::session {

struct Schedule;
struct StepStreams;
class Records;

struct LoadOptions {
  /// Compare the checksums of the weights too: reads every byte of them.
  bool verify_weights = false;
  /// Where load_copy's copy and the contexts' activation memory come from, for a GPU's engine its
  /// constants and activations; outlives the engine and its contexts. Null: the system.
  MemorySource* memory = nullptr;
  /// Accept a safe engine, as the proxy does; without it one is refused. Its weights are verified.
  bool safe = false;
  /// The weights are not there: no kernel is loaded and no context can be made.
  bool without_weights = false;
};

/// A network input or output. Views live as long as the engine; names are followed by a zero byte.
struct IoTensor {
  std::string_view name;
  DType dtype = DType::F32;
  kernel::Layout layout{};
  float scale = 0;
  bool is_input = false;
  bool is_shape = false;   ///< its content decides shapes: read on the host before a run
  Dims dims{};             ///< -1 where the extent is not fixed
  uint64_t max_bytes = 0;  ///< greatest storage over all profiles
  uint32_t tensor = 0;     ///< its number in the plan
};

enum class Select : uint8_t { Min, Opt, Max };

/// The machine that an engine file was built for.
device::Target built_for(const plan::View& plan);

/// Immutable once loaded; every member may be called from any thread.
class Engine {
 public:
  /// Loads from memory that the engine takes over; weights are used in place. Refuses, saying why:
  /// what is not an engine file of ours, damage, an instruction set `target` lacks, a GPU that this
  /// machine lacks, a kernel that `loaders` does not know or that refuses its record. `loaders` is
  /// used during the call only. An engine for a GPU runs on the thread's current one, else on
  /// TENON_DEVICE=cuda:N, else on GPU 0.
  static Result<std::shared_ptr<const Engine>> load(MappedFile file,
                                                    const kernel::LoaderTable& loaders,
                                                    const device::Target& target,
                                                    const LoadOptions& options, Diagnostics& diag);
  static Result<std::shared_ptr<const Engine>> load(AlignedBuffer bytes,
                                                    const kernel::LoaderTable& loaders,
                                                    const device::Target& target,
                                                    const LoadOptions& options, Diagnostics& diag);
  /// The same from a copy of `bytes`, which may be freed afterwards.
  static Result<std::shared_ptr<const Engine>> load_copy(std::span<const std::byte> bytes,
                                                         const kernel::LoaderTable& loaders,
                                                         const device::Target& target,
                                                         const LoadOptions& options,
                                                         Diagnostics& diag);
  /// The same from bytes of another, 64-byte aligned, which outlive the engine.
  static Result<std::shared_ptr<const Engine>> load_in_place(std::span<const std::byte> bytes,
                                                             const kernel::LoaderTable& loaders,
                                                             const device::Target& target,
                                                             const LoadOptions& options,
                                                             Diagnostics& diag);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// The whole file, as loaded.
  [[nodiscard]] const plan::View& plan() const noexcept { return view_; }
  [[nodiscard]] std::string_view name() const noexcept { return view_.name(); }
  /// JSON about the build; empty when it was stripped.
  [[nodiscard]] std::string_view record_json() const noexcept { return view_.record(); }

  /// Network inputs, then outputs, each in the network's order. Everything that takes an `io`
  /// numbers this list.
  [[nodiscard]] std::span<const IoTensor> io() const noexcept { return io_; }
  [[nodiscard]] size_t input_count() const noexcept { return view_.inputs().size(); }
  [[nodiscard]] std::optional<size_t> find_io(std::string_view name) const noexcept;
  /// The known names, for messages: "'x', 'y'".
  [[nodiscard]] std::string io_names() const;

  [[nodiscard]] size_t profile_count() const noexcept { return view_.profile_count(); }
  /// Extents that profile `profile` gives input `io`. Both must be in range.
  [[nodiscard]] Dims profile_dims(size_t profile, size_t io, Select select) const noexcept;
  /// Content that the profile gives shape input `io`; empty for other inputs.
  [[nodiscard]] std::span<const int64_t> profile_values(size_t profile, size_t io,
                                                        Select select) const noexcept;

  /// The GPU it runs on; null: the processor.
  [[nodiscard]] const device::Gpu* gpu() const noexcept { return gpu_; }
  /// A caller's stream, for runs. Fails as device::Stream::from_handle does on a processor.
  Status stream(void* handle, device::Stream& out) const noexcept;

  /// Auxiliary streams that its steps are spread over beside the caller's; 0 on a processor.
  [[nodiscard]] size_t aux_stream_count() const noexcept;

  /// Names of the steps of other streams that step `step` waits for.
  [[nodiscard]] std::vector<std::string_view> awaited_by(size_t step) const;

  /// Where contexts have their activations from: LoadOptions::memory; null: the system.
  [[nodiscard]] MemorySource* memory_source() const noexcept { return memory_; }
  /// Activation memory a context needs, in bytes.
  [[nodiscard]] uint64_t device_memory_bytes() const noexcept { return view_.arena_bytes(); }
  /// False with LoadOptions::without_weights.
  [[nodiscard]] bool has_weights() const noexcept { return kernels_.size() == step_count(); }
  /// Bytes of weights: constants and packed kernels.
  [[nodiscard]] uint64_t weight_bytes() const noexcept;

  /// Steps, for inspectors: see plan::View::step and source.
  [[nodiscard]] size_t step_count() const noexcept { return view_.step_count(); }

 private:
  friend class Context;
  friend class Shapes;

  explicit Engine(const plan::View& view);
  /// Bytes of another.
  struct Borrowed {
    std::span<const std::byte> all;
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return all; }
  };
  template <class Owner>
  static Result<std::shared_ptr<const Engine>> load_owned(Owner owner,
                                                          const kernel::LoaderTable& loaders,
                                                          const device::Target& target,
                                                          const LoadOptions& options,
                                                          Diagnostics& diag);
  Status finish(const kernel::LoaderTable& loaders, Diagnostics& diag);
  Status upload_constants(Diagnostics& diag);
  /// Where kernels find the constants.
  [[nodiscard]] const std::byte* constants() const noexcept {
    return gpu_ != nullptr ? gpu_constants_ : view_.constants().data();
  }
  void list_io();

  std::variant<std::monostate, MappedFile, AlignedBuffer, Memory, Borrowed>
      owner_;  ///< of the bytes
  MemorySource* memory_ = nullptr;
  const device::Gpu* gpu_ = nullptr;
  Memory gpu_memory_;
  const std::byte* gpu_constants_ = nullptr;  ///< in gpu_memory_
  plan::View view_;
  std::vector<IoTensor> io_;
  std::unique_ptr<const Schedule> schedule_;
  std::unique_ptr<const StepStreams> streams_;
  std::unique_ptr<const Records> records_;
  std::vector<std::unique_ptr<kernel::Loaded>> kernels_;  ///< one a step
};

}  // namespace tenon::session
