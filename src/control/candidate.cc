// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Building the regions of a loop or conditional.
#include "control/candidate.h"

#include <algorithm>

#include "control/loaded.h"
#include "plan/view.h"

namespace tenon::control {

namespace {

using kernel::Flag;

/// Loaded from a record that it keeps alive.
class Kept final : public kernel::Loaded {
 public:
  Kept(std::unique_ptr<kernel::RecordHolder> holder, std::unique_ptr<kernel::Loaded> loaded)
      : holder_(std::move(holder)), loaded_(std::move(loaded)) {}
  [[nodiscard]] size_t workspace(
      std::span<const kernel::TensorDesc> inputs,
      std::span<const kernel::TensorDesc> outputs) const noexcept override {
    return loaded_->workspace(inputs, outputs);
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    return loaded_->create_instance(resources);
  }

 private:
  std::unique_ptr<kernel::RecordHolder> holder_;
  std::unique_ptr<kernel::Loaded> loaded_;
};

Dims without(const Dims& dims, uint32_t axis) {
  Dims rest;
  for (int i = 0; i < dims.rank(); ++i) {
    if (i != static_cast<int>(axis)) rest.push_back(dims[i]);
  }
  return rest;
}

}  // namespace

kernel::KernelId ControlCandidate::id() const {
  return {"control", op_.program().kind == Kind::Loop ? "loop" : "conditional", kVersion};
}

uint32_t ControlCandidate::flags() const {
  const Flag kind = op_.id().name.empty() ? Flag::Pure : Flag::HostCode;
  const uint32_t waits = target_.is_gpu() ? static_cast<uint32_t>(Flag::Synchronises) : 0;
  return static_cast<uint32_t>(kind) | waits | flags_;
}

std::vector<kernel::Configuration> ControlCandidate::configurations(Diagnostics& diag) {
  kernel::Configuration only;
  for (const auto* ports : {&node_.inputs, &node_.outputs}) {
    for (const kernel::PortInfo& port : *ports) {
      if (bit_width(port.dtype) % 8 != 0) {
        diag.info("control: a loop or conditional takes no tensors of {}: cast them",
                  to_string(port.dtype));
        return {};
      }
      auto& list = ports == &node_.inputs ? only.inputs : only.outputs;
      list.push_back({port.dtype, kernel::Layout::linear(), 0});
    }
  }
  return {only};
}

Status ControlCandidate::build_region(size_t index, Diagnostics& diag) {
  const Program& program = op_.program();
  TENON_ASSIGN(const std::unique_ptr<ir::Graph> graph, op_.region(index).clone(diag));
  std::vector<InputRange> ranges;
  for (const Feed& feed : program.feeds[index]) {
    const uint32_t input = feed.from == From::Slice   ? program.slices[feed.index].input
                           : feed.from == From::State ? program.states[feed.index].initial
                                                      : feed.index;
    const kernel::PortInfo& port = node_.inputs[input];
    InputRange& range = ranges.emplace_back(InputRange{port.min, port.opt, port.max});
    if (feed.from != From::Slice) continue;
    const uint32_t axis = program.slices[feed.index].axis;
    range = {without(port.min, axis), without(port.opt, axis), without(port.max, axis)};
  }
  const auto scope = diag.scope("region", op_.role(index));
  TENON_ASSIGN(Bytes bytes, op_.services().build(*graph, ranges, diag));
  plan::Culprit culprit;
  TENON_ASSIGN(const plan::View view, plan::View::open(bytes, {.inspect_only = true}, &culprit));
  record_->isa |= view.isa_needed();
  for (size_t i = 0; i < view.step_count(); ++i) {
    const plan::StepView step = view.step(i);
    flags_ |= step.flags & (Flag::Allocates | Flag::Synchronises);
    record_->metadata +=
        fmt::format("{}{}: {} by {}/{}@{}", record_->metadata.empty() ? "" : "; ", op_.role(index),
                    step.name, step.family, step.kernel, step.version);
  }
  record_->packed.push_back({{}, std::move(bytes)});
  return {};
}

Status ControlCandidate::build(Diagnostics& diag) {
  if (record_) return {};
  record_.emplace();
  record_->id = id();
  record_->params = pack(op_.program());
  for (size_t i = 0; i < op_.region_count(); ++i) {
    if (const Status status = build_region(i, diag); !status.ok()) {
      record_.reset();
      return status;
    }
  }
  return {};
}

Result<kernel::Record> ControlCandidate::record(const kernel::Configuration&, int32_t, int,
                                                Diagnostics& diag) {
  TENON_TRY(build(diag));
  return *record_;
}

Result<std::unique_ptr<kernel::Loaded>> ControlCandidate::load_for_timing(
    const kernel::Configuration&, int32_t, Diagnostics& diag) {
  TENON_TRY(build(diag));
  std::vector<kernel::TensorDesc> inputs, outputs;
  for (const kernel::PortInfo& port : node_.inputs) inputs.push_back({port.dtype, {}, port.max, 0});
  for (const kernel::PortInfo& port : node_.outputs) {
    outputs.push_back({port.dtype, {}, port.max, 0});
  }
  auto holder = std::make_unique<kernel::RecordHolder>(*record_, node_.name, inputs, outputs);
  TENON_ASSIGN(auto loaded, load(holder->view(), *op_.services().loaders, diag));
  return std::unique_ptr<kernel::Loaded>(
      std::make_unique<Kept>(std::move(holder), std::move(loaded)));
}

}  // namespace tenon::control
