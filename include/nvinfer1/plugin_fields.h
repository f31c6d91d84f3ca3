// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Named values that travel between a plugin, its creator, the parser and the engine file.
#pragma once

#include "nvinfer1/types.h"

namespace nvinfer1 {

/// Element type of a PluginField.
enum class PluginFieldType : int32_t {
  kFLOAT16 = 0,
  kFLOAT32 = 1,
  kFLOAT64 = 2,
  kINT8 = 3,
  kINT16 = 4,
  kINT32 = 5,
  kCHAR = 6,     ///< text; the length counts bytes and the NUL is optional
  kDIMS = 7,     ///< nvinfer1::Dims
  kUNKNOWN = 8,  ///< raw bytes; the length counts bytes
  kBF16 = 9,
  kINT64 = 10,
  kFP8 = 11,
  kINT4 = 12,
  kFP4 = 13,
};

/// One named array. Name and data belong to whoever made the field.
class PluginField {
 public:
  AsciiChar const* name;
  void const* data;
  PluginFieldType type;
  int32_t length;  ///< elements; bytes when the type is kUNKNOWN or kCHAR

  PluginField(AsciiChar const* const name_ = nullptr, void const* const data_ = nullptr,
              PluginFieldType const type_ = PluginFieldType::kUNKNOWN,
              int32_t const length_ = 0) noexcept
      : name(name_), data(data_), type(type_), length(length_) {}
};

/// A list of fields, not owned.
struct PluginFieldCollection {
  int32_t nbFields{};
  PluginField const* fields{};
};

}  // namespace nvinfer1
