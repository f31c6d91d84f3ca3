// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calibration of ranges for weakly typed int8 networks: implemented by the user.
#pragma once

#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// How ranges are found from batches.
enum class CalibrationAlgoType : int32_t {
  kLEGACY_CALIBRATION TRT_DEPRECATED_ENUM = 0,
  kENTROPY_CALIBRATION TRT_DEPRECATED_ENUM = 1,
  kENTROPY_CALIBRATION_2 TRT_DEPRECATED_ENUM = 2,
  kMINMAX_CALIBRATION TRT_DEPRECATED_ENUM = 3,
};
namespace impl {
template <>
struct EnumMaxImpl<CalibrationAlgoType> {
  static constexpr int32_t kVALUE = 4;
};
}  // namespace impl

/// Supplies batches of inputs while an engine is built, and keeps what was found. Called by the
/// build, from one thread at a time. Which algorithm runs, the derived class tells.
class TRT_DEPRECATED IInt8Calibrator : public IVersionedInterface {
 public:
  /// Extent of a batch; 1 where batches are a dimension like others.
  TRT_DEPRECATED virtual int32_t getBatchSize() const noexcept = 0;

  /// Writes the device address of the next batch of each named input into `bindings`. False when
  /// there are no more.
  virtual bool getBatch(void* bindings[], char const* names[], int32_t nbBindings) noexcept = 0;

  /// A cache written before, and its length in bytes; null to calibrate anew.
  virtual void const* readCalibrationCache(std::size_t& length) noexcept = 0;

  /// Takes what was found; `ptr` is valid during the call only.
  virtual void writeCalibrationCache(void const* ptr, std::size_t length) noexcept = 0;

  /// Fixed by the derived class.
  virtual CalibrationAlgoType getAlgorithm() noexcept = 0;

  ~IInt8Calibrator() noexcept override = default;
};

namespace v_1_0 {

/// Ranges that keep the most information.
class TRT_DEPRECATED IInt8EntropyCalibrator : public IInt8Calibrator {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IInt8EntropyCalibrator", 1, 0};
  }
  CalibrationAlgoType getAlgorithm() noexcept override {
    return CalibrationAlgoType::kENTROPY_CALIBRATION;
  }
  ~IInt8EntropyCalibrator() noexcept override = default;
};

/// The same before fusion; the usual choice.
class TRT_DEPRECATED IInt8EntropyCalibrator2 : public IInt8Calibrator {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IInt8EntropyCalibrator2", 1, 0};
  }
  CalibrationAlgoType getAlgorithm() noexcept override {
    return CalibrationAlgoType::kENTROPY_CALIBRATION_2;
  }
  ~IInt8EntropyCalibrator2() noexcept override = default;
};

/// The largest magnitudes seen.
class TRT_DEPRECATED IInt8MinMaxCalibrator : public IInt8Calibrator {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IInt8MinMaxCalibrator", 1, 0};
  }
  CalibrationAlgoType getAlgorithm() noexcept override {
    return CalibrationAlgoType::kMINMAX_CALIBRATION;
  }
  ~IInt8MinMaxCalibrator() noexcept override = default;
};

/// A quantile of the magnitudes, corrected by a cutoff.
class TRT_DEPRECATED IInt8LegacyCalibrator : public IInt8Calibrator {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IInt8Calibrator", 1, 0};
  }
  CalibrationAlgoType getAlgorithm() noexcept override {
    return CalibrationAlgoType::kLEGACY_CALIBRATION;
  }

  /// Share of magnitudes below the range, 0 to 1.
  virtual double getQuantile() const noexcept = 0;

  /// Share below which the histogram is fitted, 0 to 1.
  virtual double getRegressionCutoff() const noexcept = 0;

  /// A histogram written before, and its length in bytes; null to collect anew.
  virtual void const* readHistogramCache(std::size_t& length) noexcept = 0;
  virtual void writeHistogramCache(void const* ptr, std::size_t length) noexcept = 0;

  ~IInt8LegacyCalibrator() noexcept override = default;
};

}  // namespace v_1_0

using IInt8EntropyCalibrator = v_1_0::IInt8EntropyCalibrator;
using IInt8EntropyCalibrator2 = v_1_0::IInt8EntropyCalibrator2;
using IInt8MinMaxCalibrator = v_1_0::IInt8MinMaxCalibrator;
using IInt8LegacyCalibrator = v_1_0::IInt8LegacyCalibrator;

}  // namespace nvinfer1
