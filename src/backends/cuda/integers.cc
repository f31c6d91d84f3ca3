// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Operators on small integers: convolutions, products, averages and sums that passes made.
#include <algorithm>
#include <bit>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/product.h"
#include "backends/cuda/texts.h"
#include "backends/cuda/windows.h"
#include "ops/quantized.h"

namespace tenon::cuda {

namespace {

using kernel::TensorDesc;

constexpr size_t kIntegerAxes = 8;  // as in integers.cu

/// "#define X_SCALE …" and "#define X_ZERO …".
std::string grid_macros(char name, const ops::Grid& grid) {
  return fmt::format("#define {0}_SCALE __int_as_float(0x{1:08x})\n#define {0}_ZERO ({2})\n", name,
                     std::bit_cast<uint32_t>(grid.scale), grid.zero);
}
/// What the kernels' texts have in common. `other`: the input that is added.
std::string integer_text(const kernel::NodeInfo& node, int kind, size_t other, bool biased,
                         const ops::Activation& activation) {
  const DType to = node.outputs[0].dtype;
  const bool added = has_input(node, other);
  return kFunctionsText +
         fmt::format(
             "#define KIND {}\ntypedef {} X;\ntypedef {} R;\ntypedef {} Y;\n#define WHOLE {}\n"
             "#define BIAS {}\n#define RESIDUAL {}\n#define ACTIVATE(x) {}\n",
             kind, type_name(node.inputs[0].dtype),
             added ? type_name(node.inputs[other].dtype) : "signed char", type_name(to),
             to == DType::F32 ? 0 : 1, biased ? 1 : 0, added ? 1 : 0, activated(activation, "x"));
}

/// Why ports are not what passes make; `real`: inputs of type f32.
std::string refuse_integers(const kernel::NodeInfo& node, std::initializer_list<size_t> real) {
  const auto small = [](DType type) { return type == DType::I8 || type == DType::U8; };
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (!node.inputs[i].present) continue;
    const bool is_real = std::ranges::count(real, i) != 0;
    const DType type = node.inputs[i].dtype;
    if (is_real ? type != DType::F32 : !small(type)) {
      return fmt::format("input {} is {}, which is not served here", i, to_string(type));
    }
  }
  const DType to = node.outputs[0].dtype;
  if (to == DType::F32 || small(to)) return {};
  return fmt::format("its output is {}, which is not served here", to_string(to));
}

bool has_weights(const kernel::RecordView& record) {
  return record.inputs.size() > ops::kQuantWeightScale && record.outputs.size() == 1 &&
         !record.inputs[ops::kQuantX].absent() && !record.inputs[ops::kQuantWeight].absent() &&
         !record.inputs[ops::kQuantWeightScale].absent();
}

class QuantConvolutionPlanner final : public Planner {
 public:
  explicit QuantConvolutionPlanner(ops::QuantConvolution op) : op_(std::move(op)) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const ops::Convolution& op = op_.convolution;
    const TensorDesc &x = shapes.inputs[0], &w = shapes.inputs[1], &y = shapes.outputs[0];
    const int64_t scales = shapes.inputs[ops::kQuantWeightScale].elements();
    const int rank = op.kernel.rank() + 2;
    if (x.dims.rank() != rank || w.dims.rank() != rank || y.dims.rank() != rank || op.groups < 1 ||
        x.dims[1] != w.dims[1] * op.groups || y.dims[1] != w.dims[0] ||
        y.dims[1] % op.groups != 0 || x.dims[0] != y.dims[0] ||
        (scales != 1 && scales != y.dims[1])) {
      return kUnlikeShapes;
    }
    Launch launch = launch_of("convolve_integers", y.elements(), 128);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1));
    place_input(shapes, ops::kQuantBias, args);
    place_input(shapes, ops::kQuantResidual, args);
    args.place(input(ops::kQuantWeightScale)).place(output(0));
    args.u32(y.elements()).i32(scales > 1 ? 1 : 0);
    put_extents(x.dims, y.dims, args);
    args.divisor(y.dims[1] / op.groups);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::QuantConvolution op_;
};

class QuantMatMulPlanner final : public Planner {
 public:
  explicit QuantMatMulPlanner(ops::QuantMatMul op) : op_(std::move(op)) {}

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    Product p;
    TENON_TRY(describe_product(op_.product, shapes.inputs.first(3), shapes.outputs[0], p));
    const int64_t scales = shapes.inputs[ops::kQuantWeightScale].elements();
    if (p.batch.rank() > kIntegerAxes || shapes.inputs[1].dims.rank() != 2 ||
        (scales != 1 && scales != p.columns)) {
      return kUnlikeShapes;
    }
    const int64_t items = shapes.outputs[0].elements();
    Launch launch = launch_of("multiply_integers", items, 128);
    Arguments& args = launch.arguments;
    args.place(input(0)).place(input(1));
    place_input(shapes, ops::kQuantBias, args);
    args.place(input(ops::kQuantWeightScale)).place(output(0)).u32(items);
    args.i32(scales > 1 ? 1 : 0).i32(p.depth).divisor(p.columns).divisor(p.rows);
    args.i32(p.a_row).i32(p.a_column).i32(p.b_row).i32(p.b_column);
    args.i32(p.bias_row).i32(p.bias_column).i32(static_cast<int64_t>(p.batch.rank()));
    args.divisors(p.batch.extents, kIntegerAxes);
    args.i32s(p.batch.strides[0], kIntegerAxes).i32s(p.batch.strides[2], kIntegerAxes);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  ops::QuantMatMul op_;
};

class QuantSumPlanner final : public Planner {
 public:
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const int64_t items = shapes.outputs[0].elements();
    for (const TensorDesc& desc : shapes.inputs) {
      if (!desc.absent() && desc.dims != shapes.outputs[0].dims) return kUnlikeShapes;
    }
    Launch launch = launch_of("add_integers", items);
    launch.arguments.place(input(0));
    place_input(shapes, 1, launch.arguments);
    launch.arguments.place(output(0)).u32(items);
    launches.push_back(std::move(launch));
    return {};
  }
};

class QuantPoolingPlanner final : public Planner {
 public:
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc &x = shapes.inputs[0], &y = shapes.outputs[0];
    if (x.dims.rank() < 3 || x.dims.rank() != y.dims.rank() || x.dims[0] != y.dims[0] ||
        x.dims[1] != y.dims[1]) {
      return kUnlikeShapes;
    }
    Launch launch = launch_of("average_integers", y.elements());
    Arguments& args = launch.arguments;
    args.place(input(0)).place(output(0)).u32(y.elements());
    for (int i = 0; i < 3; ++i) args.divisor(spatial(y.dims, i));
    for (int i = 0; i < 3; ++i) args.i32(spatial(x.dims, i));
    launches.push_back(std::move(launch));
    return {};
  }
};

}  // namespace

namespace quant_convolution {
namespace {
const ops::QuantConvolution& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::QuantConvolution>(*node.op);
}
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::QuantConvolution& op = op_of(node);
  return integer_text(node, 0, ops::kQuantResidual, has_input(node, ops::kQuantBias),
                      op.convolution.activation) +
         grid_macros('X', op.x) + grid_macros('R', op.residual) + grid_macros('Y', op.y) +
         grid_macros('B', op.between) + window_text(op.convolution) +
         fmt::format("#define GROUP_INPUTS {}\n#define BETWEEN {}\n",
                     node.inputs[ops::kQuantWeight].opt[1], op.rounds_between ? 1 : 0) +
         kIntegersText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::QuantConvolution>(bytes);
  if (!op.ok() || !has_weights(record) || !sane_window(op->convolution)) return nullptr;
  return std::make_unique<QuantConvolutionPlanner>(std::move(op).value());
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_window(op_of(node).convolution); !reason.empty()) return reason;
  return refuse_integers(node, {ops::kQuantBias, ops::kQuantWeightScale});
}
}  // namespace quant_convolution

namespace quant_mat_mul {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const auto& op = std::get<ops::QuantMatMul>(*node.op);
  return integer_text(node, 1, ops::kQuantResidual, has_input(node, ops::kQuantBias),
                      op.product.activation) +
         grid_macros('X', op.x) + grid_macros('Y', op.y) + kIntegersText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  auto op = ops::unpack<ops::QuantMatMul>(bytes);
  if (!op.ok() || !has_weights(record)) return nullptr;
  return std::make_unique<QuantMatMulPlanner>(std::move(op).value());
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_integers(node, {ops::kQuantBias, ops::kQuantWeightScale});
}
}  // namespace quant_mat_mul

namespace quant_pooling {
namespace {
const ops::QuantPooling& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::QuantPooling>(*node.op);
}
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const ops::QuantPooling& op = op_of(node);
  return integer_text(node, 3, 1, false, {ops::ActivationKind::None}) + grid_macros('X', op.x) +
         grid_macros('Y', op.y) + window_text(op.pooling) +
         fmt::format("#define COUNT_PADS {}\n", op.pooling.count_include_pad ? 1 : 0) +
         kIntegersText;
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::QuantPooling>(bytes);
  if (!op.ok() || !sane_window(op->pooling) || record.inputs.size() != 1 ||
      record.outputs.size() != 1 || record.inputs[0].absent()) {
    return nullptr;
  }
  return std::make_unique<QuantPoolingPlanner>();
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &packed_operator, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (!sane_window(op_of(node).pooling)) return "one to three spatial axes are served here";
  return refuse_integers(node, {});
}
}  // namespace quant_pooling

namespace quant_sum {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  const auto& op = std::get<ops::QuantSum>(*node.op);
  return integer_text(node, 2, 1, false, op.activation) + grid_macros('X', op.a) +
         grid_macros('R', op.b) + grid_macros('Y', op.y) + kIntegersText;
}
std::unique_ptr<Planner> planner(ByteReader&, const kernel::RecordView& record) {
  if (record.inputs.empty() || record.outputs.size() != 1 || record.inputs[0].absent()) {
    return nullptr;
  }
  return std::make_unique<QuantSumPlanner>();
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, nullptr, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (has_input(node, 1) && node.inputs[1].shape != node.outputs[0].shape) {
    return "its second input is spread over the first";
  }
  return refuse_integers(node, {});
}
}  // namespace quant_sum

}  // namespace tenon::cuda
