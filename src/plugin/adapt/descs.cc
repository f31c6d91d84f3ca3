// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Descriptors.
#include "plugin/adapt/descs.h"

#include <cstdlib>

#include "plugin/convert.h"

namespace tenon::plugin {

nvinfer1::PluginTensorDesc to_desc(const kernel::TensorDesc& tensor) noexcept {
  return {to_nv_dims(tensor.dims), to_data_type(tensor.dtype).value_or(nvinfer1::DataType::kFLOAT),
          to_format(tensor.layout).value_or(nvinfer1::TensorFormat::kLINEAR), tensor.scale};
}

void to_descs(std::span<const kernel::TensorDesc> from,
              std::vector<nvinfer1::PluginTensorDesc>& to) {
  to.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i) to[i] = to_desc(from[i]);
}

namespace {

nvinfer1::Dims strides_of(const kernel::TensorDesc& tensor) noexcept {
  const kernel::Layout& layout = tensor.layout;
  Dims extents = tensor.dims;
  for (int axis = 0; axis < extents.rank(); ++axis) extents[axis] = std::abs(extents[axis]);
  if (layout.is_linear()) return to_nv_dims(kernel::strides(layout, extents));
  const int channel = extents.rank() - layout.channel_from_end;
  if (channel < 0) return to_nv_dims(kernel::strides(kernel::Layout::linear(), extents));
  const int64_t vectors = (extents[channel] + layout.vector - 1) / layout.vector;
  const bool last = layout.order == kernel::Layout::Order::ChannelsLast;
  extents[channel] = last ? vectors * layout.vector : vectors;
  Dims strides = extents;
  int64_t distance = last ? extents[channel] : layout.vector;
  for (int axis = extents.rank() - 1; axis >= 0; --axis) {
    if (last && axis == channel) {
      strides[axis] = 1;
      continue;
    }
    strides[axis] = distance;
    distance *= extents[axis];
  }
  return to_nv_dims(strides);
}

}  // namespace

void to_strides(std::span<const kernel::TensorDesc> from, std::vector<nvinfer1::Dims>& to) {
  to.resize(from.size());
  for (size_t i = 0; i < from.size(); ++i) to[i] = strides_of(from[i]);
}

nvinfer1::DynamicPluginTensorDesc to_dynamic_desc(const kernel::PortInfo& info,
                                                  const kernel::Port& port) {
  nvinfer1::DynamicPluginTensorDesc desc{};
  desc.desc = to_desc({port.dtype, port.layout, info.opt, port.scale});
  for (int i = 0; i < info.opt.rank(); ++i) {
    if (info.min[i] != info.max[i]) desc.desc.dims.d[i] = -1;
  }
  desc.min = to_nv_dims(info.min);
  desc.max = to_nv_dims(info.max);
  desc.opt = to_nv_dims(info.opt);
  return desc;
}

}  // namespace tenon::plugin
