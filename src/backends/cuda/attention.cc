// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention over padded and packed sequences.
#include "ops/attention.h"
#include "backends/cuda/heads.h"
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::attention {

namespace {

using ops::SequenceForm;

constexpr int64_t kMostSize = 512;

class AttentionPlanner final : public Planner {
 public:
  AttentionPlanner(const ops::Attention& op, uint64_t present) : op_(op), present_(present) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    if (!ranks_fit(op_, shapes)) return kUnlikeShapes;
    const AllHeads all(op_, shapes);
    if (!all.fit(op_)) return kUnlikeShapes;
    const Heads &q = all.q, &k = all.k;
    const bool packed_queries = op_.query_form == SequenceForm::Packed;
    const int64_t lengths =
        packed_queries ? shapes.inputs[ops::kAttentionQueryLengths].elements() - 1 : 0;
    const int64_t batches = packed_queries ? lengths : q.batches;
    const int64_t items = q.batches * q.heads * q.places;
    Launch launch = launch_of("attend", items * 32, 128);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1)).place(input(2));
    for (const size_t i : {size_t{ops::kAttentionMask}, size_t{ops::kAttentionQueryLengths},
                           size_t{ops::kAttentionKeyLengths}}) {
      place_input(shapes, i, args);
    }
    args.place(output(0)).u32(items).i32(batches).i32(q.places).i32(k.places);
    args.divisor(q.places).divisor(q.heads).divisor(q.heads / k.heads);
    all.put(args);
    TENON_TRY(put_mask_strides(shapes, present_, args));
    args.put(op_.scale);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::Attention op_;
  uint64_t present_;
};

const ops::Attention& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::Attention>(*node.op);
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::Attention& op = op_of(node);
  const int mask = mask_kind(node);
  const auto flag = [](bool value) { return value ? 1 : 0; };
  return fmt::format(
             "typedef {} T;\n#define SIZE {}\n#define VALUE_SIZE {}\n#define SOFTMAX {}\n"
             "#define CAUSAL {}\n#define QUERIES_PACKED {}\n#define KEYS_PACKED {}\n"
             "#define MASK {}\n#define QUERY_LENGTHS {}\n#define KEY_LENGTHS {}\n",
             type_name(node.outputs[0].dtype), node.inputs[0].opt.back(), node.inputs[2].opt.back(),
             flag(op.softmax), static_cast<int>(op.causal),
             flag(op.query_form == SequenceForm::Packed), flag(op.key_form == SequenceForm::Packed),
             mask, flag(has_input(node, ops::kAttentionQueryLengths)),
             flag(has_input(node, ops::kAttentionKeyLengths))) +
         kAttentionText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(present_inputs(node));
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto present = bytes.take<uint64_t>();
  const auto op = ops::unpack<ops::Attention>(bytes);
  if (!op.ok() || record.inputs.size() < 3 || record.outputs.size() != 1) return nullptr;
  const auto has = [&](size_t i) { return i < record.inputs.size() && (present >> i & 1U) != 0; };
  if (!has(0) || !has(1) || !has(2) ||
      (op->query_form == SequenceForm::Packed && !has(ops::kAttentionQueryLengths)) ||
      (op->key_form == SequenceForm::Packed && !has(ops::kAttentionKeyLengths))) {
    return nullptr;
  }
  return std::make_unique<AttentionPlanner>(*op, present);
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  const ops::Attention& op = op_of(node);
  for (const size_t i : {0, 2}) {
    const kernel::PortInfo& port = node.inputs[i];
    if (port.min.back() != port.max.back() || port.max.back() > kMostSize) {
      return fmt::format("vectors of input {} are longer than {} or of open length", i, kMostSize);
    }
  }
  const auto lacks = [&](SequenceForm form, size_t lengths) {
    return form == SequenceForm::Packed && !has_input(node, lengths);
  };
  if (lacks(op.query_form, ops::kAttentionQueryLengths) ||
      lacks(op.key_form, ops::kAttentionKeyLengths)) {
    return "packed sequences come without lengths";
  }
  kernel::NodeInfo data{.op = node.op, .name = node.name, .inputs = {}, .outputs = node.outputs};
  for (size_t i = 0; i < 4 && i < node.inputs.size(); ++i) {
    const bool by_bits = i == ops::kAttentionMask && node.inputs[i].dtype == DType::Bool;
    if (!by_bits) data.inputs.push_back(node.inputs[i]);
  }
  for (const kernel::PortInfo& port : data.inputs) {
    if (port.present && port.dtype != node.outputs[0].dtype) {
      return "its inputs are of different types";
    }
  }
  return refuse_types(data, kFloatTypes);
}

}  // namespace tenon::cuda::attention
