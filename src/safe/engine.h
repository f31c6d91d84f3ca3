// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the clones of a graph share: the engine file, verified, and its kernels.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "base/array.h"
#include "base/diagnostics.h"
#include "kernel/instance.h"
#include "plan/view.h"

namespace tenon::safe {

/// Immutable after it is made, and safe to share between threads. Counts its users.
class Engine final : public Allocated {
 public:
  /// Copies the file and verifies all of it, every checksum too. Refuses engines that are not safe,
  /// or need what this machine lacks. Has one user.
  static Status create(std::span<const std::byte> file, Diagnostics& diag, Engine*& out) noexcept;
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void add_user() noexcept { users_.fetch_add(1, std::memory_order_relaxed); }
  /// The last user's drop deletes it.
  void drop_user() noexcept {
    if (users_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

  [[nodiscard]] const plan::View& view() const noexcept { return *view_; }
  /// Null for the step of a plugin.
  [[nodiscard]] kernel::Loaded* loaded(size_t step) const noexcept { return loaded_[step]; }
  [[nodiscard]] size_t plugin_count() const noexcept { return plugins_; }

  /// Network inputs, then outputs: their tensors.
  [[nodiscard]] size_t io_count() const noexcept {
    return view_->inputs().size() + view_->outputs().size();
  }
  [[nodiscard]] uint32_t io_tensor(size_t io) const noexcept {
    const auto inputs = view_->inputs();
    return io < inputs.size() ? inputs[io] : view_->outputs()[io - inputs.size()];
  }
  [[nodiscard]] bool is_input(size_t io) const noexcept { return io < view_->inputs().size(); }
  /// The io of a tensor that has one.
  [[nodiscard]] uint32_t find_io(uint32_t tensor) const noexcept;

  /// The tensor in a profile. Fails when its extents contradict its memory or the profile.
  Status describe(size_t profile, uint32_t tensor, Diagnostics& diag,
                  kernel::TensorDesc& out) const noexcept;
  /// The number that `code` stands for in a profile.
  Status evaluate(size_t profile, std::span<const int64_t> code, int64_t& number) const noexcept;

 private:
  Engine() = default;
  Status open(std::span<const std::byte> file, Diagnostics& diag) noexcept;
  Status read_symbols(Diagnostics& diag) noexcept;
  Status load(size_t step, Diagnostics& diag) noexcept;

  std::atomic<int32_t> users_{1};
  std::byte* file_ = nullptr;
  std::optional<plan::View> view_;
  Array<int64_t> symbols_;  ///< [profile][symbol]
  Array<kernel::Loaded*> loaded_;
  size_t plugins_ = 0;
};

/// A step's record as kernels read it, with what it views.
struct StepRecord {
  kernel::RecordView view;
  Array<kernel::RecordView::Blob> packed;
  Array<kernel::TensorDesc> inputs, outputs;
};
/// Tensors as in profile 0.
Status read_record(const Engine& engine, size_t step, Diagnostics& diag, StepRecord& out) noexcept;

}  // namespace tenon::safe
