// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Windows from fields.
#include "importers/uff/operators/window.h"

namespace tenon::uff {

Result<Dims> read_per_axis(Context& node, std::string_view field, int spatial, int64_t otherwise,
                           int64_t least) {
  TENON_ASSIGN(const std::vector<int64_t> list, node.integers(field));
  if (list.empty()) return Dims::filled(spatial, otherwise);
  if (list.size() != static_cast<size_t>(spatial)) {
    return node.fail(Code::InvalidModel, "field {} has {} entries for {} spatial axes", field,
                     list.size(), spatial);
  }
  Dims dims;
  for (const int64_t entry : list) {
    if (entry < least || entry > INT32_MAX) {
      return node.fail(Code::InvalidModel, "field {} holds {}, but entries are {} to {}", field,
                       entry, least, INT32_MAX);
    }
    dims.push_back(entry);
  }
  return dims;
}

namespace {

/// Pads such that a window moved by its stride meets every element.
Status pad_alike(Context& node, const ir::Value& x, Window& window) {
  for (int i = 0; i < window.kernel.rank(); ++i) {
    const expr::Expr& extent = x.shape()[static_cast<size_t>(i) + 2];
    if (!extent.is_constant()) {
      return node.fail(Code::Unsupported,
                       "field implicit_padding is \"same\", but spatial axis {} is dynamic: fix it",
                       i);
    }
    const int64_t stride = window.strides[i];
    const int64_t outputs = (extent.constant() + stride - 1) / stride;
    const int64_t reach = (window.kernel[i] - 1) * window.dilations[i] + 1;
    const int64_t pads = std::max<int64_t>((outputs - 1) * stride + reach - extent.constant(), 0);
    window.pads_begin[i] = pads / 2;
    window.pads_end[i] = pads - pads / 2;
  }
  return {};
}

}  // namespace

Result<Window> read_window(Context& node, const ir::Value& x, const Dims& kernel) {
  const int spatial = kernel.rank();
  Window window{kernel, {}, {}, {}, {}};
  TENON_ASSIGN(window.strides, read_per_axis(node, "strides", spatial, 1, 1));
  TENON_ASSIGN(window.dilations, read_per_axis(node, "dilation", spatial, 1, 1));
  TENON_ASSIGN(window.pads_begin, read_per_axis(node, "padding", spatial, 0, 0));
  window.pads_end = window.pads_begin;
  TENON_ASSIGN(const std::string implicit, node.text("implicit_padding", ""));
  if (implicit == "same") TENON_TRY(pad_alike(node, x, window));
  return window;
}

}  // namespace tenon::uff
