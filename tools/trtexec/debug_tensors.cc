// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A listener and its files.
#include "tools/trtexec/debug_tensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "tools/trtexec/console.h"
#include "tools/trtexec/elements.h"
#include "tools/trtexec/failure.h"
#include "tools/trtexec/files.h"
#include "tools/trtexec/network_shapes.h"
#include "tools/trtexec/values.h"

namespace tenon::trtexec {

using namespace nvinfer1;
using Json = nlohmann::ordered_json;

namespace {

int64_t volume(const Dims& dims) {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

std::string file_safe(std::string name) {
  const auto odd = [](char c) { return c == '/' || c == ':' || c == ' '; };
  std::replace_if(name.begin(), name.end(), odd, '_');
  return name;
}

/// Element type of a .npy file; empty where NumPy has none.
const char* numpy_type(DataType type) {
  switch (type) {
    case DataType::kFLOAT:
      return "<f4";
    case DataType::kHALF:
      return "<f2";
    case DataType::kINT32:
      return "<i4";
    case DataType::kINT64:
      return "<i8";
    case DataType::kINT8:
      return "|i1";
    case DataType::kUINT8:
      return "|u1";
    case DataType::kBOOL:
      return "|b1";
    default:
      return "";
  }
}

/// A .npy file of format 1.0: its head, padded to a multiple of 64, and the elements.
std::string numpy_file(const char* type, const Dims& shape, const std::string& elements) {
  std::string extents;
  for (int32_t i = 0; i < shape.nbDims; ++i) extents += fmt::format("{},", shape.d[i]);
  std::string head =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, extents);
  constexpr size_t kFixed = 10, kMultiple = 64;
  head.append(kMultiple - (kFixed + head.size() + 1) % kMultiple, ' ');
  head += '\n';
  std::string file("\x93NUMPY\x01\x00", 8);
  file += static_cast<char>(head.size() & 0xff);
  file += static_cast<char>(head.size() >> 8);
  return file + head + elements;
}

Json number(double value) {
  if (std::isfinite(value)) return value;
  return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

class Listener final : public IDebugListener {
 public:
  explicit Listener(const InferenceOptions& options) : options_(options) {}

  bool processDebugTensor(void const* addr, TensorLocation, DataType type, Dims const& shape,
                          char const* name, cudaStream_t) override {
    try {
      take({name, type, shape, addr});
      return true;
    } catch (const std::exception& error) {
      console().error(fmt::format("Debug tensor {}: {}", name, error.what()));
      return false;
    }
  }

  /// Writes the summary; false when no tensor came.
  bool finish() const {
    if (options_.debug_formats.count(DebugFormat::Summary) > 0) {
      write_file("tensor_summary.json", summary_.dump(1) + "\n");
    }
    return seen_ > 0;
  }

 private:
  struct Tensor {
    std::string name;
    DataType type;
    Dims shape;
    const void* data;
    [[nodiscard]] std::string bytes() const {
      return {static_cast<const char*>(data), bytes_of(type, volume(shape))};
    }
  };

  void take(const Tensor& tensor) {
    const std::string* file = find(options_.debug_files, tensor.name);
    if (file == nullptr && options_.debug_formats.empty()) return;
    if (file != nullptr) write(*file, tensor.bytes());
    const std::string stem = file_safe(fmt::format("{:04}_{}", seen_++, tensor.name));
    const auto wants = [&](DebugFormat format) { return options_.debug_formats.count(format) > 0; };
    if (wants(DebugFormat::Raw)) write(stem + ".raw", tensor.bytes());
    if (wants(DebugFormat::Numpy)) write(stem + ".npy", as_numpy(tensor));
    if (wants(DebugFormat::Text)) write(stem + ".str", as_text(tensor));
    if (wants(DebugFormat::Summary)) summary_.push_back(as_summary(tensor));
  }

  static void write(const std::string& path, const std::string& content) {
    write_file(path, content);
    console().say(ILogger::Severity::kVERBOSE, fmt::format("Wrote {}.", path));
  }

  static std::string as_numpy(const Tensor& tensor) {
    const char* type = numpy_type(tensor.type);
    if (*type != '\0') return numpy_file(type, tensor.shape, tensor.bytes());
    std::string elements;
    for (int64_t i = 0; i < volume(tensor.shape); ++i) {
      const auto value = static_cast<float>(element(tensor.data, tensor.type, i));
      elements.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    return numpy_file("<f4", tensor.shape, elements);
  }

  static std::string as_text(const Tensor& tensor) {
    std::string text =
        fmt::format("{} {} {}\n", tensor.name, to_text(tensor.shape), to_text(tensor.type));
    for (int64_t i = 0; i < volume(tensor.shape); ++i) {
      text += fmt::format("{:.9g}\n", element(tensor.data, tensor.type, i));
    }
    return text;
  }

  static Json as_summary(const Tensor& tensor) {
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    double sum = 0;
    const int64_t count = volume(tensor.shape);
    for (int64_t i = 0; i < count; ++i) {
      const double value = element(tensor.data, tensor.type, i);
      least = std::min(least, value);
      most = std::max(most, value);
      sum += value;
    }
    const double mean = count > 0 ? sum / static_cast<double>(count) : 0;
    return {{"name", tensor.name},          {"shape", to_text(tensor.shape)},
            {"type", to_text(tensor.type)}, {"min", number(least)},
            {"max", number(most)},          {"avg", number(mean)}};
  }

  const InferenceOptions& options_;
  Json summary_ = Json::array();
  int seen_ = 0;
};

}  // namespace

void save_debug_tensors(Session& session, const Options& options) {
  const InferenceOptions& inference = options.inference;
  if (inference.debug_files.empty() && inference.debug_formats.empty()) return;
  if (session.on_gpu()) {
    throw Failure(
        "Debug tensors of an engine for a GPU lie in its memory, which trtexec does not save: "
        "build "
        "with --tenonDevice=cpu.");
  }
  IExecutionContext& context = session.context();
  Listener listener(inference);
  bool taken = context.setDebugListener(&listener);
  if (!inference.debug_formats.empty()) {
    taken = taken && context.setAllTensorsDebugState(true);
    if (options.build.debug_unfused) taken = taken && context.setUnfusedTensorsDebugState(true);
  }
  for (const auto& [name, file] : inference.debug_files) {
    if (name.find('*') != std::string::npos) {
      taken = taken && context.setAllTensorsDebugState(true);
    } else if (!context.setTensorDebugState(name.c_str(), true)) {
      throw Failure(
          fmt::format("{} is no debug tensor of the engine; --markDebug makes it one.", name));
    }
  }
  if (!taken) throw Failure("Debug tensors cannot be watched; the reason stands above.");
  session.run();
  context.setDebugListener(nullptr);
  if (!listener.finish()) {
    console().warn(
        "No debug tensor was written: the engine has none; --markDebug or "
        "--markUnfusedTensorsAsDebugTensors makes them.");
  }
}

}  // namespace tenon::trtexec
