// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading and writing engines in pieces: implemented by the user.
#pragma once

#include "nvinfer1/cuda_types.h"
#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// Where an offset of IStreamReaderV2::seek counts from.
enum class SeekPosition : int32_t {
  kSET = 0,  ///< the beginning
  kCUR = 1,  ///< here
  kEND = 2,  ///< the end
};

namespace v_1_0 {

/// A source of bytes that is read once from front to back. Called from one thread at a time.
class TRT_DEPRECATED IStreamReader : public IVersionedInterface {
 public:
  ~IStreamReader() override = default;
  IStreamReader() = default;

  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IStreamReader", 1, 0};
  }

  /// Puts the next `nbBytes` bytes at `destination`; returns how many it got, less only at the end.
  virtual int64_t read(void* destination, int64_t nbBytes) = 0;

 protected:
  IStreamReader(IStreamReader const&) = default;
  IStreamReader(IStreamReader&&) = default;
  IStreamReader& operator=(IStreamReader const&) & = default;
  IStreamReader& operator=(IStreamReader&&) & = default;
};

/// A sink of bytes. Called from one thread at a time.
class IStreamWriter : public IVersionedInterface {
 public:
  ~IStreamWriter() override = default;
  IStreamWriter() = default;

  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IStreamWriter", 1, 0};
  }

  /// Takes `nbBytes` bytes; returns how many it took, anything less is a failure.
  virtual int64_t write(void const* data, int64_t nbBytes) = 0;

 protected:
  IStreamWriter(IStreamWriter const&) = default;
  IStreamWriter(IStreamWriter&&) = default;
  IStreamWriter& operator=(IStreamWriter const&) & = default;
  IStreamWriter& operator=(IStreamWriter&&) & = default;
};

/// A source of bytes with a position, which may fill device memory. Called from one thread at a
/// time.
class IStreamReaderV2 : public IVersionedInterface {
 public:
  ~IStreamReaderV2() override = default;
  IStreamReaderV2() = default;

  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IStreamReaderV2", 1, 0};
  }

  /// Puts the next `nbBytes` bytes at `destination`, host or device memory, in the order of
  /// `stream`; returns how many it got, less only at the end, or a negative number on failure.
  virtual int64_t read(void* destination, int64_t nbBytes, cudaStream_t stream) noexcept = 0;

  /// Moves the position; false when it cannot.
  virtual bool seek(int64_t offset, SeekPosition where) noexcept = 0;

 protected:
  IStreamReaderV2(IStreamReaderV2 const&) = default;
  IStreamReaderV2(IStreamReaderV2&&) = default;
  IStreamReaderV2& operator=(IStreamReaderV2 const&) & = default;
  IStreamReaderV2& operator=(IStreamReaderV2&&) & = default;
};

}  // namespace v_1_0

using IStreamReader = v_1_0::IStreamReader;
using IStreamWriter = v_1_0::IStreamWriter;
using IStreamReaderV2 = v_1_0::IStreamReaderV2;

}  // namespace nvinfer1
