// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ranges of shapes, as users give them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "NvInfer.h"
#include "api/voice.h"
#include "builder/builder.h"

namespace tenon::api {

/// A profile under construction; owned by the builder that made it.
class Profile final : public nvinfer1::IOptimizationProfile {
 public:
  explicit Profile(const Voice& voice) : voice_(voice) {}

  /// What the core's builder takes. Only when isValid(). Inputs that were given values alone have
  /// their extents from `graph`.
  [[nodiscard]] builder::ProfileRanges ranges(const ir::Graph& graph) const;

  bool setDimensions(char const* inputName, nvinfer1::OptProfileSelector select,
                     nvinfer1::Dims const& dims) noexcept override;
  nvinfer1::Dims getDimensions(char const* inputName,
                               nvinfer1::OptProfileSelector select) const noexcept override;
  bool setShapeValues(char const* inputName, nvinfer1::OptProfileSelector select,
                      int32_t const* values, int32_t nbValues) noexcept override;
  int32_t getNbShapeValues(char const* inputName) const noexcept override;
  int32_t const* getShapeValues(char const* inputName,
                                nvinfer1::OptProfileSelector select) const noexcept override;
  bool setExtraMemoryTarget(float target) noexcept override;
  float getExtraMemoryTarget() const noexcept override { return extra_memory_target_; }
  bool isValid() const noexcept override;
  bool setShapeValuesV2(char const* inputName, nvinfer1::OptProfileSelector select,
                        int64_t const* values, int32_t nbValues) noexcept override;
  int64_t const* getShapeValuesV2(char const* inputName,
                                  nvinfer1::OptProfileSelector select) const noexcept override;

 private:
  /// What one input was given, by selector. Extents of rank -1 were not given.
  struct Input {
    nvinfer1::Dims dims[3] = {{-1, {}}, {-1, {}}, {-1, {}}};
    std::vector<int64_t> values[3];
    std::vector<int32_t> narrow[3];
  };
  bool set_values(char const* name, nvinfer1::OptProfileSelector select,
                  std::vector<int64_t> values) noexcept;
  [[nodiscard]] const Input* find(char const* name) const noexcept;
  [[nodiscard]] static bool is_valid(const Input& input) noexcept;

  Voice voice_;
  std::map<std::string, Input, std::less<>> inputs_;
  float extra_memory_target_ = 1;
};

}  // namespace tenon::api
