// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Product of small integers with constant ones on tiles (AMX).
#include "backends/simd/run/list.h"
#include "backends/simd/run/quant_mat_mul.h"
#include "backends/simd/run/tile_product.h"

namespace tenon::simd::quant_mat_mul_tiles {

namespace {

using kernel::TensorDesc;
using quant_mat_mul::Extents;

struct Kernel {
  TileProduct product;
  Extents extents;

  [[nodiscard]] ConvGeometry geometry(std::span<const TensorDesc> outputs) const noexcept {
    const int64_t rows = outputs[0].elements() / extents.columns;
    return product_geometry(rows, extents.depth, extents.columns);
  }
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc> outputs) const noexcept {
    return static_cast<size_t>(TileWalk(geometry(outputs)).copied);
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel), run_(kernel.product) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    const ConvGeometry g = kernel_.geometry(outputs);
    const bool sound = outputs[0].elements() == g.width * g.outputs &&
                       inputs[ops::kQuantX].elements() == g.width * g.channels;
    if (!sound) return {Code::InvalidArgument, "a matrix product's shapes contradict each other"};
    return run_.prepare(g);
  }
  Status run(const kernel::RunArgs& args) noexcept override {
    run_.run(args.inputs[ops::kQuantX], nullptr, args.outputs[0], args.workspace);
    return {};
  }

 private:
  const Kernel& kernel_;
  TileRun run_;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::QuantMatMul>(record, diag));
  Kernel kernel{.product = {.op = quant_mat_mul::as_convolution(opened.op),
                            .level = opened.level,
                            .threads = record.threads},
                .extents = {}};
  Extents& extents = kernel.extents;
  extents.depth = opened.rest.take<int64_t>();
  extents.columns = opened.rest.take<int64_t>();
  const bool sound = kernel.product.read(opened.rest) && extents.sound();
  if (!sound) return damaged(record, diag);
  const kernel::Layout linear = kernel::Layout::linear();
  TENON_TRY(kernel::expect_ports(record,
                                 {kernel::Wanted{kernel.product.type, linear}, std::nullopt,
                                  std::nullopt, std::nullopt, std::nullopt},
                                 {opened.op.to, linear}, diag));
  TENON_TRY(kernel.product.find(record, product_geometry(1, extents.depth, extents.columns),
                                quant_mat_mul::layout_of(extents, "tiles").bytes(), diag));
  return make_loaded<Instance>(kernel, record, diag);
}

}  // namespace tenon::simd::quant_mat_mul_tiles
