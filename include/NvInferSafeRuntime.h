// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loading and running safe engines: nothing is allocated after start-up, nothing throws.
#pragma once

#include <algorithm>

#include "NvInferSafeMemAllocator.h"
#include "NvInferSafePlugin.h"
#include "NvInferSafeRecorder.h"

#if defined(TENON_HAS_CUDA_TOOLKIT) && __has_include(<cuda_fp16.h>)
#include <cuda_fp16.h>
#else
struct __half;
#endif

namespace nvinfer2 {
namespace safe {

/// IEEE binary16, of the CUDA toolkit. Without the toolkit only pointers to it can be used.
using half_t = __half;

/// An address with an element type and a size in bytes; the memory is not owned.
class TypedArray {
 public:
  TypedArray() noexcept : mType(DataType::kFLOAT), mData(nullptr), mBufferSize(0U) {}

  TypedArray(float* ptr, uint64_t const bufferSize) noexcept
      : mType(DataType::kFLOAT), mData(ptr), mBufferSize(bufferSize) {}
  TypedArray(half_t* ptr, uint64_t const bufferSize) noexcept
      : mType(DataType::kHALF), mData(ptr), mBufferSize(bufferSize) {}
  TypedArray(int64_t* ptr, uint64_t const bufferSize) noexcept
      : mType(DataType::kINT64), mData(ptr), mBufferSize(bufferSize) {}
  TypedArray(int32_t* ptr, uint64_t const bufferSize) noexcept
      : mType(DataType::kINT32), mData(ptr), mBufferSize(bufferSize) {}
  TypedArray(int8_t* ptr, uint64_t const bufferSize) noexcept
      : mType(DataType::kINT8), mData(ptr), mBufferSize(bufferSize) {}
  TypedArray(uint8_t* ptr, uint64_t const bufferSize) noexcept
      : mType(DataType::kUINT8), mData(ptr), mBufferSize(bufferSize) {}
  TypedArray(bool* ptr, uint64_t const bufferSize) noexcept
      : mType(DataType::kBOOL), mData(ptr), mBufferSize(bufferSize) {}

  TypedArray(TypedArray const&) = default;
  TypedArray(TypedArray&&) = default;
  TypedArray& operator=(TypedArray const&) & = default;
  TypedArray& operator=(TypedArray&&) & = default;
  ~TypedArray() noexcept = default;

  DataType getType() const noexcept { return mType; }

  // The address as its own type; null when it is of another one.
  float* getFloat() const noexcept { return as<float>(DataType::kFLOAT); }
  half_t* getHalf() const noexcept { return as<half_t>(DataType::kHALF); }
  int64_t* getInt64() const noexcept { return as<int64_t>(DataType::kINT64); }
  int32_t* getInt32() const noexcept { return as<int32_t>(DataType::kINT32); }
  int8_t* getInt8() const noexcept { return as<int8_t>(DataType::kINT8); }
  uint8_t* getUint8() const noexcept { return as<uint8_t>(DataType::kUINT8); }
  bool* getBool() const noexcept { return as<bool>(DataType::kBOOL); }

  uint64_t getSize() const noexcept { return mBufferSize; }  ///< bytes
  void* getData() const noexcept { return mData; }

 private:
  template <typename T>
  T* as(DataType type) const noexcept {
    return mType == type ? static_cast<T*>(mData) : nullptr;
  }

  DataType mType;
  void* mData;
  uint64_t mBufferSize;
};

/// Extents as they lie in memory: one more than Dims has, for a dimension split into vectors.
class PhysicalDims {
 public:
  static constexpr int32_t MAX_DIMS{9};

  int32_t nbDims;
  int64_t d[MAX_DIMS];
};

inline bool operator==(PhysicalDims const& d0, PhysicalDims const& d1) noexcept {
  return d0.nbDims == d1.nbDims && (d0.nbDims <= 0 || std::equal(d0.d, d0.d + d0.nbDims, d1.d));
}

inline bool operator!=(PhysicalDims const& d0, PhysicalDims const& d1) noexcept {
  return !(d0 == d1);
}

/// All about one tensor. A tensor of 1x10x3x4 elements, channels innermost and padded to 8, has
/// shape 1x2x8x3x4 with the vector after the dimension it splits, stride 192, 8, 1, 64, 16, stride
/// order 4, 1, 0, 3, 2, vectorizedDim 1, componentsPerVector 8 and userShape 1x10x3x4.
struct TensorDescriptor {
  AsciiChar const* tensorName{nullptr};  ///< owned by the graph
  PhysicalDims shape{-1, {}};            ///< extents in memory, in the current IO profile
  PhysicalDims stride{-1, {}};           ///< distance of neighbours, in elements
  DataType dataType{DataType::kFLOAT};
  uint64_t bytesPerComponent{0U};    ///< of one element
  uint64_t componentsPerVector{1U};  ///< elements in a vector
  int64_t vectorizedDim{-1};         ///< the dimension split into vectors; -1 for none
  uint64_t sizeInBytes{0U};
  TensorIOMode ioMode{TensorIOMode::kNONE};
  MemoryPlacement memPlacement{MemoryPlacement::kNONE};
  PhysicalDims strideOrder{-1, {}};  ///< rank of each dimension's stride, 0 for the smallest
  Dims userShape{-1, {}};            ///< extents as the network has them
};

/// A loaded safe engine. Made by createTRTGraph, freed by destroyTRTGraph or delete. Used by one
/// thread at a time, but for getters; each thread takes a clone. Answers kINVALID_ARGUMENT for a
/// name or index that does not exist.
class ITRTGraph {
 public:
  ITRTGraph(ITRTGraph const&) = delete;
  ITRTGraph(ITRTGraph&&) = delete;
  ITRTGraph& operator=(ITRTGraph const&) & = delete;
  ITRTGraph& operator=(ITRTGraph&&) & = delete;
  virtual ~ITRTGraph() noexcept = default;

  /// Another graph that shares the weights, with scratch memory of its own where that is managed.
  virtual ErrorCode clone(ITRTGraph*& graph, ISafeRecorder& recorder) noexcept = 0;

  /// Bytes of scratch memory, whoever supplies it.
  virtual ErrorCode getScratchMemorySize(size_t& size) const noexcept = 0;
  virtual ErrorCode getTRTManagedScratch(bool& flag) const noexcept = 0;

  /// Device memory of getScratchMemorySize bytes, or null to take it back. An error where the graph
  /// manages it.
  virtual ErrorCode setScratchMemory(void* memory) noexcept = 0;
  virtual ErrorCode getScratchMemory(void*& memory) noexcept = 0;

  /// Number of inputs and outputs; inputs come first.
  virtual ErrorCode getNbIOTensors(int64_t& nb) const noexcept = 0;

  /// The name is owned by the graph.
  virtual ErrorCode getIOTensorName(AsciiChar const*& name, size_t const index) const noexcept = 0;

  /// Describes a tensor in the current IO profile.
  virtual ErrorCode getIOTensorDescriptor(TensorDescriptor& desc,
                                          AsciiChar const* const tensorName) const noexcept = 0;
  virtual ErrorCode getIOTensorDescriptor(TensorDescriptor& desc,
                                          int32_t const index) const noexcept = 0;

  /// Where an input is read or an output written. Type and size must be the descriptor's.
  virtual ErrorCode setIOTensorAddress(AsciiChar const* const tensorName,
                                       TypedArray const& tensor) noexcept = 0;
  virtual ErrorCode setIOTensorAddress(int32_t const index, TypedArray const& tensor) noexcept = 0;
  virtual ErrorCode getIOTensorAddress(AsciiChar const* const tensorName,
                                       TypedArray& tensor) noexcept = 0;
  virtual ErrorCode getIOTensorAddress(int32_t const index, TypedArray& tensor) noexcept = 0;

  /// Recorded once the inputs may be overwritten.
  virtual ErrorCode setInputConsumedEvent(cudaEvent_t event) noexcept = 0;
  virtual ErrorCode getInputConsumedEvent(cudaEvent_t& event) const noexcept = 0;

  /// Faults of asynchronous work since the graph was made.
  virtual ErrorCode getErrorBuffer(RuntimeErrorInformation*& buffer) const noexcept = 0;
  virtual ErrorCode getSafeRecorder(ISafeRecorder*& recorder) const noexcept = 0;

  /// IO profiles are the static shapes the engine was built for; 0 is used unless set. Only to be
  /// changed while nothing runs.
  virtual ErrorCode getNbIOProfiles(int64_t& nb) const noexcept = 0;
  virtual ErrorCode setIOProfile(int64_t profileIndex) noexcept = 0;
  virtual ErrorCode getIOProfile(int64_t& profileIndex) const noexcept = 0;

  /// Streams used beside that of executeAsync. When there are any, exactly so many must be set.
  virtual ErrorCode getNbAuxStreams(int32_t& nbStreams) const noexcept = 0;
  virtual ErrorCode setAuxStreams(cudaStream_t* auxStreams, int32_t nbStreams) noexcept = 0;

  /// Puts one run on `stream`.
  virtual ErrorCode executeAsync(cudaStream_t stream) noexcept = 0;

  /// Waits for the last executeAsync and tells whether it went well.
  virtual ErrorCode sync() noexcept = 0;

 protected:
  ITRTGraph() = default;
};

/// Loads an engine built with EngineCapability::kSAFETY. `buffer` may be freed afterwards.
/// `trtManagedScratch`: the graph allocates its scratch memory. `allocator`: null for the own one.
/// `recorder` and `allocator` must outlive the graph.
extern "C" TENSORRTAPI ErrorCode createTRTGraph(ITRTGraph*& graph, void const* buffer,
                                                int64_t bufferSize, ISafeRecorder& recorder,
                                                bool trtManagedScratch = true,
                                                ISafeMemAllocator* allocator = nullptr) noexcept;

/// Frees a graph and sets the pointer to null.
extern "C" TENSORRTAPI ErrorCode destroyTRTGraph(ITRTGraph*& graph) noexcept;

}  // namespace safe
}  // namespace nvinfer2
