// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Memory of the device and streams, freed with their objects. All throw std::runtime_error.
#pragma once

#include <cuda_runtime_api.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace sample {

inline void checkCuda(cudaError_t error, char const* call) {
  if (error == cudaSuccess) return;
  throw std::runtime_error(std::string(call) + ": " + cudaGetErrorString(error));
}

class DeviceMemory {
 public:
  explicit DeviceMemory(size_t bytes) { checkCuda(cudaMalloc(&data_, bytes), "cudaMalloc"); }
  ~DeviceMemory() { cudaFree(data_); }
  DeviceMemory(DeviceMemory const&) = delete;
  DeviceMemory& operator=(DeviceMemory const&) = delete;
  void* data() const { return data_; }

 private:
  void* data_ = nullptr;
};

class Stream {
 public:
  Stream() {
    checkCuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate");
  }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(Stream const&) = delete;
  Stream& operator=(Stream const&) = delete;
  cudaStream_t get() const { return stream_; }
  void wait() const { checkCuda(cudaStreamSynchronize(stream_), "cudaStreamSynchronize"); }

 private:
  cudaStream_t stream_ = nullptr;
};

/// Streams that a graph uses beside that of a run.
class Streams {
 public:
  explicit Streams(int count) : streams_(static_cast<size_t>(count)) {
    for (Stream const& one : streams_) handles_.push_back(one.get());
  }
  cudaStream_t* data() const { return const_cast<cudaStream_t*>(handles_.data()); }

 private:
  std::vector<Stream> streams_;
  std::vector<cudaStream_t> handles_;
};

/// Puts a copy onto the stream.
inline void copy(void* to, void const* from, size_t bytes, cudaMemcpyKind kind,
                 Stream const& stream) {
  checkCuda(cudaMemcpyAsync(to, from, bytes, kind, stream.get()), "cudaMemcpyAsync");
}

}  // namespace sample
