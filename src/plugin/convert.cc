// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Tables of counterparts.
#include "plugin/convert.h"

#include <utility>

namespace tenon::plugin {

namespace {

using kernel::Layout;
using nvinfer1::DataType;
using nvinfer1::TensorFormat;

constexpr std::pair<DataType, DType> kTypes[] = {
    {DataType::kFLOAT, DType::F32},  {DataType::kHALF, DType::F16},
    {DataType::kINT8, DType::I8},    {DataType::kINT32, DType::I32},
    {DataType::kBOOL, DType::Bool},  {DataType::kUINT8, DType::U8},
    {DataType::kFP8, DType::F8E4M3}, {DataType::kBF16, DType::BF16},
    {DataType::kINT64, DType::I64},  {DataType::kINT4, DType::I4},
    {DataType::kFP4, DType::F4E2M1}, {DataType::kE8M0, DType::F8E8M0},
};

constexpr std::pair<TensorFormat, Layout> kFormats[] = {
    {TensorFormat::kLINEAR, Layout::linear()}, {TensorFormat::kCHW2, Layout::chw(2)},
    {TensorFormat::kHWC8, Layout::hwc(8)},     {TensorFormat::kCHW4, Layout::chw(4)},
    {TensorFormat::kCHW16, Layout::chw(16)},   {TensorFormat::kCHW32, Layout::chw(32)},
    {TensorFormat::kDHWC8, Layout::hwc(8, 4)}, {TensorFormat::kCDHW32, Layout::chw(32, 4)},
    {TensorFormat::kHWC, Layout::hwc()},       {TensorFormat::kHWC16, Layout::hwc(16)},
    {TensorFormat::kDHWC, Layout::hwc(1, 4)},
};

/// The partner of `key` in a table of pairs, looked up by either side.
template <auto Key, auto Value, class Row, size_t N, class K>
auto partner(const Row (&table)[N], const K& key) {
  using Found = std::decay_t<decltype(std::declval<Row>().*Value)>;
  for (const Row& row : table) {
    if (row.*Key == key) return std::optional<Found>(row.*Value);
  }
  return std::optional<Found>();
}

}  // namespace

std::optional<DType> to_dtype(DataType type) noexcept {
  using Row = std::pair<DataType, DType>;
  return partner<&Row::first, &Row::second>(kTypes, type);
}

std::optional<DataType> to_data_type(DType type) noexcept {
  using Row = std::pair<DataType, DType>;
  return partner<&Row::second, &Row::first>(kTypes, type);
}

std::optional<Layout> to_layout(TensorFormat format) noexcept {
  using Row = std::pair<TensorFormat, Layout>;
  return partner<&Row::first, &Row::second>(kFormats, format);
}

std::optional<TensorFormat> to_format(const Layout& layout) noexcept {
  using Row = std::pair<TensorFormat, Layout>;
  return partner<&Row::second, &Row::first>(kFormats, layout);
}

std::optional<Dims> to_dims(const nvinfer1::Dims& dims) noexcept {
  if (dims.nbDims < 0 || dims.nbDims > Dims::kMaxRank) return std::nullopt;
  Dims result;
  for (int32_t i = 0; i < dims.nbDims; ++i) result.push_back(dims.d[i]);
  return result;
}

nvinfer1::Dims to_nv_dims(const Dims& dims) noexcept {
  nvinfer1::Dims result{dims.rank(), {}};
  for (int i = 0; i < dims.rank(); ++i) result.d[i] = dims[i];
  return result;
}

nvinfer1::Dims to_nv_dims(const expr::Shape& shape) noexcept {
  if (shape.size() > static_cast<size_t>(Dims::kMaxRank)) return {-1, {}};
  nvinfer1::Dims result{static_cast<int32_t>(shape.size()), {}};
  for (size_t i = 0; i < shape.size(); ++i) {
    result.d[i] = shape[i].is_constant() ? shape[i].constant() : -1;
  }
  return result;
}

nvinfer1::ErrorCode to_error_code(Code code) noexcept {
  using nvinfer1::ErrorCode;
  switch (code) {
    case Code::Ok:
      return ErrorCode::kSUCCESS;
    case Code::InvalidArgument:
    case Code::NotFound:
      return ErrorCode::kINVALID_ARGUMENT;
    case Code::InvalidModel:
    case Code::InvalidPlan:
      return ErrorCode::kINVALID_CONFIG;
    case Code::Unsupported:
      return ErrorCode::kUNSUPPORTED_STATE;
    case Code::OutOfMemory:
      return ErrorCode::kFAILED_ALLOCATION;
    case Code::Io:
    case Code::Device:
      return ErrorCode::kFAILED_INITIALIZATION;
    case Code::Plugin:
      return ErrorCode::kFAILED_EXECUTION;
    case Code::Cancelled:
      return ErrorCode::kINVALID_STATE;
    case Code::Internal:
      return ErrorCode::kINTERNAL_ERROR;
  }
  return ErrorCode::kUNSPECIFIED_ERROR;
}

}  // namespace tenon::plugin
