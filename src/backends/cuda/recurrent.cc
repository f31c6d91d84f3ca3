// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Recurrent layers over whole sequences.
#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::recurrent {

namespace {

using ops::RecurrentKind;

constexpr int64_t kStateRows = 6;  // as in recurrent.cu

/// Extents of one run.
struct Extents {
  int64_t time = 0, batches = 0, features = 0, directions = 1, rows = 0;
};

class RecurrentPlanner final : public Planner {
 public:
  RecurrentPlanner(ops::Recurrent op, uint64_t present) : op_(std::move(op)), present_(present) {}

  [[nodiscard]] size_t workspace(const Shapes& shapes) const override {
    const Extents e = extents(shapes);
    const int64_t numbers = given(e) + e.directions * e.batches * kStateRows * op_.hidden;
    return static_cast<size_t>(numbers) * wide_bytes(shapes);
  }

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Extents e = extents(shapes);
    const std::vector<kernel::TensorDesc> inputs = with_absent(shapes.inputs, present_);
    if (!fit(inputs, shapes, e)) return kUnlikeShapes;
    if (given(e) > INT32_MAX) return kTooLarge;
    Launch products = launch_of("of_inputs", given(e) * 32);
    Arguments& args = products.arguments;
    const Shapes known{inputs, shapes.outputs};
    for (size_t i = 0; i <= ops::kPeepholes; ++i) place_input(known, i, args);
    for (size_t i = 0; i < 2; ++i) args.place(output(i));
    if (op_.kind == RecurrentKind::Lstm) {
      args.place(output(2));
    } else {
      args.nothing();
    }
    const auto behind = static_cast<uint64_t>(given(e)) * wide_bytes(shapes);
    args.place(scratch()).place(scratch(behind));
    args.u32(given(e)).u32(e.time).u32(e.batches).u32(e.features).u32(op_.hidden);
    args.divisor(e.rows).divisor(e.batches).divisor(e.directions);
    Launch steps = products;
    steps.kernel = "go_through";
    steps.grid[0] = static_cast<uint32_t>(e.batches);
    steps.grid[1] = static_cast<uint32_t>(e.directions);
    // A warp an element of the state.
    steps.block[0] = static_cast<uint32_t>(std::clamp<int64_t>(op_.hidden * 32, 32, 1024));
    if (given(e) > 0) launches.push_back(std::move(products));
    launches.push_back(std::move(steps));
    return {};
  }

 private:
  [[nodiscard]] Extents extents(const Shapes& shapes) const {
    const Dims& x = shapes.inputs[ops::kSequence].dims;
    if (x.rank() != 3) return {};
    return {x[0], x[1], x[2], ops::directions(op_.direction), ops::gates(op_.kind) * op_.hidden};
  }
  static int64_t given(const Extents& e) { return e.time * e.directions * e.batches * e.rows; }
  static size_t wide_bytes(const Shapes& shapes) {
    return shapes.outputs[0].dtype == DType::F64 ? sizeof(double) : sizeof(float);
  }
  [[nodiscard]] bool fit(const std::vector<kernel::TensorDesc>& inputs, const Shapes& shapes,
                         const Extents& e) const {
    const int64_t d = e.directions, h = op_.hidden;
    const auto is = [&](size_t i, const Dims& dims) {
      return i >= inputs.size() || inputs[i].absent() || inputs[i].dims == dims;
    };
    return e.rows > 0 && is(ops::kWeights, {d, e.rows, e.features}) &&
           is(ops::kRecurrence, {d, e.rows, h}) && is(ops::kBias, {d, 2 * e.rows}) &&
           is(ops::kLengths, {e.batches}) && is(ops::kInitialHidden, {d, e.batches, h}) &&
           is(ops::kInitialCell, {d, e.batches, h}) && is(ops::kPeepholes, {d, 3 * h}) &&
           shapes.outputs[0].dims == Dims{e.time, d, e.batches, h} &&
           shapes.outputs[1].dims == Dims{d, e.batches, h};
  }

  ops::Recurrent op_;
  uint64_t present_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const auto& op = std::get<ops::Recurrent>(*node.op);
  const auto flag = [](bool value) { return value ? 1 : 0; };
  std::string text =
      fmt::format("typedef {} T;\n#define KIND {}\n#define REVERSE {}\n#define BIDIRECTIONAL {}\n",
                  type_name(node.outputs[0].dtype),
                  op.kind == RecurrentKind::Lstm  ? 2
                  : op.kind == RecurrentKind::Gru ? 1
                                                  : 0,
                  flag(op.direction == ops::Direction::Reverse),
                  flag(op.direction == ops::Direction::Bidirectional)) +
      fmt::format("#define RESET_AFTER {}\n#define INPUT_FORGET {}\n", flag(op.linear_before_reset),
                  flag(op.input_forget));
  const auto limit = std::bit_cast<uint32_t>(op.clip);
  text += op.clip > 0 ? fmt::format(
                            "#define LIMIT(x) clip((x), (Wide<T>)-__int_as_float(0x{0:08x}), "
                            "(Wide<T>)__int_as_float(0x{0:08x}))\n",
                            limit)
                      : std::string("#define LIMIT(x) (x)\n");
  const std::pair<const char*, const ops::Activation&> functions[] = {{"F", op.f},
                                                                      {"G", op.g},
                                                                      {"H", op.h},
                                                                      {"BACK_F", op.backward_f},
                                                                      {"BACK_G", op.backward_g},
                                                                      {"BACK_H", op.backward_h}};
  for (const auto& [name, function] : functions) {
    // What comes out of the cell is not limited.
    const bool limited = !std::string_view(name).ends_with('H');
    text +=
        fmt::format("#define {}(x) {}\n", name, activated(function, limited ? "LIMIT(x)" : "(x)"));
  }
  return kFunctionsText + text + kRecurrentText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(present_inputs(node));
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto present = bytes.take<uint64_t>();
  auto op = ops::unpack<ops::Recurrent>(bytes);
  constexpr int64_t kMost = 1 << 24;
  if (!op.ok() || op->hidden < 1 || op->hidden > kMost || record.inputs.size() < 3 ||
      record.inputs.size() > ops::kPeepholes + 1 || (present & 7U) != 7) {
    return nullptr;
  }
  if (record.outputs.size() != (op->kind == RecurrentKind::Lstm ? 3 : 2)) return nullptr;
  for (size_t i = 0; i < record.inputs.size(); ++i) {
    const DType wanted = i == ops::kLengths ? DType::I32 : record.outputs[0].dtype;
    if ((present >> i & 1U) != 0 && record.inputs[i].dtype != wanted) return nullptr;
  }
  return std::make_unique<RecurrentPlanner>(std::move(*op), present);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  kernel::NodeInfo data{.op = node.op, .name = node.name, .inputs = {}, .outputs = node.outputs};
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (i != ops::kLengths) data.inputs.push_back(node.inputs[i]);
  }
  if (has_input(node, ops::kLengths) && node.inputs[ops::kLengths].dtype != DType::I32) {
    return "its lengths are not i32";
  }
  return refuse_types(data, kFloatTypes);
}

}  // namespace tenon::cuda::recurrent
