// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element-wise operators and fused chains of f32: constants are absorbed, shapes become walks.
#include <algorithm>

#include "backends/simd/loaded_kernel.h"
#include "backends/simd/node_candidate.h"
#include "backends/simd/pointwise_program.h"
#include "backends/simd/reorder.h"
#include "base/parallel.h"

namespace tenon::simd::pointwise {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

/// Axes of memory, so that a tensor in `layout` is row-major over them. Only images (rank 4) in
/// whole vectors of channels are anything but linear; one channel, being broadcast, stays one.
Dims memory_axes(const Dims& dims, const Layout& layout) {
  if (layout.is_linear() || dims.rank() != 4) return dims;
  if (layout.order == Layout::Order::ChannelsLast) return {dims[0], dims[2], dims[3], dims[1]};
  const int64_t vector = dims[1] == 1 ? 1 : layout.vector;
  return {dims[0], dims[1] / vector, dims[2], dims[3], vector};
}

/// What is known of every input: an absorbed constant's place in the packed blob.
struct Input {
  static constexpr uint64_t kRuntime = UINT64_MAX;
  uint64_t offset = kRuntime;  ///< bytes into the blob
  Dims axes;                   ///< of a constant, as it lies in the blob
  [[nodiscard]] bool constant() const noexcept { return offset != kRuntime; }
};

struct Kernel {
  PointwiseProgram program;
  std::vector<Input> inputs;
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

class Instance final : public kernel::Instance {
 public:
  explicit Instance(const Kernel& kernel)
      : kernel_(kernel), loops_(pointwise_loops(kernel.level)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    if (kernel_.layout.vector > 1 && outputs[0].dims[1] % kernel_.layout.vector != 0) {
      return {Code::InvalidArgument, "the channels are no whole number of vectors"};
    }
    const Dims out = memory_axes(outputs[0].dims, kernel_.layout);
    std::vector<Dims> axes;
    for (size_t i = 0; i < kernel_.inputs.size(); ++i) {
      axes.push_back(kernel_.inputs[i].constant() ? kernel_.inputs[i].axes
                                                  : memory_axes(inputs[i].dims, kernel_.layout));
      if (!broadcasts(axes.back(), out)) {
        return {Code::InvalidArgument, "an input does not broadcast to the output's shape"};
      }
    }
    walk_ = walk(out, axes);
    instructions_ = kernel_.program.instructions;
    classes_.clear();
    fixed_.clear();
    places_.assign(axes.size(), {});
    for (size_t i = 0; i < axes.size(); ++i) place(i);
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

  void place(size_t input) {
    const PointwiseWalk::Operand& operand = walk_.operands[input];
    Place& place = places_[input];
    place.fixed = !operand.moves;
    if (place.fixed) {
      const auto slot = static_cast<uint64_t>(kernel_.program.slots) + fixed_.size();
      place.slot = slot * kTileFloats * sizeof(float);
      fixed_.push_back(input);
      return;
    }
    const auto found = std::ranges::find(classes_, operand);
    place.space = static_cast<uint16_t>(kFirstOperandSpace + (found - classes_.begin()));
    if (found == classes_.end()) classes_.push_back(operand);
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
  std::vector<Instruction> instructions_;
  std::vector<PointwiseWalk::Operand> classes_;
  std::vector<size_t> fixed_;
  std::vector<Place> places_;
};

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all = {uniform(Layout::linear(), Layout::linear())};
    for (const Layout& layout : {Layout::hwc(), Layout::chw(16), Layout::chw(8)}) {
      if (!suits(layout)) continue;
      kernel::Configuration& one = all.emplace_back(uniform(Layout::linear(), layout));
      for (size_t i = 0; i < node_.inputs.size(); ++i) {
        if (is_image(node_.inputs[i])) one.inputs[i].layout = layout;
      }
    }
    return all;
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    const auto steps = static_cast<int64_t>(as_pointwise(*node_.op).steps.size());
    return threads_for(node_.outputs[0].opt.volume() * steps);
  }
  [[nodiscard]] std::vector<int> absorbed_inputs() const override {
    std::vector<int> absorbed;
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      if (node_.inputs[i].constant != nullptr) absorbed.push_back(static_cast<int>(i));
    }
    return absorbed;
  }
  /// An input of the output's shape is read where it is overwritten, tile by tile.
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override {
    std::vector<kernel::Alias> all;
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      const kernel::PortInfo& input = node_.inputs[i];
      if (input.constant == nullptr && input.shape == node_.outputs[0].shape) {
        all.push_back({0, static_cast<int>(i), false});
      }
    }
    return all;
  }

 protected:
  [[nodiscard]] ops::Op packed_op() const override { return as_pointwise(*node_.op); }
  void add_params(const kernel::Configuration& configuration, ByteWriter& params) const override {
    const Layout& layout = configuration.outputs[0].layout;
    params.put(layout.order);
    params.put(layout.vector);
    params.put(static_cast<uint32_t>(node_.inputs.size()));
    uint64_t offset = 0;
    for (const kernel::PortInfo& input : node_.inputs) {
      const bool constant = input.constant != nullptr;
      params.put(static_cast<uint8_t>(constant));
      if (!constant) continue;
      const Dims axes = memory_axes(image_dims(input, layout), layout);
      params.put(offset);
      params.put(static_cast<uint8_t>(axes.rank()));
      for (const int64_t extent : axes) params.put(extent);
      offset += align_up(static_cast<size_t>(axes.volume()) * sizeof(float));
    }
  }
  Status add_packed(const kernel::Configuration& configuration, int32_t,
                    std::vector<kernel::PackedBlob>& packed, Diagnostics&) const override {
    const Layout& layout = configuration.outputs[0].layout;
    Bytes data;
    for (const kernel::PortInfo& input : node_.inputs) {
      if (input.constant == nullptr) continue;
      const std::vector<float> values = floats_of(*input.constant);
      const Dims dims = image_dims(input, layout);
      std::vector<float> laid = values;
      if (!layout.is_linear() && dims.rank() == 4 && dims[1] != 1) {
        reorder(DType::F32, dims, Layout::linear(), values.data(), layout, laid.data(), 1);
      }
      const Bytes bytes = bytes_of(laid);
      data.insert(data.end(), bytes.begin(), bytes.end());
      data.resize(align_up(data.size()));
    }
    if (!data.empty()) packed.push_back({{}, std::move(data)});
    return {};
  }

 private:
  static bool is_image(const kernel::PortInfo& port) {
    return port.constant == nullptr && port.opt.rank() == 4;
  }

  /// Extents of a constant; those that meet channels are seen as an image's.
  static Dims image_dims(const kernel::PortInfo& input, const Layout& layout) {
    const Dims& dims = input.constant->dims();
    if (layout.is_linear() || dims.volume() == 1) return dims;
    Dims image = Dims::filled(4, 1);
    for (int i = 0; i < dims.rank(); ++i) image[4 - dims.rank() + i] = dims[i];
    return image;
  }

  /// True if all that comes at run time are images, or single elements; vectors of channels must be
  /// whole, for what a function makes of the padding's zeros need not be zero.
  [[nodiscard]] bool suits(const Layout& layout) const {
    const kernel::PortInfo& out = node_.outputs[0];
    if (out.opt.rank() != 4) return false;
    const int64_t vector = layout.vector;
    if (vector > 1 && (out.min[1] != out.max[1] || out.opt[1] % vector != 0)) return false;
    return std::ranges::all_of(node_.inputs, [&](const kernel::PortInfo& input) {
      if (input.constant != nullptr) return input.constant->dims().rank() <= 4;
      if (input.max.volume() == 1 && input.opt.rank() != 4) return true;
      return input.opt.rank() == 4 && (vector == 1 || input.shape == out.shape);
    });
  }
};

/// Reads what add_params wrote; the blob must hold every constant.
bool read_inputs(ByteReader& reader, const kernel::RecordView& record, std::vector<Input>& inputs) {
  const auto count = reader.take<uint32_t>();
  if (!reader.ok() || count != record.inputs.size()) return false;
  const uint64_t blob = record.packed.empty() ? 0 : record.packed[0].data.size();
  for (uint32_t i = 0; i < count; ++i) {
    Input& input = inputs.emplace_back();
    if (reader.take<uint8_t>() == 0) continue;
    input.offset = reader.take<uint64_t>();
    const int rank = reader.take<uint8_t>();
    if (!reader.ok() || rank > Dims::kMaxRank || input.offset > blob) return false;
    uint64_t bytes = sizeof(float);
    for (int axis = 0; axis < rank; ++axis) {
      input.axes.push_back(reader.take<int64_t>());
      const auto extent = static_cast<uint64_t>(input.axes.back());
      if (extent > blob || (bytes *= extent) > blob) return false;
    }
    if (bytes > blob - input.offset || input.offset % sizeof(float) != 0) return false;
  }
  return reader.ok();
}

/// Images lie in the kernel's layout; other tensors, which are linear, meet images as one element.
Status check_ports(const kernel::RecordView& record, const Kernel& kernel, Diagnostics& diag) {
  const bool image = record.outputs.size() == 1 && record.outputs[0].dims.rank() == 4;
  if (!kernel.layout.is_linear() && !image) return damaged(record, diag);
  std::vector<std::optional<kernel::Wanted>> wanted;
  for (size_t i = 0; i < kernel.inputs.size(); ++i) {
    kernel::Wanted port;
    if (record.inputs[i].dims.rank() == 4) port.layout = kernel.layout;
    wanted.push_back(kernel.inputs[i].constant() ? std::nullopt : std::optional(port));
  }
  return kernel::expect_ports(record, wanted, {DType::F32, kernel.layout}, diag);
}

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  return refuse_pointwise(as_pointwise(*node.op), node.inputs.size());
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::Pointwise>(record, diag));
  const auto order = opened.rest.take<uint8_t>();
  const auto vector = opened.rest.take<uint8_t>();
  if (order > 1 || vector == 0) return damaged(record, diag);
  Kernel kernel{.program = {},
                .inputs = {},
                .constants = record.packed.empty() ? nullptr : record.packed[0].data.data(),
                .layout = {static_cast<Layout::Order>(order), 3, vector, 0, 0},
                .level = opened.level,
                .threads = std::max(record.threads, 1)};
  if (!read_inputs(opened.rest, record, kernel.inputs) ||
      !refuse_pointwise(opened.op, kernel.inputs.size()).empty()) {
    return damaged(record, diag);
  }
  TENON_TRY(check_ports(record, kernel, diag));
  kernel.program = compile(opened.op);
  return make_loaded<Instance>(std::move(kernel));
}

}  // namespace tenon::simd::pointwise
