// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Forwarding, and cutting batches into samples.
#include "api/compat7/calibrator.h"

#include <algorithm>

namespace tenon::compat7 {

namespace {

/// Hands the samples of one batch on, then asks for the next batch.
class Samples {
 public:
  Samples(v7::IInt8Calibrator& calibrator, std::vector<SampleSize> inputs)
      : calibrator_(calibrator), inputs_(std::move(inputs)) {}

  [[nodiscard]] v7::IInt8Calibrator& calibrator() const noexcept { return calibrator_; }

  bool next(void* bindings[], char const* names[], int32_t count) {
    if (left_ == 0) {
      batch_.assign(static_cast<size_t>(count), nullptr);
      if (!calibrator_.getBatch(batch_.data(), names, count)) return false;
      left_ = inputs_.empty() ? 1 : std::max(calibrator_.getBatchSize(), 1);
    }
    for (size_t i = 0; i < batch_.size(); ++i) {
      bindings[i] = batch_[i];
      if (batch_[i] == nullptr) continue;  // Said by the builder, which knows the input.
      batch_[i] = static_cast<char*>(batch_[i]) + bytes_of(names[i]);
    }
    --left_;
    return true;
  }

 private:
  [[nodiscard]] std::size_t bytes_of(const char* name) const {
    const auto found = std::find_if(inputs_.begin(), inputs_.end(),
                                    [&](const SampleSize& one) { return one.name == name; });
    return found == inputs_.end() ? 0 : found->bytes;
  }

  v7::IInt8Calibrator& calibrator_;
  std::vector<SampleSize> inputs_;
  std::vector<void*> batch_;
  int left_ = 0;
};

/// What all kinds have in common.
template <class Kind>
class Handed : public Kind {
 public:
  explicit Handed(Samples samples) : samples_(std::move(samples)) {}
  int32_t getBatchSize() const noexcept override { return 1; }
  bool getBatch(void* bindings[], char const* names[], int32_t nbBindings) noexcept override {
    return samples_.next(bindings, names, nbBindings);
  }
  void const* readCalibrationCache(std::size_t& length) noexcept override {
    return then().readCalibrationCache(length);
  }
  void writeCalibrationCache(void const* ptr, std::size_t length) noexcept override {
    then().writeCalibrationCache(ptr, length);
  }

 protected:
  [[nodiscard]] v7::IInt8Calibrator& then() const noexcept { return samples_.calibrator(); }

 private:
  Samples samples_;
};

class Legacy final : public Handed<nvinfer1::IInt8LegacyCalibrator> {
 public:
  using Handed::Handed;
  double getQuantile() const noexcept override { return mine().getQuantile(); }
  double getRegressionCutoff() const noexcept override { return mine().getRegressionCutoff(); }
  void const* readHistogramCache(std::size_t& length) noexcept override {
    return mine().readHistogramCache(length);
  }
  void writeHistogramCache(void const* ptr, std::size_t length) noexcept override {
    mine().writeHistogramCache(ptr, length);
  }

 private:
  [[nodiscard]] v7::IInt8LegacyCalibrator& mine() const noexcept {
    return static_cast<v7::IInt8LegacyCalibrator&>(then());
  }
};

}  // namespace

std::unique_ptr<nvinfer1::IInt8Calibrator> calibrator_of(v7::IInt8Calibrator& calibrator,
                                                         std::vector<SampleSize> inputs) {
  Samples samples(calibrator, std::move(inputs));
  switch (calibrator.getAlgorithm()) {
    case v7::CalibrationAlgoType::kLEGACY_CALIBRATION:
      return std::make_unique<Legacy>(std::move(samples));
    case v7::CalibrationAlgoType::kENTROPY_CALIBRATION:
      return std::make_unique<Handed<nvinfer1::IInt8EntropyCalibrator>>(std::move(samples));
    case v7::CalibrationAlgoType::kMINMAX_CALIBRATION:
      return std::make_unique<Handed<nvinfer1::IInt8MinMaxCalibrator>>(std::move(samples));
    default:
      return std::make_unique<Handed<nvinfer1::IInt8EntropyCalibrator2>>(std::move(samples));
  }
}

}  // namespace tenon::compat7
