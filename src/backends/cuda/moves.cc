// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Transpose, Slice, Expand, Concat, and what keeps its elements in order, of any type.
#include <algorithm>

#include "backends/cuda/movement.h"
#include "backends/cuda/own_kernel.h"
#include "ops/unpack.h"

namespace tenon::cuda {

namespace {

using kernel::TensorDesc;
using Descs = std::span<const TensorDesc>;

std::vector<int64_t> list_of(const Dims& dims) { return {dims.begin(), dims.end()}; }

/// What the runs of Slice and Expand need: records hold operators with symbolic extents.
struct SliceRecord {
  ops::Extents starts, sizes;
  Dims steps;
  static constexpr auto fields() {
    return std::tuple{ops::Field{"starts", &SliceRecord::starts},
                      ops::Field{"sizes", &SliceRecord::sizes},
                      ops::Field{"steps", &SliceRecord::steps}};
  }
};
struct ExpandRecord {
  ops::Extents target;
  static constexpr auto fields() { return std::tuple{ops::Field{"target", &ExpandRecord::target}}; }
};

Move whole_output(const Dims& out) {
  Move move;
  move.walk = {list_of(out), {{}, list_of(row_major_strides(out))}};
  return move;
}

// Each operator as moves. Files are hostile: extents that contradict each other are refused.

Status moves_of(const ops::Transpose& op, Descs in, const Dims& out, std::vector<Move>& moves) {
  const Dims& dims = in[0].dims;
  if (op.perm.rank() != dims.rank() || out.rank() != dims.rank()) return kUnlikeShapes;
  const Dims strides = row_major_strides(dims);
  Move move = whole_output(out);
  uint32_t seen = 0;
  for (int i = 0; i < out.rank(); ++i) {
    const auto axis = static_cast<int>(op.perm[i]);
    if (axis < 0 || axis >= dims.rank() || dims[axis] != out[i]) return kUnlikeShapes;
    seen |= 1U << static_cast<uint32_t>(axis);
    move.walk.strides[0].push_back(strides[axis]);
  }
  if (seen != (1U << static_cast<uint32_t>(dims.rank())) - 1) return kUnlikeShapes;
  moves.push_back(std::move(move));
  return {};
}

Status moves_of(const SliceRecord& op, Descs in, const Dims& out, std::vector<Move>& moves) {
  const Dims &dims = in[0].dims, &starts = op.starts.numbers;
  if (!op.starts.known || starts.rank() != dims.rank() || op.steps.rank() != dims.rank() ||
      out.rank() != dims.rank()) {
    return kUnlikeShapes;
  }
  const Dims strides = row_major_strides(dims);
  Move move = whole_output(out);
  for (int i = 0; i < dims.rank(); ++i) {
    int64_t last = 0;
    if (starts[i] < 0 || starts[i] >= dims[i] ||
        __builtin_mul_overflow(out[i] - 1, op.steps[i], &last) ||
        __builtin_add_overflow(starts[i], last, &last) || last < 0 || last >= dims[i]) {
      return kUnlikeShapes;
    }
    move.first_from += starts[i] * strides[i];
    move.walk.strides[0].push_back(out[i] == 1 ? 0 : strides[i] * op.steps[i]);
  }
  moves.push_back(std::move(move));
  return {};
}

Status moves_of(const ExpandRecord&, Descs in, const Dims& out, std::vector<Move>& moves) {
  Move move = whole_output(out);
  if (!broadcast_strides(in[0], out, move.walk.strides[0])) return kUnlikeShapes;
  moves.push_back(std::move(move));
  return {};
}

Status moves_of(const ops::Concat& op, Descs in, const Dims& out, std::vector<Move>& moves) {
  if (op.axis < 0 || op.axis >= out.rank()) return kUnlikeShapes;
  const auto axis = static_cast<int>(op.axis);
  const Dims to = row_major_strides(out);
  int64_t at = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    const Dims& dims = in[i].dims;
    Dims expected = out;
    if (dims.rank() != out.rank()) return kUnlikeShapes;
    expected[axis] = dims[axis];
    if (dims != expected || at + dims[axis] > out[axis]) return kUnlikeShapes;
    moves.push_back(
        {{list_of(dims), {list_of(row_major_strides(dims)), list_of(to)}}, i, 0, at * to[axis]});
    at += dims[axis];
  }
  return at == out[axis] ? Status{} : kUnlikeShapes;
}

/// Reshape and the like.
struct InOrder {
  static constexpr auto fields() { return std::tuple{}; }
};
Status moves_of(const InOrder&, Descs in, const Dims& out, std::vector<Move>& moves) {
  if (in[0].elements() != out.volume()) return kUnlikeShapes;
  Move move;
  move.walk = {{out.volume()}, {{1}, {1}}};
  moves.push_back(std::move(move));
  return {};
}

template <class OpStruct>
class MovePlanner final : public Planner {
 public:
  explicit MovePlanner(OpStruct op) : op_(std::move(op)) {}
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc& out = shapes.outputs[0];
    std::vector<Move> moves;
    TENON_TRY(moves_of(op_, shapes.inputs, out.dims, moves));
    for (Move& move : moves) {
      TENON_TRY(plan_move(std::move(move), out.dtype, shapes.aligned, launches));
    }
    return {};
  }

 private:
  OpStruct op_;
};

std::string text_of_moves(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return move_text(node.outputs[0].dtype, false, false);
}
std::string no_text(const kernel::NodeInfo&, const kernel::Configuration&) { return {}; }

/// All that are read have the output's type.
bool alike(const kernel::RecordView& record, size_t inputs) {
  if (record.outputs.size() != 1 || record.inputs.size() < inputs || inputs == 0) return false;
  const auto same = [&](const TensorDesc& desc) {
    return !desc.absent() && desc.dtype == record.outputs[0].dtype && desc.layout.is_linear();
  };
  return bit_width(record.outputs[0].dtype) >= 8 && record.outputs[0].layout.is_linear() &&
         std::ranges::all_of(record.inputs.first(inputs), same);
}

template <class OpStruct>
std::unique_ptr<Planner> move_planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<OpStruct>(bytes);
  const bool all = std::is_same_v<OpStruct, ops::Concat>;
  if (!op.ok() || !alike(record, all ? record.inputs.size() : 1)) return nullptr;
  return std::make_unique<MovePlanner<OpStruct>>(std::move(op).value());
}

std::vector<kernel::Alias> first_alias(const kernel::NodeInfo& node) {
  if (node.inputs[0].constant != nullptr) return {};
  return {{0, 0, false}};
}

std::string refuse_move(const kernel::NodeInfo& node) {
  if (bit_width(node.outputs[0].dtype) < 8) return "elements of i4 have no addresses of their own";
  if (const auto* slice = std::get_if<ops::Slice>(node.op); slice != nullptr) {
    return expr::to_dims(slice->starts) ? "" : "where it starts is known only at run time";
  }
  const auto absent = [](const kernel::PortInfo& port) { return !port.present; };
  if (std::holds_alternative<ops::Concat>(*node.op) && std::ranges::any_of(node.inputs, absent)) {
    return "an input is absent";
  }
  return {};
}

}  // namespace

#define TENON_MOVE(name, OpStruct, text, parameters, aliases)                                \
  namespace name {                                                                           \
  const OwnKernel kOwn = {&linear_configurations, text, parameters, &move_planner<OpStruct>, \
                          aliases};                                                          \
  std::string refuse(const kernel::NodeInfo& node, const device::Target&) {                  \
    return refuse_move(node);                                                                \
  }                                                                                          \
  }
TENON_MOVE(transpose, ops::Transpose, &text_of_moves, &packed_operator, nullptr)
TENON_MOVE(slice, SliceRecord, &text_of_moves, &packed_operator, nullptr)
TENON_MOVE(expand, ExpandRecord, &text_of_moves, &packed_operator, nullptr)
TENON_MOVE(concat, ops::Concat, &text_of_moves, &packed_operator, nullptr)
TENON_MOVE(copy, InOrder, &no_text, nullptr, &first_alias)
#undef TENON_MOVE

}  // namespace tenon::cuda
