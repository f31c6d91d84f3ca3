// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Defaults and automatic padding.
#include "importers/onnx/operators/window.h"

#include <algorithm>

namespace tenon::onnx {

namespace {

enum AutoPad : size_t { kNotSet, kSameUpper, kSameLower, kValid };

/// Pads so that the output has ceil(extent / stride) elements.
Status pad_same(Context& node, bool upper, Window& window) {
  for (int i = 0; i < window.kernel.rank(); ++i) {
    const expr::Expr& extent = node.shape(0)[static_cast<size_t>(i) + 2];
    const int64_t stride = window.strides[i];
    const int64_t span = (window.kernel[i] - 1) * window.dilations[i] + 1;
    int64_t total = span - stride;  // of an extent that the stride divides, thus of any at stride 1
    if (extent.is_constant()) {
      const int64_t left_over = extent.constant() % stride;
      if (left_over != 0) total = span - left_over;
    } else if (stride != 1) {
      return node.fail(Code::Unsupported,
                       "auto_pad depends on spatial axis {}, whose extent is dynamic: fix the "
                       "extent, or give explicit pads",
                       i);
    }
    total = std::max<int64_t>(total, 0);
    window.pads_begin[i] = upper ? total / 2 : total - total / 2;
    window.pads_end[i] = total - window.pads_begin[i];
  }
  return {};
}

}  // namespace

Result<Dims> read_per_axis(Context& node, std::string_view attribute, size_t count,
                           int64_t otherwise, int64_t least) {
  TENON_ASSIGN(const std::vector<int64_t> list, node.integers(attribute));
  if (list.empty()) return Dims::filled(static_cast<int>(count), otherwise);
  if (list.size() != count) {
    return node.fail(Code::InvalidModel,
                     "attribute {} has {} entries, but {} are needed for an input of rank {}",
                     attribute, list.size(), count, node.rank(0));
  }
  for (const int64_t value : list) {
    if (value >= least && value <= INT32_MAX) continue;
    return node.fail(Code::InvalidModel, "attribute {} holds {}, but must be {} to {}", attribute,
                     value, least, INT32_MAX);
  }
  return node.dims(list, attribute);
}

Result<Window> read_window(Context& node, const Dims& kernel) {
  if (node.rank(0) < 3 || node.rank(0) > Dims::kMaxRank) {
    return node.fail(Code::InvalidModel,
                     "input 0 has rank {}, but must have a batch, a channel and spatial axes",
                     node.rank(0));
  }
  const auto count = static_cast<size_t>(node.rank(0)) - 2;
  Window window;
  if (kernel.empty()) TENON_TRY(node.expect_attribute("kernel_shape"));
  window.kernel = kernel;
  if (node.has_attribute("kernel_shape")) {
    TENON_ASSIGN(window.kernel, read_per_axis(node, "kernel_shape", count, 1, 1));
  }
  TENON_ASSIGN(window.strides, read_per_axis(node, "strides", count, 1, 1));
  TENON_ASSIGN(window.dilations, read_per_axis(node, "dilations", count, 1, 1));
  TENON_ASSIGN(const Dims pads, read_per_axis(node, "pads", 2 * count, 0, 0));
  TENON_ASSIGN(const size_t mode,
               node.choice("auto_pad", "NOTSET", {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"}));
  const bool given = mode == kNotSet;
  for (int i = 0; i < window.kernel.rank(); ++i) {
    window.pads_begin.push_back(given ? pads[i] : 0);
    window.pads_end.push_back(given ? pads[i + window.kernel.rank()] : 0);
  }
  if (mode == kSameUpper || mode == kSameLower) {
    TENON_TRY(pad_same(node, mode == kSameUpper, window));
  }
  return window;
}

}  // namespace tenon::onnx
