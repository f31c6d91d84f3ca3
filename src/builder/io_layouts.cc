// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The table of formats.
#include "builder/io_layouts.h"

#include <algorithm>
#include <optional>

namespace tenon::builder {

namespace {

using kernel::Layout;

/// By nvinfer1::TensorFormat.
constexpr std::optional<Layout> kLayouts[] = {
    Layout::linear(),    // kLINEAR
    Layout::chw(2),      // kCHW2
    Layout::hwc(8),      // kHWC8
    Layout::chw(4),      // kCHW4
    Layout::chw(16),     // kCHW16
    Layout::chw(32),     // kCHW32
    Layout::hwc(8, 4),   // kDHWC8
    Layout::chw(32, 4),  // kCDHW32
    Layout::hwc(),       // kHWC
    std::nullopt,        // kDLA_LINEAR
    std::nullopt,        // kDLA_HWC4
    Layout::hwc(16),     // kHWC16
    Layout::hwc(1, 4),   // kDHWC
};

}  // namespace

std::optional<Layout> layout_of(uint8_t format) noexcept {
  return format < std::size(kLayouts) ? kLayouts[format] : std::nullopt;
}

Result<std::vector<Layout>> allowed_layouts(const ir::Value& value, Diagnostics& diag) {
  if (value.allowed_formats.empty()) return std::vector<Layout>{Layout::linear()};
  const auto rank = static_cast<int>(value.shape().size());
  std::vector<Layout> layouts;
  for (const uint8_t format : value.allowed_formats) {
    const std::optional<Layout> layout = layout_of(format);
    if (!layout || !kernel::fits(*layout, rank)) continue;
    if (std::find(layouts.begin(), layouts.end(), *layout) == layouts.end()) {
      layouts.push_back(*layout);
    }
  }
  if (!layouts.empty()) return layouts;
  return diag.fail(Code::Unsupported,
                   "none of the formats allowed for \"{}\" fits a tensor of {} axes on a CPU: "
                   "allow the linear format",
                   value.name, rank);
}

}  // namespace tenon::builder
