// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions by own code: any float type, one to three spatial axes, groups, everything fused.
#include <algorithm>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"
#include "backends/cuda/windows.h"

namespace tenon::cuda::convolution {

namespace {

using kernel::TensorDesc;

const ops::Convolution& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::Convolution>(*node.op);
}

/// Ways to launch.
enum Way : int32_t {
  kOneByOne = 0,  ///< an output a thread
  kWarps = 1,     ///< an output a warp
  kTiles = 2,     ///< places of several channels a block, of one group
};
constexpr int64_t kLanes = 32, kTileOutputs = 4, kMostTileTerms = 1 << 14;
constexpr int64_t kMostTileTaps = 512;

/// Warps of a block of kTiles, which part the channels in as few rounds as there can be.
int64_t split_of(int64_t channels, DType type) {
  const int64_t most = type == DType::F64 ? 16 : 32, rounds = (channels + most - 1) / most;
  return rounds < 1 ? 1 : (channels + rounds - 1) / rounds;
}

/// Whether a window may reach beyond the input.
bool is_padded(const ops::Convolution& op) {
  const auto any = [](const Dims& list) {
    return std::any_of(list.begin(), list.end(), [](int64_t pad) { return pad != 0; });
  };
  return any(op.pads_begin) || any(op.pads_end);
}

class ConvolutionPlanner final : public Planner {
 public:
  ConvolutionPlanner(ops::Convolution op, int32_t way) : op_(op), way_(way) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc &x = shapes.inputs[0], &w = shapes.inputs[1], &y = shapes.outputs[0];
    const int rank = op_.kernel.rank() + 2;
    if (x.dims.rank() != rank || w.dims.rank() != rank || y.dims.rank() != rank || op_.groups < 1 ||
        x.dims[1] != w.dims[1] * op_.groups || y.dims[1] != w.dims[0] ||
        y.dims[1] % op_.groups != 0 || x.dims[0] != y.dims[0]) {
      return kUnlikeShapes;
    }
    if (way_ == kTiles && op_.groups != 1) return kUnlikeShapes;
    const int64_t items = y.elements(), positions = items / (y.dims[0] * y.dims[1]);
    const int64_t tiles = (positions + kLanes - 1) / kLanes;
    const int64_t quads = (y.dims[1] + kTileOutputs - 1) / kTileOutputs;
    Launch launch = way_ == kTiles   ? launch_of("convolve_tiles", y.dims[0] * quads * tiles, 1)
                    : way_ == kWarps ? launch_of("convolve_warps", items * kLanes, 128)
                                     : launch_of("convolve", items, 128);
    if (way_ == kTiles)
      launch.block[0] = static_cast<uint32_t>(kLanes * split_of(w.dims[1], y.dtype));
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1));
    place_input(shapes, ops::kConvBias, args);
    place_input(shapes, ops::kConvResidual, args);
    args.place(output(0)).u32(items);
    put_extents(x.dims, y.dims, args);
    args.divisor(y.dims[1] / op_.groups);
    args.u32(positions).u32(y.dims[1]).divisor(tiles).divisor(quads).i32(w.dims[1]);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::Convolution op_;
  int32_t way_;
};

std::vector<int32_t> tactics(const kernel::NodeInfo& node) {
  constexpr int64_t kFewOutputs = 1 << 18, kManyTerms = 32;
  const int64_t taps = op_of(node).kernel.volume(), terms = taps * node.inputs[1].opt[1];
  const bool few = node.outputs[0].max.volume() <= kFewOutputs;
  std::vector<int32_t> ways;
  if (few && op_of(node).groups == 1 && terms <= kMostTileTerms && taps <= kMostTileTaps) {
    ways.push_back(kTiles);
  }
  if (few && terms >= kManyTerms) ways.push_back(kWarps);
  ways.push_back(kOneByOne);
  return ways;
}

std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::Convolution& op = op_of(node);
  const bool small = op.kernel.volume() <= 49;
  return kFunctionsText + window_text(op) +
         fmt::format(
             "typedef {} T;\n#define BIAS {}\n#define RESIDUAL {}\n#define ACTIVATE(x) {}\n"
             "#define UNROLL_Y {}\n#define UNROLL_X {}\n#define PADDED {}\n",
             type_name(node.outputs[0].dtype), has_input(node, ops::kConvBias) ? 1 : 0,
             has_input(node, ops::kConvResidual) ? 1 : 0, activated(op.activation, "x"),
             small ? of_three(op.kernel, 1, 1) : 1, small ? of_three(op.kernel, 2, 1) : 1,
             is_padded(op) ? 1 : 0) +
         kConvolutionText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::Convolution>(bytes);
  if (!op.ok() || !sane_window(*op) || record.inputs.size() < 2 || record.outputs.size() != 1 ||
      record.inputs[0].absent() || record.inputs[1].absent()) {
    return nullptr;
  }
  return std::make_unique<ConvolutionPlanner>(std::move(op).value(), record.tactic);
}

}  // namespace

const OwnKernel kOwn = {
    &linear_configurations, &text, &packed_operator, &planner, nullptr, &tactics};

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_window(op_of(node)); !reason.empty()) return reason;
  if (node.inputs[1].min[1] != node.inputs[1].max[1]) {
    return "the channels of its weights are known only at run time";
  }
  return refuse_types(node, kFloatTypes);
}

}  // namespace tenon::cuda::convolution
