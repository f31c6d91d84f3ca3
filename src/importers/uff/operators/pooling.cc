// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pooling over windows.
#include "importers/uff/operators/window.h"
#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

Status import_pool(Context& node) {
  TENON_TRY(node.expect_inputs(1));
  TENON_ASSIGN(const size_t func, node.choice("func", {"max", "avg"}));
  Dims axes;
  TENON_ASSIGN(ir::Value * x, node.in_main(0, axes));
  if (axes.rank() < 3) {
    return node.fail(Code::InvalidModel, "pools an input of rank {}: it needs spatial axes",
                     axes.rank());
  }
  TENON_TRY(node.expect_field("kernel"));
  TENON_ASSIGN(const Dims kernel, read_per_axis(node, "kernel", axes.rank() - 2, 1, 1));
  TENON_ASSIGN(const Window window, read_window(node, *x, kernel));
  ops::Pooling op{func == 0 ? ops::PoolingKind::Max : ops::PoolingKind::Average,
                  window.kernel,
                  window.strides,
                  window.pads_begin,
                  window.pads_end,
                  window.dilations,
                  false,
                  false};
  return node.finish_main(std::move(op), {x}, axes, node.inputs()[0].stored);
}

constexpr Row kPoolingRows[] = {{"Pool", import_pool}};

}  // namespace

std::span<const Row> pooling_rows() { return kPoolingRows; }

}  // namespace tenon::uff
