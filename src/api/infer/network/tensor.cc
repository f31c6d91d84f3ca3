// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls on a tensor.
#include "api/infer/network/tensor.h"

#include <fmt/core.h>

#include <cmath>
#include <limits>

#include "api/infer/network/network.h"
#include "plugin/convert.h"

namespace tenon::api {

void Tensor::setName(char const* name) noexcept { value_->name = name == nullptr ? "" : name; }

void Tensor::setDimensions(nvinfer1::Dims const& dimensions) noexcept {
  guarded(network_.voice(), false, [&] {
    const auto dims = plugin::to_dims(dimensions);
    if (!isNetworkInput() || !dims) {
      network_.voice().refuse(Code::InvalidArgument,
                              fmt::format("setDimensions: '{}' is no network input, or the rank is "
                                          "not 0 to 8",
                                          value_->name));
      return false;
    }
    const expr::Shape before = value_->type.shape;
    value_->type.shape.clear();
    for (int i = 0; i < dims->rank(); ++i) {
      auto& symbols = network_.graph().symbols();
      value_->type.shape.push_back((*dims)[i] >= 0
                                       ? expr::Expr((*dims)[i])
                                       : symbols.named(fmt::format("{}.{}", value_->name, i)));
    }
    if (network_.refresh()) return true;
    value_->type.shape = before;
    return network_.refresh();
  });
}

nvinfer1::Dims Tensor::getDimensions() const noexcept {
  return plugin::to_nv_dims(value_->type.shape);
}

void Tensor::setType(nvinfer1::DataType type) noexcept {
  const auto dtype = plugin::to_dtype(type);
  if (dtype == value_->dtype()) return;
  guarded(network_.voice(), false, [&] {
    if (!isNetworkInput() || !dtype) {
      Diagnostics diag = network_.voice().diagnostics();
      diag.warn("setType: '{}' keeps its type {}, which follows from its layer; add a cast layer",
                value_->name, to_string(value_->dtype()));
      return false;
    }
    const DType before = value_->type.dtype;
    value_->type.dtype = *dtype;
    if (network_.refresh()) return true;
    value_->type.dtype = before;
    return network_.refresh();
  });
}

nvinfer1::DataType Tensor::getType() const noexcept {
  return plugin::to_data_type(value_->dtype()).value_or(nvinfer1::DataType::kFLOAT);
}

bool Tensor::setDynamicRange(float min, float max) noexcept {
  return guarded(network_.voice(), false, [&] {
    if (std::isfinite(min) && std::isfinite(max) && min <= max && (min != 0 || max != 0)) {
      range_ = {min, max};
      return true;
    }
    network_.voice().refuse(
        Code::InvalidArgument,
        fmt::format("setDynamicRange: '{}' cannot have the range {} … {}: give finite numbers, the "
                    "lesser first, not both 0",
                    value_->name, min, max));
    return false;
  });
}
float Tensor::getDynamicRangeMin() const noexcept {
  return range_ ? range_->first : std::numeric_limits<float>::quiet_NaN();
}
float Tensor::getDynamicRangeMax() const noexcept {
  return range_ ? range_->second : std::numeric_limits<float>::quiet_NaN();
}

nvinfer1::TensorLocation Tensor::getLocation() const noexcept {
  return isShapeTensor() || on_host_ ? nvinfer1::TensorLocation::kHOST
                                     : nvinfer1::TensorLocation::kDEVICE;
}
void Tensor::setLocation(nvinfer1::TensorLocation location) noexcept {
  // Only what a program gives can come from the host: an input of a few whole numbers, as the
  // interface has it. The engines' memory is the host's own, so nothing else follows.
  const bool host = location == nvinfer1::TensorLocation::kHOST;
  const bool numbers = value_->dtype() == DType::I32 && value_->shape().size() <= 1;
  if (!host || isShapeTensor() || (isNetworkInput() && numbers)) {
    on_host_ = host;
    return;
  }
  network_.voice().refuse(
      Code::InvalidArgument,
      fmt::format("ITensor::setLocation(kHOST) is for network inputs of i32 with at most one "
                  "dimension, and '{}' is none: copy its numbers to the device",
                  value_->name));
}

void Tensor::setAllowedFormats(nvinfer1::TensorFormats formats) noexcept {
  value_->allowed_formats.clear();
  for (uint8_t i = 0; i < 32; ++i) {
    if ((formats >> i & 1U) != 0) value_->allowed_formats.push_back(i);
  }
}
nvinfer1::TensorFormats Tensor::getAllowedFormats() const noexcept {
  nvinfer1::TensorFormats formats = 0;
  for (const uint8_t format : value_->allowed_formats) formats |= 1U << format;
  return formats == 0 ? (1U << nvinfer1::EnumMax<nvinfer1::TensorFormat>()) - 1 : formats;
}

bool Tensor::isShapeTensor() const noexcept { return value_->type.content.has_value(); }

void Tensor::setDimensionName(int32_t index, char const* name) noexcept {
  guarded(network_.voice(), false, [&] {
    const auto i = static_cast<size_t>(index);
    if (index < 0 || i >= value_->type.shape.size() || name == nullptr || !isNetworkInput()) {
      network_.voice().refuse(
          Code::InvalidArgument,
          fmt::format("setDimensionName: '{}' is no network input with an extent {}", value_->name,
                      index));
      return false;
    }
    if (value_->type.shape[i].is_constant()) return true;  // A known extent needs no name.
    value_->type.shape[i] = network_.graph().symbols().named(name);
    return network_.refresh();
  });
}

char const* Tensor::getDimensionName(int32_t index) const noexcept {
  const auto i = static_cast<size_t>(index);
  if (index < 0 || i >= value_->type.shape.size() || !value_->type.shape[i].is_symbol())
    return nullptr;
  return network_.graph().symbols()[value_->type.shape[i].symbol_id()].name.c_str();
}

}  // namespace tenon::api
