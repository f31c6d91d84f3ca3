// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Transpose, Slice, Expand, Concat and Pad of row-major tensors of any type, as strided copies.
#include <algorithm>
#include <cstring>

#include "backends/simd/loaded_kernel.h"
#include "backends/simd/node_candidate.h"
#include "backends/simd/strided_copy.h"

namespace tenon::simd {

namespace {

using kernel::TensorDesc;
using Descs = std::span<const TensorDesc>;

/// One input's part of the work.
struct Part {
  size_t input;
  StridedCopy copy;
};

// What each operator adds: the parts of a run, and why it is refused. The plans fail when the
// extents contradict each other.

Status plan(const ops::Transpose& op, Descs in, const Dims& out, std::vector<Part>& parts) {
  const Dims& dims = in[0].dims;
  const int rank = dims.rank();
  if (op.perm.rank() != rank || out.rank() != rank) return {Code::InvalidArgument, "rank differs"};
  const Dims strides = row_major_strides(dims);
  Part part{0, {.extents = out, .from_strides = out, .to_strides = row_major_strides(out)}};
  uint32_t seen = 0;
  for (int i = 0; i < rank; ++i) {
    const int64_t axis = op.perm[i];
    if (axis < 0 || axis >= rank || dims[static_cast<int>(axis)] != out[i]) {
      return {Code::InvalidArgument, "a transpose's shapes contradict each other"};
    }
    seen |= 1U << axis;
    part.copy.from_strides[i] = strides[static_cast<int>(axis)];
  }
  if (seen != (1U << rank) - 1) return {Code::InvalidArgument, "an axis is transposed twice"};
  parts.push_back(part);
  return {};
}
std::string refuse_op(const ops::Transpose&, const kernel::NodeInfo&) { return {}; }

Status plan(const ops::Slice& op, Descs in, const Dims& out, std::vector<Part>& parts) {
  const Dims& dims = in[0].dims;
  const auto starts = expr::to_dims(op.starts);
  if (!starts || starts->rank() != dims.rank() || op.steps.rank() != dims.rank() ||
      out.rank() != dims.rank()) {
    return {Code::InvalidArgument, "a slice's shapes contradict each other"};
  }
  if (out.volume() == 0) return {};
  const Dims strides = row_major_strides(dims);
  Part part{0, {.extents = out, .from_strides = out, .to_strides = row_major_strides(out)}};
  for (int i = 0; i < dims.rank(); ++i) {
    const int64_t first = (*starts)[i];
    int64_t last = 0;
    if (first < 0 || first >= dims[i] || __builtin_mul_overflow(out[i] - 1, op.steps[i], &last) ||
        __builtin_add_overflow(first, last, &last) || last < 0 || last >= dims[i]) {
      return {Code::InvalidArgument, "a slice reaches out of its input"};
    }
    if (out[i] == 1) {  // Its step, which may be any number, is not taken.
      part.copy.from_strides[i] = 0;
      part.copy.from_offset += first * strides[i];
      continue;
    }
    part.copy.from_strides[i] = strides[i] * op.steps[i];
    part.copy.from_offset += first * strides[i];
  }
  parts.push_back(part);
  return {};
}
std::string refuse_op(const ops::Slice& op, const kernel::NodeInfo&) {
  return expr::to_dims(op.starts) ? "" : "where it starts is known only at run time";
}

Status plan(const ops::Expand&, Descs in, const Dims& out, std::vector<Part>& parts) {
  const Dims& dims = in[0].dims;
  const int before = out.rank() - dims.rank();
  if (before < 0) return {Code::InvalidArgument, "an expansion loses axes"};
  const Dims strides = row_major_strides(dims);
  Part part{0, {.extents = out, .from_strides = out, .to_strides = row_major_strides(out)}};
  for (int i = 0; i < out.rank(); ++i) {
    const bool own = i >= before && dims[i - before] != 1;
    if (own && dims[i - before] != out[i]) {
      return {Code::InvalidArgument, "an expansion's shapes contradict each other"};
    }
    part.copy.from_strides[i] = own ? strides[i - before] : 0;
  }
  parts.push_back(part);
  return {};
}
std::string refuse_op(const ops::Expand&, const kernel::NodeInfo&) { return {}; }

Status plan(const ops::Concat& op, Descs in, const Dims& out, std::vector<Part>& parts) {
  constexpr Status kWrong = {Code::InvalidArgument,
                             "a concatenation's shapes contradict each other"};
  if (op.axis < 0 || op.axis >= out.rank()) return kWrong;
  const int axis = static_cast<int>(op.axis);
  const Dims to = row_major_strides(out);
  int64_t at = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    const Dims& dims = in[i].dims;
    Dims expected = out;
    if (dims.rank() != out.rank()) return kWrong;
    expected[axis] = dims[axis];
    if (dims != expected || at + dims[axis] > out[axis]) return kWrong;
    parts.push_back({i,
                     {.extents = dims,
                      .from_strides = row_major_strides(dims),
                      .to_strides = to,
                      .to_offset = at * to[axis]}});
    at += dims[axis];
  }
  return at == out[axis] ? Status{} : kWrong;
}
std::string refuse_op(const ops::Concat&, const kernel::NodeInfo& node) {
  const auto absent = [](const kernel::PortInfo& port) { return !port.present; };
  return std::ranges::any_of(node.inputs, absent) ? "an input is absent" : "";
}

Status plan(const ops::Pad& op, Descs in, const Dims& out, std::vector<Part>& parts) {
  constexpr Status kWrong = {Code::InvalidArgument, "a padding's shapes contradict each other"};
  constexpr int64_t kMost = int64_t{1} << 60;
  const auto absurd = [](int64_t pad) { return pad < -kMost || pad > kMost; };
  const Dims& dims = in[0].dims;
  const int rank = dims.rank();
  if (op.begin.rank() != rank || op.end.rank() != rank || out.rank() != rank) return kWrong;
  const Dims from = row_major_strides(dims), to = row_major_strides(out);
  Part part{0, {.extents = dims, .from_strides = from, .to_strides = to}};
  for (int i = 0; i < rank; ++i) {
    if (absurd(op.begin[i]) || absurd(op.end[i])) return kWrong;
    if (dims[i] + op.begin[i] + op.end[i] != out[i]) return kWrong;
    const int64_t cut = std::max<int64_t>(-op.begin[i], 0);
    const int64_t kept = dims[i] - cut - std::max<int64_t>(-op.end[i], 0);
    part.copy.extents[i] = std::max<int64_t>(kept, 0);
    part.copy.from_offset += std::min(cut, dims[i]) * from[i];
    part.copy.to_offset += std::clamp<int64_t>(op.begin[i], 0, out[i]) * to[i];
  }
  parts.push_back(part);
  return {};
}
std::string refuse_op(const ops::Pad& op, const kernel::NodeInfo& node) {
  if (op.mode != ops::PadMode::Constant) {
    return fmt::format("its mode is {}, and only constant is served here", to_string(op.mode));
  }
  if (op.value != 0 && node.inputs[0].dtype != DType::F32) return "its value is not 0";
  return {};
}

/// What the outside of the parts is filled with; null when the parts cover the output.
template <class OpStruct>
const float* filling(const OpStruct&) {
  return nullptr;
}
const float* filling(const ops::Pad& op) { return &op.value; }

template <class OpStruct>
struct Kernel {
  OpStruct op;
  int threads;
  [[nodiscard]] size_t workspace(Descs, Descs) const noexcept { return 0; }
};

template <class OpStruct>
class Instance final : public kernel::Instance {
 public:
  explicit Instance(const Kernel<OpStruct>& kernel) : kernel_(kernel) {}

  Status on_shapes(Descs inputs, Descs outputs) noexcept override {
    parts_.clear();
    element_ = byte_size(outputs[0].dtype, 1);
    bytes_ = static_cast<size_t>(outputs[0].bytes());
    TENON_TRY(plan(kernel_.op, inputs, outputs[0].dims, parts_));
    for (Part& part : parts_) part.copy = part.copy.simplified();
    std::erase_if(parts_, [](const Part& part) { return part.copy.extents.volume() == 0; });
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    if (const float* value = filling(kernel_.op)) fill(*value, args.outputs[0]);
    for (const Part& part : parts_) {
      part.copy.run(args.inputs[part.input], args.outputs[0], element_, kernel_.threads);
    }
    return {};
  }

 private:
  void fill(float value, void* out) const {
    if (value == 0) {
      std::memset(out, 0, bytes_);
    } else {
      std::fill_n(static_cast<float*>(out), bytes_ / sizeof(float), value);
    }
  }

  const Kernel<OpStruct>& kernel_;
  std::vector<Part> parts_;
  size_t element_ = 4, bytes_ = 0;
};

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(kernel::Layout::linear(), kernel::Layout::linear())};
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    return threads_for(node_.outputs[0].opt.volume());
  }
};

template <class OpStruct>
std::string refuse_move(const kernel::NodeInfo& node) {
  if (bit_width(node.outputs[0].dtype) < 8) return "elements of i4 have no addresses of their own";
  return refuse_op(std::get<OpStruct>(*node.op), node);
}

template <class OpStruct>
Result<std::unique_ptr<kernel::Loaded>> load_move(const kernel::RecordView& record,
                                                  Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<OpStruct>(record, diag));
  const kernel::Wanted port = moved_port(record);
  const float* fill = filling(opened.op);
  const bool float_in_others = fill != nullptr && *fill != 0 && port.dtype != DType::F32;
  if (bit_width(port.dtype) < 8 || float_in_others) return damaged(record, diag);
  const size_t count = std::is_same_v<OpStruct, ops::Concat> ? record.inputs.size() : 1;
  const std::vector<std::optional<kernel::Wanted>> inputs(count, port);
  TENON_TRY(kernel::expect_ports(record, inputs, port, diag));
  return make_loaded<Instance<OpStruct>>(Kernel<OpStruct>{std::move(opened.op), record.threads});
}

}  // namespace

#define TENON_MOVE(name, OpStruct)                                                        \
  namespace name {                                                                        \
  std::string refuse(const kernel::NodeInfo& node, const device::Target&) {               \
    return refuse_move<OpStruct>(node);                                                   \
  }                                                                                       \
  std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node, \
                                            const device::Target& target) {               \
    return std::make_unique<Candidate>(row, node, target);                                \
  }                                                                                       \
  Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,          \
                                               Diagnostics& diag) {                       \
    return load_move<OpStruct>(record, diag);                                             \
  }                                                                                       \
  }
TENON_MOVE(transpose, ops::Transpose)
TENON_MOVE(slice, ops::Slice)
TENON_MOVE(expand, ops::Expand)
TENON_MOVE(concat, ops::Concat)
TENON_MOVE(pad, ops::Pad)
#undef TENON_MOVE

}  // namespace tenon::simd
