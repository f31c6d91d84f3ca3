// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ranges for --int8: from the cache that --calib names, or from random numbers.
#pragma once

#include <string>
#include <vector>

#include "NvInfer.h"

namespace tenon::trtexec {

/// Reads the cache from a file; where there is none, one batch of random numbers is run, which
/// tells times but no ranges to trust, and the file, if it has a name, is written.
class FileCalibrator final : public nvinfer1::IInt8EntropyCalibrator2 {
 public:
  /// `network` and its first profile give the inputs' extents. An empty name: no file.
  FileCalibrator(const nvinfer1::INetworkDefinition& network,
                 const nvinfer1::IOptimizationProfile* profile, std::string file);

  int32_t getBatchSize() const noexcept override { return 1; }
  bool getBatch(void* bindings[], char const* names[], int32_t nbBindings) noexcept override;
  void const* readCalibrationCache(std::size_t& length) noexcept override;
  void writeCalibrationCache(void const* ptr, std::size_t length) noexcept override;

 private:
  struct Input {
    std::string name;
    std::vector<char> bytes;
  };
  std::string file_;
  std::vector<Input> inputs_;
  std::vector<char> cache_;
  bool given_ = false;
};

}  // namespace tenon::trtexec
