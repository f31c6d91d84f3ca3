// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Two small settings objects.
#pragma once

#include "NvInferRuntime.h"

namespace tenon::api {

class RuntimeConfig final : public nvinfer1::IRuntimeConfig {
 public:
  void setExecutionContextAllocationStrategy(
      nvinfer1::ExecutionContextAllocationStrategy strategy) noexcept override {
    strategy_ = strategy;
  }
  nvinfer1::ExecutionContextAllocationStrategy getExecutionContextAllocationStrategy()
      const noexcept override {
    return strategy_;
  }

 private:
  nvinfer1::ExecutionContextAllocationStrategy strategy_ =
      nvinfer1::ExecutionContextAllocationStrategy::kSTATIC;
};

class SerializationConfig final : public nvinfer1::ISerializationConfig {
 public:
  bool setFlags(nvinfer1::SerializationFlags serializationFlags) noexcept override {
    flags_ = serializationFlags;
    return true;
  }
  nvinfer1::SerializationFlags getFlags() const noexcept override { return flags_; }
  bool clearFlag(nvinfer1::SerializationFlag flag) noexcept override {
    flags_ &= ~bit(flag);
    return true;
  }
  bool setFlag(nvinfer1::SerializationFlag flag) noexcept override {
    flags_ |= bit(flag);
    return true;
  }
  bool getFlag(nvinfer1::SerializationFlag flag) const noexcept override {
    return (flags_ & bit(flag)) != 0;
  }

 private:
  static uint32_t bit(nvinfer1::SerializationFlag flag) {
    return 1U << static_cast<unsigned>(flag);
  }
  nvinfer1::SerializationFlags flags_ = 0;
};

}  // namespace tenon::api
