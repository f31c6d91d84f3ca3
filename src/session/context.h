// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One execution of an engine at a time: its memory, shapes, addresses and kernel instances.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/aligned_buffer.h"
#include "base/diagnostics.h"
#include "base/thread_scope.h"
#include "runtime/step_loop.h"
#include "session/engine.h"
#include "session/hooks.h"
#include "session/shapes.h"
#include "session/stream_run.h"

namespace tenon::session {

struct Action;
struct GraphKey;
struct Segment;
class GpuSide;

struct ContextOptions {
  /// Handed to every kernel instance; outlives the context.
  kernel::ContextResources resources;
  /// False: set_device_memory before the first run.
  bool own_memory = true;
};

/// A context is used by one thread at a time; different contexts of one engine run side by side.
/// `io` numbers Engine::io(). A failed call leaves the context as it was; after a failed run the
/// outputs are undefined and the context may run again.
class Context {
 public:
  /// Makes the instances of all steps, and the memory unless the options say otherwise. Profile 0
  /// is chosen; inputs with fixed extents have their shape.
  static Result<std::unique_ptr<Context>> create(std::shared_ptr<const Engine> engine,
                                                 const ContextOptions& options, Diagnostics& diag);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  [[nodiscard]] const Engine& engine() const noexcept { return *engine_; }
  /// Goes on with another engine that differs in weights alone: plan().section(Program) is equal.
  /// Shapes, addresses and memory stay, captured graphs stay valid; instances are made anew. No run
  /// is under way. After a failure the context cannot run any more.
  Status adopt(std::shared_ptr<const Engine> engine, Diagnostics& diag);

  /// Chooses the profile that later shapes are checked against; forgets shapes that are not fixed.
  Status set_profile(size_t profile, Diagnostics& diag);
  [[nodiscard]] size_t profile() const noexcept { return shapes_.profile(); }

  /// Extents of an input: must lie in the profile's range. Row-major logical extents, not bytes.
  Status set_input_shape(size_t io, const Dims& dims, Diagnostics& diag);
  /// Memory of an input or output, owned by the caller until it is replaced. Host memory on CPU
  /// engines, else the GPU's, but for shape inputs, which the processor reads. An input is never
  /// written. Null unbinds.
  Status set_tensor_address(size_t io, void* address, Diagnostics& diag);
  [[nodiscard]] void* tensor_address(size_t io) const noexcept { return addresses_[io]; }
  /// Content of a shape input, copied: binds the input to memory of the context.
  Status set_input_values(size_t io, std::span<const int64_t> values, Diagnostics& diag);
  /// Null goes back to the bound address. The allocator outlives its use.
  Status set_output_allocator(size_t io, OutputAllocator* allocator, Diagnostics& diag);
  [[nodiscard]] OutputAllocator* output_allocator(size_t io) const noexcept {
    return allocators_[io];
  }

  /// Extents now; -1 where not known yet (an input shape is missing, or a size the run finds out).
  /// After a run, outputs have the extents of that run.
  [[nodiscard]] Dims tensor_shape(size_t io) const noexcept;
  /// Greatest storage of an output for the shapes now, data-dependent sizes at their bound, in
  /// bytes; for unknown shapes that of all profiles.
  [[nodiscard]] uint64_t max_output_bytes(size_t io) const noexcept;
  /// True if input `io` lacks its shape, or as a shape input its address.
  [[nodiscard]] bool is_unspecified(size_t io) const noexcept;
  /// Reads bound shape inputs, so that tensor_shape knows what follows from them; fails when a
  /// shape or content contradicts the profile or another input. Unspecified inputs are no failure.
  Status infer_shapes(Diagnostics& diag);

  /// Activation memory of the caller, 64-byte aligned, Engine::device_memory_bytes() or more; kept
  /// until replaced. Null with size 0 unbinds.
  Status set_device_memory(std::span<std::byte> memory, Diagnostics& diag);

  /// From now on the context's own activation memory comes from `source`, which outlives its use;
  /// null: from where the engine has its memory. What the context has goes back now, the new block
  /// is asked for in the next run, for its stream. Without effect on memory of the caller.
  void set_memory_source(MemorySource* source) noexcept;

  /// Streams of the caller's for the steps that later runs put beside its stream, in place of the
  /// context's own; those beyond Engine::aux_stream_count() are not used. Empty: own ones. Not
  /// owned; of the engine's GPU. Without effect on a processor.
  void set_aux_streams(std::span<void* const> streams);

  /// Threads and cores for the steps of later runs; kernels whose choice depends on the number of
  /// threads are prepared anew.
  void set_thread_limits(const ThreadLimits& limits);
  [[nodiscard]] const ThreadLimits& thread_limits() const noexcept { return limits_; }

  /// Null: no observer. Timing each step costs two clock readings a step.
  void set_observer(StepObserver* observer) noexcept { observer_ = observer; }
  [[nodiscard]] StepObserver* observer() const noexcept { return observer_; }

  /// Null: none. A run shows those of plan().debug(i) that are switched on, one after the other in
  /// the order of computing; such a run waits on busy streams, allocates where a layout must be
  /// changed, and cannot be captured.
  void set_tensor_listener(TensorListener* listener) noexcept { listener_ = listener; }
  void show_tensor(size_t debug, bool shown) noexcept { shown_[debug] = shown ? 1 : 0; }
  [[nodiscard]] bool shows_tensor(size_t debug) const noexcept { return shown_[debug] != 0; }

  /// Runs all steps. Shapes and bindings are checked, and kernels told, only when they changed
  /// since the last run; an unchanged run allocates nothing. A failure names tensor or layer.
  ///
  /// On an idle stream all is done on return, but what plugins put there. On a busy one the run is
  /// left there, with the addresses bound now, unless a plugin, an allocator, an observer or a
  /// shape input needs the caller's thread: then it waits for the stream first. A capturing stream
  /// records one node; a launch of the graph runs everything, plugins included, with the addresses
  /// of the capture, and fails if shapes were changed since. What a run left on a stream says goes
  /// to diag's sink, which outlives the context.
  ///
  /// On a GPU everything goes on the stream, capturing or not, and nothing waits for it but a size
  /// that a run finds out, an observer and a listener. From the second run with the same shapes and
  /// addresses on, steps that allow it go as one graph.
  Status run(device::Stream stream, Diagnostics& diag);

 private:
  friend struct StreamRun;

  explicit Context(std::shared_ptr<const Engine> engine);
  Status create_instances(Diagnostics& diag);
  Status check_io(size_t io, bool want_input, Diagnostics& diag) const;
  void bind_constants() noexcept;
  void bind_arena(std::byte* arena) noexcept;
  void bind_io(std::span<void* const> addresses) noexcept;
  void touch_plugins() noexcept;
  [[nodiscard]] void* address_of(uint32_t tensor) const noexcept;

  /// Waits for runs in flight before it changes what they stand on.
  Status prepare(const device::Stream& stream, std::unique_lock<std::mutex>& lock,
                 Diagnostics& diag);
  [[nodiscard]] bool needs_caller() const noexcept;
  Status allocate_arena(void* stream, Diagnostics& diag);
  Status need_arena(const device::Stream& stream, Diagnostics& diag);
  Status leave_on(const device::Stream& stream, bool captured, Diagnostics& diag);
  Status run_later(const StreamRun& run, void* stream, Diagnostics& diag);
  Status go(std::span<void* const> addresses, device::Stream stream, Diagnostics& diag);
  void settle(std::unique_lock<std::mutex>& lock) const;
  Status resolve(Diagnostics& diag);
  Status unbound(size_t io, Diagnostics& diag) const;
  Status check_bound(Diagnostics& diag) const;
  Status allocate_outputs(const device::Stream& stream, Diagnostics& diag);
  Status refresh(uint32_t step, Diagnostics& diag);
  Status perform(const Action& action, const device::Stream& stream, Diagnostics& diag);
  Status write_content(uint32_t tensor, const device::Stream& stream, Diagnostics& diag);
  Status run_steps(device::Stream& stream, size_t first, size_t last, Diagnostics& diag);
  // Runs with a listener: show.cc.
  [[nodiscard]] bool is_watched() const noexcept;
  Status go_watched(device::Stream stream, Diagnostics& diag);
  Status show_results(uint32_t step, bool sizes_known, const device::Stream& stream,
                      Diagnostics& diag);
  Status show(size_t debug, const device::Stream& stream, Diagnostics& diag);
  // Runs on a GPU: gpu_run.cc.
  Status run_on_gpu(device::Stream stream, Diagnostics& diag);
  Status gpu_failed(int code, std::string_view what, Diagnostics& diag) const;
  Status check_reachable(size_t io, const void* address, Diagnostics& diag) const;
  Status check_readable(size_t io, Diagnostics& diag) const;
  Status stage_inputs(const device::Stream& stream, Diagnostics& diag);
  Status fetch_size(const plan::SymbolView& size, const device::Stream& stream,
                    std::span<std::byte> to, Diagnostics& diag);
  Status copy_content(uint32_t id, const std::byte* from, size_t bytes,
                      const device::Stream& stream, Diagnostics& diag);
  Status run_gpu_steps(device::Stream& stream, size_t first, size_t last, Diagnostics& diag);
  Status run_segment(device::Stream& stream, const GraphKey& key, size_t number, Diagnostics& diag);
  void* capture_segment(const Segment& segment, Diagnostics& diag);
  Status run_beside(device::Stream& stream, size_t first, size_t last, size_t& failed) noexcept;
  Status run_observed_on_gpu(device::Stream& stream, size_t first, size_t last, Diagnostics& diag);
  Status report_times(const device::Stream& stream, Diagnostics& diag);
  void notify_outputs() noexcept;
  Status run_step_range(device::Stream& stream, size_t first, size_t last, Diagnostics& diag);
  Status explain(size_t step, Status status, std::string_view what, Diagnostics& diag) const;

  std::shared_ptr<const Engine> engine_;
  ThreadLimits limits_;
  kernel::ContextResources resources_;
  Shapes shapes_;
  MemorySource* source_ = nullptr;  ///< of own_memory_
  Memory own_memory_;
  bool owns_memory_ = false;  ///< false: the caller gives it
  std::byte* arena_ = nullptr;

  std::unique_ptr<GpuSide> gpu_;  ///< null on a CPU
  std::vector<void*> addresses_;  ///< one an io, for the next run
  std::vector<void*> bound_;      ///< one an io, of the run that goes on
  std::vector<OutputAllocator*> allocators_;
  std::vector<AlignedBuffer> values_;  ///< one an input, see set_input_values

  std::vector<std::unique_ptr<kernel::Instance>> instances_;
  std::vector<kernel::TensorDesc> descs_;  ///< by slot, see Schedule
  std::vector<void*> pointers_;            ///< by slot
  std::vector<runtime::PreparedStep> steps_;
  std::vector<uint8_t> stale_;    ///< steps whose instance awaits on_shapes
  bool shapes_changed_ = true;    ///< since resolve()
  bool refresh_all_ = true;       ///< since all steps were refreshed
  bool plugins_touched_ = false;  ///< since plugin steps were refreshed
  uint64_t epoch_ = 0;            ///< counts changes of shapes; guarded by the anchor
  std::shared_ptr<Anchor> anchor_;
  runtime::StepLoop loop_;
  StepObserver* observer_ = nullptr;
  TensorListener* listener_ = nullptr;
  std::vector<uint8_t> shown_;  ///< one a debug tensor
  std::vector<std::byte>
      row_major_;  ///< a shown tensor's elements, where it lies in another layout
};

}  // namespace tenon::session
