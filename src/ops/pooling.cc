// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types and shapes of poolings.
#include "ops/pooling.h"

#include "ops/rule.h"

namespace tenon::ops {

Status infer(const Pooling& op, Inference& inference) {
  TENON_TRY(expect_inputs(inference, 1, 1));
  const TensorType& x = inference.in(0);
  if (op.kind != PoolingKind::Max) {
    TENON_TRY(expect_floating(inference, 0));
  } else {
    TENON_TRY(expect_type(inference, 0, is_number(x.dtype), "a number"));
  }
  const Window window{op.kernel, op.strides, op.pads_begin, op.pads_end, op.dilations};
  TENON_TRY(expect_window(window, x.shape, inference));
  expr::Shape shape{x.shape[0], x.shape[1]};
  for (int i = 0; i < op.kernel.rank(); ++i) {
    if (op.pads_begin[i] >= op.kernel[i] || op.pads_end[i] >= op.kernel[i]) {
      return inference.diag.fail(Code::InvalidModel,
                                 "pads {} and {} are not smaller than the kernel's {} at spatial "
                                 "axis {}, so a window would see padding alone",
                                 op.pads_begin[i], op.pads_end[i], op.kernel[i], i);
    }
    shape.push_back(window_count(window, i, x.shape[static_cast<size_t>(i) + 2], op.ceil_mode));
  }
  inference.out(x.dtype, std::move(shape));
  return {};
}

}  // namespace tenon::ops
