// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernel of a trial, wherever it runs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/loader.h"
#include "tune/timer.h"

namespace tenon::tune {

/// Loads a trial's kernel, and keeps what comes of it. Base of what runs trials; lives no longer
/// than trial and loaders.
class TrialKernel {
 public:
  [[nodiscard]] bool ok() const noexcept { return timing_.status.ok(); }
  [[nodiscard]] Timing& timing() noexcept { return timing_; }
  /// Puts a failure in timing(); an empty reason is what the status says.
  void fail(Status status, std::string reason);

 protected:
  explicit TrialKernel(const Trial& trial) : trial_(&trial) {}
  ~TrialKernel() = default;

  /// Takes the shapes, and makes the kernel and an instance of it; a live kernel is there already.
  /// False after a failure, which is put in timing().
  bool load(const kernel::LoaderTable& loaders, const kernel::ContextResources& resources,
            uint64_t workspace_limit);
  /// Has `memory` reserve what inputs and outputs take; constants are elsewhere.
  template <class Memory>
  void reserve(Memory& memory) const {
    for (size_t i = 0; i < trial_->inputs.size(); ++i) {
      const TrialInput& input = trial_->inputs[i];
      if (!input.present || is_constant(i)) continue;
      memory.reserve(false, i, input.desc.dtype, static_cast<size_t>(input.greatest.bytes()));
    }
    for (size_t i = 0; i < trial_->outputs.size(); ++i) {
      const kernel::TensorDesc& greatest = trial_->greatest_outputs[i];
      memory.reserve(true, i, greatest.dtype, static_cast<size_t>(greatest.bytes()));
    }
  }
  /// True if an output shares this input's memory, or the other way round.
  [[nodiscard]] bool shared(size_t position, bool output) const noexcept;
  /// True if the input holds the constant's values, which nothing overwrites.
  [[nodiscard]] bool is_constant(size_t input) const noexcept {
    return !trial_->inputs[input].values.empty() && !shared(input, false);
  }
  /// A name for people; empty where the trial has none.
  [[nodiscard]] std::string output_name(size_t output) const;

  const Trial* trial_;
  Timing timing_;
  std::optional<kernel::RecordHolder> holder_;
  std::unique_ptr<kernel::Loaded> owned_;
  kernel::Loaded* loaded_ = nullptr;
  std::unique_ptr<kernel::Instance> instance_;
  std::vector<kernel::TensorDesc> input_descs_, output_descs_, greatest_inputs_;
};

}  // namespace tenon::tune
