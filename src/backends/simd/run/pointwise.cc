// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element-wise operators and fused chains of f32: constants are absorbed, shapes become walks.
#include "backends/simd/run/pointwise.h"

#include <algorithm>

#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "backends/simd/run/pointwise_program.h"
#include "base/array.h"
#include "base/parallel.h"

namespace tenon::simd::pointwise {

Dims memory_axes(const Dims& dims, const kernel::Layout& layout) {
  if (layout.is_linear() || dims.rank() != 4) return dims;
  const bool last = layout.order == kernel::Layout::Order::ChannelsLast;
  if (last) return {dims[0], dims[2], dims[3], dims[1]};
  const int64_t vector = dims[1] == 1 ? 1 : layout.vector;
  return {dims[0], dims[1] / vector, dims[2], dims[3], vector};
}

namespace {

using kernel::Layout;
using kernel::TensorDesc;

/// What is known of every input: an absorbed constant's place in the packed blob.
struct Input {
  static constexpr uint64_t kRuntime = UINT64_MAX;
  uint64_t offset = kRuntime;  ///< bytes into the blob
  Dims axes;                   ///< of a constant, as it lies in the blob
  [[nodiscard]] bool constant() const noexcept { return offset != kRuntime; }
};

struct Kernel {
  PointwiseProgram program;
  Array<Input> inputs;
  const std::byte* constants;
  Layout layout;
  Level level;
  int threads;

  /// One thread's bases and slots: a base for each space, a slot for each temporary and for each
  /// input that a row takes as one value.
  [[nodiscard]] size_t thread_bytes() const noexcept {
    const size_t bases = align_up((kFirstOperandSpace + inputs.size()) * sizeof(uint64_t));
    const size_t slots = static_cast<size_t>(program.slots) + inputs.size();
    return bases + slots * kTileFloats * sizeof(float);
  }
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return thread_bytes() * static_cast<size_t>(threads);
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel)
      : kernel_(kernel), loops_(pointwise_loops(kernel.level)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    if (kernel_.layout.vector > 1 && outputs[0].dims[1] % kernel_.layout.vector != 0) {
      return {Code::InvalidArgument, "the channels are no whole number of vectors"};
    }
    const Dims out = memory_axes(outputs[0].dims, kernel_.layout);
    Array<Dims> axes;
    for (size_t i = 0; i < kernel_.inputs.size(); ++i) {
      const Dims own = kernel_.inputs[i].constant() ? kernel_.inputs[i].axes
                                                    : memory_axes(inputs[i].dims, kernel_.layout);
      if (!broadcasts(own, out)) {
        return {Code::InvalidArgument, "an input does not broadcast to the output's shape"};
      }
      if (!axes.push_back(own)) return kNoMemory;
    }
    const std::span<const Instruction> program(kernel_.program.instructions.begin(),
                                               kernel_.program.instructions.end());
    classes_.clear();
    fixed_.clear();
    places_.clear();
    if (!walk(out, {axes.begin(), axes.end()}, walk_) || !instructions_.assign(program) ||
        !classes_.reserve(axes.size()) || !fixed_.reserve(axes.size()) ||
        !places_.resize(axes.size())) {
      return kNoMemory;
    }
    for (size_t i = 0; i < axes.size(); ++i) {
      if (!place(i)) return kNoMemory;
    }
    for (const PointwiseProgram::Use& use : kernel_.program.uses) bind(use);
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    for (const PointwiseProgram::Use& use : kernel_.program.uses) {
      if (kernel_.inputs[use.input].constant() || places_[use.input].fixed) continue;
      instructions_[use.instruction].address = reinterpret_cast<uint64_t>(args.inputs[use.input]);
    }
    const int64_t total = walk_.rows() * walk_.inner;
    constexpr int64_t kGrain = 4096;
    const auto parts = std::min<int64_t>(kernel_.threads, (total + kGrain - 1) / kGrain);
    if (parts <= 1) {
      run_part(args, 0, 0, total);
      return {};
    }
    parallel_for(static_cast<int>(parts), parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t part = begin; part < end; ++part) {
        run_part(args, part, total * part / parts / 64 * 64,
                 part + 1 == parts ? total : total * (part + 1) / parts / 64 * 64);
      }
    });
    return {};
  }

 private:
  /// Where an input's operand is found: in the space of its class, or, fixed along a row, in a
  /// slot.
  struct Place {
    bool fixed = false;
    uint16_t space = kFirstOperandSpace;
    uint64_t slot = 0;
  };

  static bool broadcasts(const Dims& from, const Dims& to) noexcept {
    if (from.rank() > to.rank()) return false;
    for (int i = 1; i <= from.rank(); ++i) {
      const int64_t extent = from[from.rank() - i];
      if (extent != 1 && extent != to[to.rank() - i]) return false;
    }
    return true;
  }

  [[nodiscard]] bool place(size_t input) {
    const PointwiseWalk::Operand& operand = walk_.operands[input];
    Place& place = places_[input];
    place.fixed = !operand.moves;
    if (place.fixed) {
      const auto slot = static_cast<uint64_t>(kernel_.program.slots) + fixed_.size();
      place.slot = slot * kTileFloats * sizeof(float);
      return fixed_.push_back(input);
    }
    const auto* found = std::find(classes_.begin(), classes_.end(), operand);
    place.space = static_cast<uint16_t>(kFirstOperandSpace + (found - classes_.begin()));
    return found != classes_.end() || classes_.push_back(operand);
  }

  void bind(const PointwiseProgram::Use& use) {
    const Place& place = places_[use.input];
    Instruction& instruction = instructions_[use.instruction];
    instruction.space = place.fixed ? static_cast<uint16_t>(kSlotSpace) : place.space;
    if (place.fixed) {
      instruction.address = place.slot;
    } else if (kernel_.inputs[use.input].constant()) {
      instruction.address =
          reinterpret_cast<uint64_t>(kernel_.constants + kernel_.inputs[use.input].offset);
    }
  }

  [[nodiscard]] int spaces() const {
    return kFirstOperandSpace + static_cast<int>(classes_.size());
  }

  /// Elements to move an operand by, for a row.
  [[nodiscard]] int64_t row_offset(const PointwiseWalk::Operand& operand, int64_t row) const {
    int64_t offset = 0;
    for (int axis = walk_.outer.rank() - 1; axis >= 0; --axis) {
      offset += row % walk_.outer[axis] * operand.outer[axis];
      row /= walk_.outer[axis];
    }
    return offset;
  }

  void start_row(const kernel::RunArgs& args, uint64_t* bases, int64_t row, int64_t first) const {
    for (size_t i = 0; i < classes_.size(); ++i) {
      bases[kFirstOperandSpace + i] =
          static_cast<uint64_t>(row_offset(classes_[i], row) + first) * sizeof(float);
    }
    for (const size_t input : fixed_) {
      const auto* from =
          kernel_.inputs[input].constant()
              ? reinterpret_cast<const float*>(kernel_.constants + kernel_.inputs[input].offset)
              : static_cast<const float*>(args.inputs[input]);
      auto* slot = reinterpret_cast<float*>(bases[kSlotSpace] + places_[input].slot);
      std::fill_n(slot, kTileFloats, from[row_offset(walk_.operands[input], row)]);
    }
  }

  void run_part(const kernel::RunArgs& args, int64_t part, int64_t begin,
                int64_t end) const noexcept {
    auto* own = static_cast<std::byte*>(args.workspace) +
                static_cast<size_t>(part) * kernel_.thread_bytes();
    auto* bases = reinterpret_cast<uint64_t*>(own);
    bases[kSlotSpace] = reinterpret_cast<uint64_t>(own) +
                        align_up((kFirstOperandSpace + kernel_.inputs.size()) * sizeof(uint64_t));
    bases[kAbsoluteSpace] = 0;
    auto* out = static_cast<float*>(args.outputs[0]);
    for (int64_t at = begin; at < end;) {
      const int64_t row = at / walk_.inner, first = at % walk_.inner;
      const int64_t count = std::min(walk_.inner - first, end - at);
      start_row(args, bases, row, first);
      loops_.run({.begin = instructions_.data(),
                  .end = instructions_.data() + instructions_.size(),
                  .bases = bases,
                  .spaces = spaces(),
                  .out = out + at,
                  .count = count});
      at += count;
    }
  }

  const Kernel& kernel_;
  const PointwiseLoops& loops_;
  PointwiseWalk walk_;
  Array<Instruction> instructions_;
  Array<PointwiseWalk::Operand> classes_;
  Array<size_t> fixed_;
  Array<Place> places_;
};

/// Reads what add_params wrote; the blob must hold every constant.
Status read_inputs(ByteReader& reader, const kernel::RecordView& record, Array<Input>& inputs,
                   Diagnostics& diag) {
  const auto count = reader.take<uint32_t>();
  if (!reader.ok() || count != record.inputs.size()) return damaged(record, diag);
  const uint64_t blob = record.packed.empty() ? 0 : record.packed[0].data.size();
  for (uint32_t i = 0; i < count; ++i) {
    Input input;
    if (reader.take<uint8_t>() == 0) {
      if (!inputs.push_back(input)) return no_memory(record, diag);
      continue;
    }
    input.offset = reader.take<uint64_t>();
    const int rank = reader.take<uint8_t>();
    if (!reader.ok() || rank > Dims::kMaxRank || input.offset > blob) return damaged(record, diag);
    uint64_t bytes = sizeof(float);
    for (int axis = 0; axis < rank; ++axis) {
      input.axes.push_back(reader.take<int64_t>());
      const auto extent = static_cast<uint64_t>(input.axes.back());
      if (extent > blob || (bytes *= extent) > blob) return damaged(record, diag);
    }
    if (bytes > blob - input.offset || input.offset % sizeof(float) != 0) {
      return damaged(record, diag);
    }
    if (!inputs.push_back(input)) return no_memory(record, diag);
  }
  return reader.ok() ? Status{} : damaged(record, diag);
}

/// Images lie in the kernel's layout; other tensors, which are linear, meet images as one element.
Status check_ports(const kernel::RecordView& record, const Kernel& kernel, Diagnostics& diag) {
  const bool image = record.outputs.size() == 1 && record.outputs[0].dims.rank() == 4;
  if (!kernel.layout.is_linear() && !image) return damaged(record, diag);
  Array<std::optional<kernel::Wanted>> wanted;
  for (size_t i = 0; i < kernel.inputs.size(); ++i) {
    kernel::Wanted port;
    if (record.inputs[i].dims.rank() == 4) port.layout = kernel.layout;
    const auto one = kernel.inputs[i].constant() ? std::nullopt : std::optional(port);
    if (!wanted.push_back(one)) return no_memory(record, diag);
  }
  return kernel::expect_ports(record, {wanted.data(), wanted.size()}, {DType::F32, kernel.layout},
                              diag);
}

/// The steps at the front of a record, as ops::pack(ops::Pointwise) writes them.
Status read_chain(ByteReader& reader, const kernel::RecordView& record,
                  Array<ops::PointwiseStep>& steps, Diagnostics& diag) {
  const auto count = reader.take<uint32_t>();
  for (uint32_t i = 0; i < count; ++i) {
    const auto step = ops::unpack<ops::PointwiseStep>(reader);
    if (!step.ok()) return damaged(record, diag);
    if (!steps.push_back(*step)) return no_memory(record, diag);
  }
  return reader.ok() && count > 0 ? Status{} : damaged(record, diag);
}

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  ByteReader reader(record.params);
  Array<ops::PointwiseStep> steps;
  TENON_TRY(read_chain(reader, record, steps, diag));
  Level level{};
  TENON_TRY(read_level(reader, record, level, diag));
  const auto order = reader.take<uint8_t>();
  const auto vector = reader.take<uint8_t>();
  if (order > 1 || vector == 0) return damaged(record, diag);
  Kernel kernel{.program = {},
                .inputs = {},
                .constants = record.packed.empty() ? nullptr : record.packed[0].data.data(),
                .layout = {static_cast<Layout::Order>(order), 3, vector, 0, 0},
                .level = level,
                .threads = std::max(record.threads, 1)};
  TENON_TRY(read_inputs(reader, record, kernel.inputs, diag));
  const PointwiseChain chain(steps.data(), steps.size());
  if (find_fault(chain, kernel.inputs.size()).fault != StepFault::None) {
    return damaged(record, diag);
  }
  TENON_TRY(check_ports(record, kernel, diag));
  if (!compile(chain, kernel.program)) return no_memory(record, diag);
  return make_loaded<Instance>(std::move(kernel), record, diag);
}

}  // namespace tenon::simd::pointwise
