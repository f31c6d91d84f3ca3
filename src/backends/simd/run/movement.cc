// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Transpose, Slice, Expand, Concat and Pad of row-major tensors of any type, as strided copies.
#include <algorithm>
#include <cstring>

#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "backends/simd/run/strided_copy.h"
#include "base/array.h"
#include "ops/movement.h"

namespace tenon::simd {

namespace {

using kernel::TensorDesc;
using Descs = std::span<const TensorDesc>;

/// One input's part of the work.
struct Part {
  size_t input;
  StridedCopy copy;
};

/// What the runs of Slice and Expand need: records hold operators with symbolic extents.
struct SliceRun {
  ops::Extents starts, sizes;
  Dims steps;
  static constexpr auto fields() {
    return std::tuple{ops::Field{"starts", &SliceRun::starts},
                      ops::Field{"sizes", &SliceRun::sizes}, ops::Field{"steps", &SliceRun::steps}};
  }
};
struct ExpandRun {
  ops::Extents target;
  static constexpr auto fields() { return std::tuple{ops::Field{"target", &ExpandRun::target}}; }
};

// What each operator adds: the parts of a run. The plans fail when the extents contradict each
// other.

Status plan(const ops::Transpose& op, Descs in, const Dims& out, Array<Part>& parts) {
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
  return parts.push_back(part) ? Status{} : kNoMemory;
}
Status plan(const SliceRun& op, Descs in, const Dims& out, Array<Part>& parts) {
  const Dims& dims = in[0].dims;
  const Dims& starts = op.starts.numbers;
  if (!op.starts.known || starts.rank() != dims.rank() || op.steps.rank() != dims.rank() ||
      out.rank() != dims.rank()) {
    return {Code::InvalidArgument, "a slice's shapes contradict each other"};
  }
  if (out.volume() == 0) return {};
  const Dims strides = row_major_strides(dims);
  Part part{0, {.extents = out, .from_strides = out, .to_strides = row_major_strides(out)}};
  for (int i = 0; i < dims.rank(); ++i) {
    const int64_t first = starts[i];
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
  return parts.push_back(part) ? Status{} : kNoMemory;
}
Status plan(const ExpandRun&, Descs in, const Dims& out, Array<Part>& parts) {
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
  return parts.push_back(part) ? Status{} : kNoMemory;
}
Status plan(const ops::Concat& op, Descs in, const Dims& out, Array<Part>& parts) {
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
    const Part part{i,
                    {.extents = dims,
                     .from_strides = row_major_strides(dims),
                     .to_strides = to,
                     .to_offset = at * to[axis]}};
    if (!parts.push_back(part)) return kNoMemory;
    at += dims[axis];
  }
  return at == out[axis] ? Status{} : kWrong;
}
Status plan(const ops::Pad& op, Descs in, const Dims& out, Array<Part>& parts) {
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
  return parts.push_back(part) ? Status{} : kNoMemory;
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
class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel<OpStruct>& kernel) : kernel_(kernel) {}

  Status on_shapes(Descs inputs, Descs outputs) noexcept override {
    parts_.clear();
    element_ = byte_size(outputs[0].dtype, 1);
    bytes_ = static_cast<size_t>(outputs[0].bytes());
    TENON_TRY(plan(kernel_.op, inputs, outputs[0].dims, parts_));
    for (Part& part : parts_) part.copy = part.copy.simplified();
    return {};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    if (const float* value = filling(kernel_.op)) fill(*value, args.outputs[0]);
    for (const Part& part : parts_) {
      if (part.copy.extents.volume() == 0) continue;
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
  Array<Part> parts_;
  size_t element_ = 4, bytes_ = 0;
};

template <class OpStruct>
Result<std::unique_ptr<kernel::Loaded>> load_move(const kernel::RecordView& record,
                                                  Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<OpStruct>(record, diag));
  const kernel::Wanted port = moved_port(record);
  const float* fill = filling(opened.op);
  const bool float_in_others = fill != nullptr && *fill != 0 && port.dtype != DType::F32;
  if (bit_width(port.dtype) < 8 || float_in_others) return damaged(record, diag);
  const size_t count = std::is_same_v<OpStruct, ops::Concat> ? record.inputs.size() : 1;
  TENON_TRY(kernel::expect_alike(record, count, port, diag));
  return make_loaded<Instance<OpStruct>>(Kernel<OpStruct>{opened.op, record.threads}, record, diag);
}

}  // namespace

#define TENON_MOVE(name, OpStruct)                                               \
  namespace name {                                                               \
  Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, \
                                               Diagnostics& diag) {              \
    return load_move<OpStruct>(record, diag);                                    \
  }                                                                              \
  }
TENON_MOVE(transpose, ops::Transpose)
TENON_MOVE(slice, SliceRun)
TENON_MOVE(expand, ExpandRun)
TENON_MOVE(concat, ops::Concat)
TENON_MOVE(pad, ops::Pad)
#undef TENON_MOVE

}  // namespace tenon::simd
