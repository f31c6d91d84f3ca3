// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ranges from a file, or from random numbers.
#include "tools/trtexec/calibrator.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>

#include "tools/trtexec/console.h"

namespace tenon::trtexec {

using nvinfer1::DataType;

FileCalibrator::FileCalibrator(const nvinfer1::INetworkDefinition& network,
                               const nvinfer1::IOptimizationProfile* profile, std::string file)
    : file_(std::move(file)) {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> numbers(-1, 1);
  for (int32_t i = 0; i < network.getNbInputs(); ++i) {
    const nvinfer1::ITensor& input = *network.getInput(i);
    nvinfer1::Dims dims = input.getDimensions();
    const bool open = std::any_of(dims.d, dims.d + dims.nbDims, [](int64_t d) { return d < 0; });
    if (open && profile != nullptr) {
      dims = profile->getDimensions(input.getName(), nvinfer1::OptProfileSelector::kOPT);
    }
    size_t volume = 1;
    for (int32_t axis = 0; axis < dims.nbDims; ++axis) {
      volume *= static_cast<size_t>(std::max<int64_t>(dims.d[axis], 1));
    }
    // Room for eight bytes an element; inputs of other types than float hold zeros.
    Input made{input.getName(), std::vector<char>(volume * 8)};
    if (input.getType() == DataType::kFLOAT) {
      auto* real = reinterpret_cast<float*>(made.bytes.data());
      std::generate_n(real, volume, [&] { return numbers(random); });
    }
    inputs_.push_back(std::move(made));
  }
}

bool FileCalibrator::getBatch(void* bindings[], char const* names[], int32_t nbBindings) noexcept {
  if (given_) return false;
  given_ = true;
  for (int32_t i = 0; i < nbBindings; ++i) {
    for (Input& input : inputs_) {
      if (input.name == names[i]) bindings[i] = input.bytes.data();
    }
  }
  console().say(nvinfer1::ILogger::Severity::kWARNING,
                "int8 ranges come from random numbers: good for times, not for answers.");
  return true;
}

void const* FileCalibrator::readCalibrationCache(std::size_t& length) noexcept {
  length = 0;
  if (file_.empty()) return nullptr;
  std::ifstream stream(file_, std::ios::binary);
  if (!stream) return nullptr;
  cache_.assign(std::istreambuf_iterator<char>(stream), {});
  length = cache_.size();
  return cache_.data();
}

void FileCalibrator::writeCalibrationCache(void const* ptr, std::size_t length) noexcept {
  if (file_.empty()) return;
  std::ofstream stream(file_, std::ios::binary);
  stream.write(static_cast<const char*>(ptr), static_cast<std::streamsize>(length));
  if (!stream.flush()) {
    console().say(nvinfer1::ILogger::Severity::kWARNING,
                  "The calibration cache cannot be written to " + file_ + ".");
  }
}

}  // namespace tenon::trtexec
