// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolution of small integers on tiles (AMX), channels last.
#include "backends/simd/run/quant_convolution_tiles.h"

#include "backends/simd/run/list.h"

namespace tenon::simd::quant_convolution_tiles {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

struct Kernel {
  TileProduct product;
  ConvParams params;

  [[nodiscard]] size_t workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept {
    const TileWalk walk(params.geometry(inputs[0].dims, outputs[0].dims));
    return static_cast<size_t>(walk.copied);
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : params_(kernel.params), run_(kernel.product) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    TENON_TRY(params_.check(inputs, outputs));
    return run_.prepare(params_.geometry(inputs[0].dims, outputs[0].dims));
  }
  Status run(const kernel::RunArgs& args) noexcept override {
    run_.run(args.inputs[ops::kQuantX],
             params_.residual ? args.inputs[ops::kQuantResidual] : nullptr, args.outputs[0],
             args.workspace);
    return {};
  }

 private:
  const ConvParams& params_;
  TileRun run_;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::QuantConvolution>(record, diag));
  Kernel kernel{.product = {.op = opened.op, .level = opened.level, .threads = record.threads},
                .params = {.op = opened.op.convolution, .weight = {}}};
  ConvParams& params = kernel.params;
  TileProduct& product = kernel.product;
  bool sound = read_convolution(opened.rest, params);
  product.has_residual = params.residual;
  // Deeper sums may not fit 32 bits.
  constexpr int64_t kMostDepth = int64_t{1} << 16;
  sound = sound && product.read(opened.rest) && params.op.groups == 1 &&
          params.op.kernel.rank() == 2 && params.weight.volume() / params.weight[0] < kMostDepth;
  if (!sound) return damaged(record, diag);
  const kernel::Wanted x{product.type, Layout::hwc()};
  const auto residual = params.residual
                            ? std::optional(kernel::Wanted{product.residual, Layout::hwc()})
                            : std::nullopt;
  TENON_TRY(kernel::expect_ports(record, {x, std::nullopt, std::nullopt, residual, std::nullopt},
                                 {product.op.to, Layout::hwc()}, diag));
  const ConvGeometry any =
      params.geometry({1, params.weight[1], 1, 1}, {1, params.weight[0], 1, 1});
  TENON_TRY(product.find(record, any, layout_of(params).bytes(), diag));
  return make_loaded<Instance>(kernel, record, diag);
}

}  // namespace tenon::simd::quant_convolution_tiles
