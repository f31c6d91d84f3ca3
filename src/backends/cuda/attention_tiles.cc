// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention of 16-bit types by matrix instructions, in one kernel.
#include <fmt/core.h>

#include "backends/cuda/heads.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda::attention_tiles {

namespace {

constexpr int64_t kMostSize = 128, kMostSizeOfTwo = 64;
constexpr int64_t kTile = 16, kWarps = 4;

/// Ways to share the work between four warps: keys, or queries, of which a warp has 16 or 32.
enum Tactic : int32_t { kJoined, kOneTile, kTwoTiles, kTactics };
constexpr const char* kNames[] = {"attend_joined", "attend_16", "attend_32"};
constexpr int64_t kQueries[] = {kTile, kTile* kWarps, 2 * kTile* kWarps};

const ops::Attention& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::Attention>(*node.op);
}

class TilesPlanner final : public Planner {
 public:
  TilesPlanner(const ops::Attention& op, uint64_t present, int32_t tactic)
      : op_(op), present_(present), tactic_(tactic) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    if (!ranks_fit(op_, shapes)) return kUnlikeShapes;
    const AllHeads all(op_, shapes);
    if (!all.fit(op_)) return kUnlikeShapes;
    // Addresses that vectors cannot be read from have one way.
    const int32_t tactic = shapes.aligned ? tactic_ : kOneTile;
    const int64_t queries = kQueries[tactic];
    const int64_t tiles = (all.q.places + queries - 1) / queries;
    Launch launch = launch_of(shapes.aligned ? kNames[tactic] : "attend_plain",
                              tiles * all.q.heads * all.q.batches, 1);
    launch.block[0] = kWarps * 32;
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1)).place(input(2));
    place_input(shapes, ops::kAttentionMask, args);
    args.place(output(0)).i32(all.q.places).i32(all.k.places).put(op_.scale);
    args.divisor(tiles).divisor(all.q.heads).divisor(all.q.heads / all.k.heads);
    all.put(args);
    TENON_TRY(put_mask_strides(shapes, present_, args));
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::Attention op_;
  uint64_t present_;
  int32_t tactic_;
};

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const DType type = node.outputs[0].dtype;
  const char* name = type == DType::F16 ? "f16" : "bf16";
  const int64_t size = node.inputs[0].opt.back(), value_size = node.inputs[2].opt.back();
  return fmt::format(
             "typedef {} T;\n#define MULTIPLY \"mma.sync.aligned.m16n8k16.row.col.f32.{}.{}.f32\"\n"
             "#define SIZE {}\n#define VALUE_SIZE {}\n#define CAUSAL {}\n#define MASK {}\n"
             "#define TWO_TILES {}\n",
             type_name(type), name, name, size, value_size, static_cast<int>(op_of(node).causal),
             mask_kind(node), std::max(size, value_size) <= kMostSizeOfTwo ? 1 : 0) +
         kAttentionTilesText;
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(present_inputs(node));
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto present = bytes.take<uint64_t>();
  const auto op = ops::unpack<ops::Attention>(bytes);
  const bool fits = op.ok() && record.inputs.size() >= 3 && record.outputs.size() == 1 &&
                    (present & 7U) == 7U && record.tactic >= 0 && record.tactic < kTactics &&
                    op->query_form != ops::SequenceForm::Packed &&
                    op->key_form != ops::SequenceForm::Packed;
  if (!fits) return nullptr;
  return std::make_unique<TilesPlanner>(*op, present, record.tactic);
}

/// Few queries leave most of the GPU idle unless their keys are shared out; the tuner sees.
std::vector<int32_t> tactics(const kernel::NodeInfo& node) {
  const int64_t size = std::max(node.inputs[0].opt.back(), node.inputs[2].opt.back());
  if (size > kMostSizeOfTwo) return {kJoined, kOneTile};
  return {kJoined, kOneTile, kTwoTiles};
}

}  // namespace

const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr, &tactics};

std::string refuse(const kernel::NodeInfo& node, const device::Target& target) {
  if (target.gpu.sm < 80) return "its instructions are there from compute capability 8.0 on";
  const ops::Attention& op = op_of(node);
  const DType type = node.outputs[0].dtype;
  if (type != DType::F16 && type != DType::BF16) return "it computes in f16 and bf16 alone";
  for (const size_t i : {0, 1, 2}) {
    const kernel::PortInfo& port = node.inputs[i];
    if (port.dtype != type) return "its inputs are of different types";
    if (port.min.back() != port.max.back() || port.max.back() > kMostSize ||
        port.max.back() % 8 != 0) {
      return fmt::format("vectors of input {} are no multiple of 8 up to {}", i, kMostSize);
    }
  }
  if (has_input(node, ops::kAttentionQueryLengths) || has_input(node, ops::kAttentionKeyLengths) ||
      op.query_form == ops::SequenceForm::Packed || op.key_form == ops::SequenceForm::Packed) {
    return "sequences have lengths of their own";
  }
  if (!op.softmax) return "there is no softmax";
  const bool added = mask_kind(node) == 2;
  return added && node.inputs[ops::kAttentionMask].dtype != type ? "its mask is of another type"
                                                                 : "";
}

}  // namespace tenon::cuda::attention_tiles
