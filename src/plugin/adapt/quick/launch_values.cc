// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Evaluating launch programs.
#include "plugin/adapt/quick/launch_values.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace tenon::plugin {

namespace {

using nvinfer1::PluginArgDataType;

/// What a scalar argument holds.
std::pair<int64_t, int64_t> range_of(PluginArgDataType type) noexcept {
  switch (type) {
    case PluginArgDataType::kINT8:
      return {std::numeric_limits<int8_t>::min(), std::numeric_limits<int8_t>::max()};
    case PluginArgDataType::kINT16:
      return {std::numeric_limits<int16_t>::min(), std::numeric_limits<int16_t>::max()};
    case PluginArgDataType::kINT32:
      break;
  }
  return {std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
}

constexpr size_t kGridNumbers = 3;

}  // namespace

Status LaunchValues::compute(std::span<const kernel::TensorDesc> inputs, size_t count) noexcept {
  extents_.clear();
  for (const kernel::TensorDesc& input : inputs) {
    for (int axis = 0; axis < input.dims.rank(); ++axis) extents_.push_back(input.dims[axis]);
  }
  for (size_t i = 0; i < scalars_.size(); ++i) {
    const LaunchProgram::Extra& extra = launch_.extras[i];
    const auto [least, most] = range_of(extra.type);
    int64_t value = 0;
    TENON_TRY(number(extra.code, least, most, "scalar argument", i, value));
    scalars_[i] = static_cast<int32_t>(value);
  }
  for (size_t i = 0; i < count; ++i) {
    const char* what = i < kGridNumbers       ? "grid extent"
                       : i < 2 * kGridNumbers ? "block extent"
                                              : "shared memory";
    int64_t value = 0;
    TENON_TRY(number(launch_.numbers[i], 0, std::numeric_limits<uint32_t>::max(), what,
                     i % kGridNumbers, value));
    numbers_[i] = static_cast<uint32_t>(value);
  }
  return {};
}

Status LaunchValues::number(const expr::Code& code, int64_t least, int64_t most, const char* what,
                            size_t place, int64_t& value) noexcept {
  const Status status = expr::evaluate(code, extents_, value);
  if (status.ok() && value >= least && value <= most) return {};
  const auto end = status.ok()
                       ? fmt::format_to_n(words_, sizeof words_ - 1,
                                          "{} {} of {} is {} for these shapes, outside {} to {}",
                                          what, place, kernel_, value, least, most)
                       : fmt::format_to_n(words_, sizeof words_ - 1,
                                          "{} {} of {} cannot be computed for these shapes: {}",
                                          what, place, kernel_, status.what);
  said_ = std::min(end.size, sizeof words_ - 1);
  return {Code::InvalidArgument, "a kernel cannot be launched for these shapes"};
}

}  // namespace tenon::plugin
