// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Words for layouts.
#include "kernel/layout_text.h"

namespace tenon::kernel {

FixedText<24> text_of(const Layout& layout) noexcept {
  if (layout.private_id != 0) return FixedText<24>("private({})", {layout.private_id});
  if (layout.is_linear()) return FixedText<24>("linear");
  const bool volume = layout.channel_from_end == 4;
  const bool last = layout.order == Layout::Order::ChannelsLast;
  FixedText<24> text(volume ? (last ? "dhwc" : "cdhw") : (last ? "hwc" : "chw"));
  if (layout.vector > 1) text.append("{}", {layout.vector});
  return text;
}

}  // namespace tenon::kernel
