// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shows the network a few digits, so that the builder learns the ranges of its tensors.
#pragma once

#include <utility>
#include <vector>

#include "NvInfer.h"

namespace sample {

/// One picture a batch. Ranges reach as far as the numbers that the network makes of them.
class DigitCalibrator final : public nvinfer1::IInt8MinMaxCalibrator {
 public:
  /// Inputs of the network, one a picture; engines of the CPU read them where they lie.
  explicit DigitCalibrator(std::vector<std::vector<float>> pictures)
      : pictures_(std::move(pictures)) {}

  int32_t getBatchSize() const noexcept override { return 1; }
  bool getBatch(void* bindings[], char const*[], int32_t) noexcept override {
    if (next_ == pictures_.size()) return false;
    bindings[0] = pictures_[next_++].data();
    return true;
  }
  /// Nothing is kept: ten pictures are seen in a moment.
  void const* readCalibrationCache(std::size_t& length) noexcept override {
    length = 0;
    return nullptr;
  }
  void writeCalibrationCache(void const*, std::size_t) noexcept override {}

 private:
  std::vector<std::vector<float>> pictures_;
  std::size_t next_ = 0;
};

}  // namespace sample
