// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading regions, and checking a program against them and against its step.
#include "control/loaded.h"

#include <algorithm>

#include "control/candidate.h"
#include "device/isa.h"

namespace tenon::control {

namespace {

using kernel::TensorDesc;
using session::IoTensor;

thread_local int depth = 0;

/// Engines within engines, counted while they are loaded.
class Deeper {
 public:
  Deeper() { ++depth; }
  ~Deeper() { --depth; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
};

/// Whether a program suits its regions and its step. Extents are checked when they are known.
class Checker {
 public:
  Checker(const Regions& regions, const kernel::RecordView& record)
      : program_(regions.program), regions_(regions), record_(record) {}

  [[nodiscard]] bool fits() {
    return ports_fit() && program_fits() && regions_fit() && outputs_fit();
  }

 private:
  static bool plain(const TensorDesc& desc) {
    return !desc.absent() && desc.layout.is_linear() && bit_width(desc.dtype) % 8 == 0;
  }
  [[nodiscard]] bool ports_fit() const {
    return std::all_of(record_.inputs.begin(), record_.inputs.end(), plain) &&
           std::all_of(record_.outputs.begin(), record_.outputs.end(), plain) &&
           record_.outputs.size() == program_.outputs.size();
  }
  [[nodiscard]] const TensorDesc* input(uint32_t i) const {
    return i < record_.inputs.size() ? &record_.inputs[i] : nullptr;
  }
  [[nodiscard]] bool is_input(uint32_t i, std::initializer_list<DType> types) const {
    const TensorDesc* desc = input(i);
    return desc != nullptr && std::find(types.begin(), types.end(), desc->dtype) != types.end();
  }

  [[nodiscard]] bool program_fits() const {
    if (program_.kind == Kind::Conditional) return is_input(program_.condition, {DType::Bool});
    if (program_.count && !is_input(*program_.count, {DType::I32, DType::I64})) return false;
    for (const Slice& slice : program_.slices) {
      const TensorDesc* desc = input(slice.input);
      if (desc == nullptr || slice.axis >= static_cast<uint32_t>(desc->dims.rank())) return false;
    }
    for (const State& state : program_.states) {
      if (input(state.initial) == nullptr) return false;
    }
    return program_.goes_on != While::State ||
           is_input(program_.states[program_.while_state].initial, {DType::Bool});
  }

  /// What stands behind a feed, and whether it loses an axis on its way.
  [[nodiscard]] bool feed_fits(const Feed& feed, const IoTensor& io) const {
    const bool sliced = feed.from == From::Slice;
    const TensorDesc* desc = input(sliced                     ? program_.slices[feed.index].input
                                   : feed.from == From::State ? program_.states[feed.index].initial
                                                              : feed.index);
    return desc != nullptr && desc->dtype == io.dtype && io.layout.is_linear() && !io.is_shape &&
           io.dims.rank() == desc->dims.rank() - (sliced ? 1 : 0);
  }

  [[nodiscard]] bool regions_fit() const {
    for (size_t k = 0; k < regions_.engines.size(); ++k) {
      const session::Engine& engine = *regions_.engines[k];
      if (engine.input_count() != program_.feeds[k].size()) return false;
      for (size_t i = 0; i < engine.input_count(); ++i) {
        if (!feed_fits(program_.feeds[k][i], engine.io()[i])) return false;
      }
    }
    return program_.goes_on != While::Region ||
           (output_count(1) == 1 && result(1, 0)->dtype == DType::Bool);
  }
  [[nodiscard]] size_t output_count(size_t region) const {
    return regions_.engines[region]->io().size() - regions_.engines[region]->input_count();
  }
  [[nodiscard]] const IoTensor* result(size_t region, size_t i) const {
    if (i >= output_count(region)) return nullptr;
    return &regions_.engines[region]->io()[regions_.engines[region]->input_count() + i];
  }
  [[nodiscard]] bool result_fits(size_t region, size_t i, DType dtype, int rank) const {
    const IoTensor* io = result(region, i);
    return io != nullptr && io->dtype == dtype && io->layout.is_linear() && io->dims.rank() == rank;
  }

  [[nodiscard]] bool outputs_fit() const {
    return program_.kind == Kind::Loop ? loop_outputs_fit() : conditional_outputs_fit();
  }

  [[nodiscard]] bool conditional_outputs_fit() const {
    const size_t taken = output_count(0);
    if (output_count(1) != taken || taken > program_.outputs.size()) return false;
    for (size_t i = 0; i < program_.outputs.size(); ++i) {
      const Output& output = program_.outputs[i];
      const TensorDesc& desc = record_.outputs[i];
      if (i >= taken) {
        if (output.gives != Gives::Extent || output.source >= taken || !is_number(desc) ||
            output.axis >= static_cast<uint32_t>(record_.outputs[output.source].dims.rank())) {
          return false;
        }
        continue;
      }
      const bool both = result_fits(0, i, desc.dtype, desc.dims.rank()) &&
                        result_fits(1, i, desc.dtype, desc.dims.rank());
      if (output.gives != Gives::Taken || output.source != i || !both) return false;
    }
    return true;
  }

  /// Every output of the body goes to one place.
  [[nodiscard]] bool loop_outputs_fit() const {
    std::vector<int> readers(output_count(0), 0);
    for (const State& state : program_.states) {
      const TensorDesc& first = *input(state.initial);
      if (!result_fits(0, state.next, first.dtype, first.dims.rank())) return false;
      ++readers[state.next];
    }
    for (size_t i = 0; i < program_.outputs.size(); ++i) {
      const Output& output = program_.outputs[i];
      const TensorDesc& desc = record_.outputs[i];
      if (output.gives == Gives::Trips) {
        if (!is_number(desc)) return false;
      } else if (output.gives == Gives::State) {
        if (input(program_.states[output.source].initial)->dtype != desc.dtype) return false;
      } else {
        const bool stacked = output.gives != Gives::Value;
        const int rank = desc.dims.rank();
        if (stacked && output.axis >= static_cast<uint32_t>(rank)) return false;
        if (!result_fits(0, output.source, desc.dtype, stacked ? rank - 1 : rank)) return false;
        ++readers[output.source];
      }
    }
    return std::all_of(readers.begin(), readers.end(), [](int count) { return count == 1; });
  }

  static bool is_number(const TensorDesc& desc) {
    return desc.dtype == DType::I64 && desc.dims.rank() == 0;
  }

  const Program& program_;
  const Regions& regions_;
  const kernel::RecordView& record_;
};

class ControlLoaded final : public kernel::Loaded {
 public:
  explicit ControlLoaded(Regions regions) : regions_(std::move(regions)) {}

  [[nodiscard]] size_t workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept override {
    return scratch_of(regions_, inputs, outputs).total;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    return regions_.program.kind == Kind::Loop ? make_loop(regions_, resources)
                                               : make_conditional(regions_, resources);
  }

 private:
  const Regions regions_;
};

size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

Pieces pieces_of(const TensorDesc& desc, uint32_t axis) noexcept {
  Pieces pieces;
  int64_t inner = 1;
  for (int i = 0; i < desc.dims.rank(); ++i) {
    if (i < static_cast<int>(axis)) pieces.outer *= desc.dims[i];
    if (i > static_cast<int>(axis)) inner *= desc.dims[i];
  }
  pieces.count = desc.dims[static_cast<int>(axis)];
  pieces.bytes = byte_size(desc.dtype, static_cast<size_t>(inner));
  return pieces;
}

Scratch scratch_of(const Regions& regions, std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) {
  Scratch all;
  const auto take = [&](size_t bytes) {
    const size_t at = all.total;
    all.total += aligned(bytes);
    return at;
  };
  const auto gathered = [&](const Pieces& pieces) {
    return pieces.outer > 1 ? static_cast<size_t>(pieces.outer) * pieces.bytes : 0;
  };
  const Program& program = regions.program;
  for (const State& state : program.states) {
    all.state_bytes.push_back(aligned(static_cast<size_t>(inputs[state.initial].bytes())));
    all.states.push_back(take(2 * all.state_bytes.back()));
  }
  for (const Slice& slice : program.slices) {
    all.slices.push_back(take(gathered(pieces_of(inputs[slice.input], slice.axis))));
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Output& output = program.outputs[i];
    const bool stacked = output.gives == Gives::Stack || output.gives == Gives::Reverse;
    all.stacks.push_back(stacked ? take(gathered(pieces_of(outputs[i], output.axis))) : 0);
  }
  if (program.goes_on == While::Region) all.condition = take(1);
  uint64_t arena = 0;
  for (const auto& engine : regions.engines) arena = std::max(arena, engine->device_memory_bytes());
  all.arena = take(arena);
  return all;
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,
                                             const kernel::LoaderTable& loaders,
                                             Diagnostics& diag) {
  const Deeper deeper;
  if (depth > kMaxDepth) {
    return diag.fail(Code::InvalidPlan, "loops and conditionals lie more than {} deep", kMaxDepth);
  }
  const bool loop = record.name == "loop";
  if ((!loop && record.name != "conditional") || record.version != kVersion) {
    return diag.fail(Code::InvalidPlan,
                     "layer '{}' needs kernel control/{}@{}, but this build has loop and "
                     "conditional in version {}: build the engine anew",
                     record.node_name, record.name, record.version, kVersion);
  }
  Regions regions;
  regions.node = record.node_name;
  auto program = unpack(record.params);
  if (!program.ok() || (program->kind == Kind::Loop) != loop ||
      program->feeds.size() != record.packed.size()) {
    return diag.fail(Code::InvalidPlan, "the record of layer '{}' is damaged", record.node_name);
  }
  regions.program = std::move(*program);
  // While an engine for another machine is written, regions are looked at as they will be there.
  device::Target target = device::local_target();
  target.isa = device::usable_isa();
  for (const kernel::RecordView::Blob& blob : record.packed) {
    TENON_ASSIGN(auto engine, session::Engine::load_in_place(blob.data, loaders, target, {}, diag));
    for (size_t i = 0; i < engine->step_count(); ++i) {
      const plan::StepView step = engine->plan().step(i);
      regions.host_code |= !step.plugin.empty() || step.family.starts_with("plugin.") ||
                           (step.flags & static_cast<uint32_t>(kernel::Flag::HostCode)) != 0;
    }
    regions.engines.push_back(std::move(engine));
    if (regions.engines.back()->gpu() != regions.gpu()) {
      return diag.fail(Code::InvalidPlan,
                       "the regions of layer '{}' are for different devices: the engine is damaged",
                       record.node_name);
    }
  }
  if (!Checker(regions, record).fits()) {
    return diag.fail(Code::InvalidPlan,
                     "the record of layer '{}' does not suit its regions: the engine is damaged",
                     record.node_name);
  }
  return std::unique_ptr<kernel::Loaded>(std::make_unique<ControlLoaded>(std::move(regions)));
}

}  // namespace tenon::control
