// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Sizes, files, addresses.
#include "tools/trtexec_safe/tensors.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "tools/trtexec_safe/check.h"

namespace tenon::trtexec_safe {

namespace {

using nvinfer1::TensorIOMode;
using nvinfer2::safe::DataType;
using nvinfer2::safe::ITRTGraph;
using nvinfer2::safe::MemoryPlacement;
using nvinfer2::safe::MemoryUsage;
using nvinfer2::safe::PhysicalDims;
using nvinfer2::safe::TensorDescriptor;
using nvinfer2::safe::TypedArray;

/// Elements between the first and the end of the last one; 0 for unknown extents.
uint64_t span_of(const PhysicalDims& shape, const PhysicalDims& stride) {
  uint64_t last = 0;
  for (int32_t i = 0; i < shape.nbDims; ++i) {
    if (shape.d[i] < 1) return 0;
    last += static_cast<uint64_t>(shape.d[i] - 1) * static_cast<uint64_t>(stride.d[i]);
  }
  return last + 1;
}

std::vector<char> read_input(const std::string& name, const std::string& path, uint64_t bytes) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Failure("--loadInputs: cannot open " + path + ".");
  std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
  if (content.size() != bytes) {
    throw Failure("--loadInputs: " + path + " has " + std::to_string(content.size()) +
                  " bytes, but " + name + " takes " + std::to_string(bytes) + ".");
  }
  return content;
}

/// Copies through a stream of its own, since copies without one are not there on every platform.
void upload(void* to, const std::vector<char>& content) {
  cudaStream_t stream = nullptr;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
  const cudaError_t copied =
      cudaMemcpyAsync(to, content.data(), content.size(), cudaMemcpyHostToDevice, stream);
  const cudaError_t waited = cudaStreamSynchronize(stream);
  (void)cudaStreamDestroy(stream);
  check(copied, "cudaMemcpyAsync");
  check(waited, "cudaStreamSynchronize");
}

std::string hex(const void* address) {
  char text[32];
  std::snprintf(text, sizeof text, "%lx", reinterpret_cast<unsigned long>(address));
  return text;
}

}  // namespace

uint64_t bytes_of(const TensorDescriptor& d) {
  return std::max(span_of(d.shape, d.stride) * d.bytesPerComponent, d.sizeInBytes);
}

TypedArray typed(void* data, DataType type, uint64_t bytes) {
  switch (type) {
    case DataType::kFLOAT:
      return {static_cast<float*>(data), bytes};
    case DataType::kHALF:
      return {static_cast<nvinfer2::safe::half_t*>(data), bytes};
    case DataType::kINT64:
      return {static_cast<int64_t*>(data), bytes};
    case DataType::kINT32:
      return {static_cast<int32_t*>(data), bytes};
    case DataType::kINT8:
      return {static_cast<int8_t*>(data), bytes};
    case DataType::kUINT8:
      return {static_cast<uint8_t*>(data), bytes};
    case DataType::kBOOL:
      return {static_cast<bool*>(data), bytes};
    default:
      throw Failure("An input or output has an element type that safe graphs do not take: number " +
                    std::to_string(static_cast<int32_t>(type)) + ".");
  }
}

Tensors::Tensors(ITRTGraph& graph, const Options& options, Recorder& recorder) {
  int64_t count = 0;
  check(graph.getNbIOTensors(count), "ITRTGraph::getNbIOTensors");
  std::vector<std::string> names;
  for (int64_t i = 0; i < count; ++i) {
    const char* name = nullptr;
    TensorDescriptor descriptor;
    check(graph.getIOTensorName(name, static_cast<size_t>(i)), "ITRTGraph::getIOTensorName");
    check(graph.getIOTensorDescriptor(descriptor, name), "ITRTGraph::getIOTensorDescriptor");
    if (descriptor.ioMode == TensorIOMode::kINPUT) names.emplace_back(name);
    add(graph, descriptor, options, recorder);
  }
  for (const auto& [name, path] : options.inputs) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::string sentence = "--loadInputs: the engine has no input ";
    sentence.append(name).append("; it has:");
    for (const std::string& one : names) sentence.append(" ").append(one);
    throw Failure(sentence);
  }
}

void Tensors::add(ITRTGraph& graph, const TensorDescriptor& descriptor, const Options& options,
                  Recorder& recorder) {
  const std::string name = descriptor.tensorName;
  const uint64_t bytes = bytes_of(descriptor);
  const bool on_host = descriptor.memPlacement == MemoryPlacement::kCPU;
  const auto placement = on_host ? MemoryPlacement::kCPU : MemoryPlacement::kGPU;
  auto block = std::make_unique<Block>(bytes, placement, MemoryUsage::kIOTENSOR, recorder);
  std::vector<char> content(bytes, 0);
  const auto file = options.inputs.find(name);
  if (file != options.inputs.end() && descriptor.ioMode == TensorIOMode::kINPUT) {
    content = read_input(name, file->second, bytes);
    recorder.info("Loaded input data from " + file->second + " for tensor " + name);
  }
  if (on_host) {
    std::copy(content.begin(), content.end(), static_cast<char*>(block->data()));
  } else {
    upload(block->data(), content);
  }
  check(graph.setIOTensorAddress(name.c_str(), typed(block->data(), descriptor.dataType, bytes)),
        "ITRTGraph::setIOTensorAddress");
  recorder.info("Set address of " + name + (on_host ? " on host at " : " on device at ") +
                hex(block->data()));
  blocks_.push_back(std::move(block));
}

}  // namespace tenon::trtexec_safe
