// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Running the branch that the condition takes.
#include "control/region_run.h"

namespace tenon::control {

namespace {

using kernel::TensorDesc;

class Conditional final : public RegionInstance {
 public:
  explicit Conditional(const Regions& regions) : RegionInstance(regions) {}

 private:
  Status prepare(std::span<const TensorDesc> inputs, std::span<const TensorDesc> outputs,
                 Diagnostics& diag) final {
    if (inputs[program_.condition].elements() != 1) {
      return diag.fail(Code::InvalidPlan, "the condition is not one element");
    }
    limits_.threads = thread_limit();
    for (size_t k = 0; k < parts_.size(); ++k) {
      RegionRun& branch = parts_[k];
      branch.context().set_thread_limits(limits_);
      for (size_t i = 0; i < program_.feeds[k].size(); ++i) {
        const Dims& dims = inputs[program_.feeds[k][i].index].dims;
        TENON_TRY(branch.context().set_input_shape(i, dims, diag));
      }
      TENON_TRY(branch.context().infer_shapes(diag));
      for (size_t i = 0; i < taken(); ++i) {
        const uint64_t bytes = branch.context().max_output_bytes(branch.input_count() + i);
        if (bytes <= static_cast<uint64_t>(outputs[i].bytes())) continue;
        return diag.fail(Code::InvalidPlan, "a branch gives {} bytes where {} have room", bytes,
                         outputs[i].bytes());
      }
    }
    scratch_ = scratch_of(regions_, inputs, outputs);
    return {};
  }

  Status go(const kernel::RunArgs& args, Diagnostics& diag) final {
    uint8_t holds = 0;
    TENON_TRY(mover_.read(args.inputs[program_.condition], holds));
    const size_t k = holds != 0 ? 0 : 1;
    RegionRun& branch = parts_[k];
    for (size_t i = 0; i < program_.feeds[k].size(); ++i) {
      TENON_TRY(branch.bind_input(i, args.inputs[program_.feeds[k][i].index], diag));
    }
    for (size_t i = 0; i < taken(); ++i) {
      TENON_TRY(branch.bind_output(i, args.outputs[i], diag));
    }
    auto* workspace = static_cast<std::byte*>(args.workspace);
    TENON_TRY(branch.give_arena(workspace == nullptr ? nullptr : workspace + scratch_.arena, diag));
    TENON_TRY(branch.run(*args.stream, diag));
    for (size_t i = taken(); i < program_.outputs.size(); ++i) {
      const Output& output = program_.outputs[i];
      const int64_t extent = branch.output_dims(output.source)[static_cast<int>(output.axis)];
      TENON_TRY(mover_.write(args.outputs[i], extent));
    }
    return {};
  }

  /// Outputs that the branches give; those that tell extents follow.
  [[nodiscard]] size_t taken() const noexcept {
    return regions_.engines[0]->io().size() - regions_.engines[0]->input_count();
  }
};

}  // namespace

Result<std::unique_ptr<kernel::Instance>> make_conditional(const Regions& regions,
                                                           const kernel::ContextResources& of) {
  return RegionInstance::make<Conditional>(regions, of);
}

}  // namespace tenon::control
