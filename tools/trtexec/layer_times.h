// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The time of each layer over many runs.
#pragma once

#include <string>
#include <vector>

#include "NvInfer.h"

namespace tenon::trtexec {

/// Collects the reports of one context. Layers are told apart by their place in a run.
class LayerTimes final : public nvinfer1::IProfiler {
 public:
  /// Call before each run.
  void begin_run();
  void reportLayerTime(char const* layerName, float ms) noexcept override;

  /// Prints the table.
  void dump() const;

  /// Writes the table as JSON. Throws Failure.
  void export_to(const std::string& path) const;

 private:
  struct Layer {
    std::string name;
    std::vector<double> times;  ///< milliseconds, one a run
  };

  double total() const;

  std::vector<Layer> layers_;
  size_t next_ = 0;
  int runs_ = 0;
};

}  // namespace tenon::trtexec
