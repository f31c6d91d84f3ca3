// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Extents, types, weights, formats.
#pragma once

#include "base.h"

namespace nvinfer1 {
TENON_COMPAT7_INLINE namespace compat7 {
  /// One more than the greatest enumerator.
  template <typename T>
  constexpr int EnumMax();

  enum class DataType : int { kFLOAT = 0, kHALF = 1, kINT8 = 2, kINT32 = 3, kBOOL = 4 };
  template <>
  constexpr int EnumMax<DataType>() {
    return 5;
  }

  enum class DimensionType : int { kSPATIAL = 0, kCHANNEL = 1, kINDEX = 2, kSEQUENCE = 3 };
  template <>
  constexpr int EnumMax<DimensionType>() {
    return 4;
  }

  /// Extents of a tensor, without the batch where the network has it implicitly.
  class Dims {
   public:
    static const int MAX_DIMS = 8;
    int nbDims;
    int d[MAX_DIMS];
    DimensionType type[MAX_DIMS];  ///< says nothing
  };

  class Dims2 : public Dims {
   public:
    Dims2() : Dims2(0, 0) {}
    Dims2(int d0, int d1) {
      nbDims = 2;
      d[0] = d0;
      d[1] = d1;
    }
  };

  class DimsHW : public Dims2 {
   public:
    DimsHW() : DimsHW(0, 0) {}
    DimsHW(int height, int width) : Dims2(height, width) {
      type[0] = type[1] = DimensionType::kSPATIAL;
    }
    int& h() { return d[0]; }
    int h() const { return d[0]; }
    int& w() { return d[1]; }
    int w() const { return d[1]; }
  };

  class Dims3 : public Dims {
   public:
    Dims3() : Dims3(0, 0, 0) {}
    Dims3(int d0, int d1, int d2) {
      nbDims = 3;
      d[0] = d0;
      d[1] = d1;
      d[2] = d2;
    }
  };

  class DimsCHW : public Dims3 {
   public:
    DimsCHW() : DimsCHW(0, 0, 0) {}
    DimsCHW(int channels, int height, int width) : Dims3(channels, height, width) {
      type[0] = DimensionType::kCHANNEL;
      type[1] = type[2] = DimensionType::kSPATIAL;
    }
    int& c() { return d[0]; }
    int c() const { return d[0]; }
    int& h() { return d[1]; }
    int h() const { return d[1]; }
    int& w() { return d[2]; }
    int w() const { return d[2]; }
  };

  class Dims4 : public Dims {
   public:
    Dims4() : Dims4(0, 0, 0, 0) {}
    Dims4(int d0, int d1, int d2, int d3) {
      nbDims = 4;
      d[0] = d0;
      d[1] = d1;
      d[2] = d2;
      d[3] = d3;
    }
  };

  class DimsNCHW : public Dims4 {
   public:
    DimsNCHW() : DimsNCHW(0, 0, 0, 0) {}
    DimsNCHW(int batch, int channels, int height, int width)
        : Dims4(batch, channels, height, width) {
      type[0] = DimensionType::kINDEX;
      type[1] = DimensionType::kCHANNEL;
      type[2] = type[3] = DimensionType::kSPATIAL;
    }
    int& n() { return d[0]; }
    int n() const { return d[0]; }
    int& c() { return d[1]; }
    int c() const { return d[1]; }
    int& h() { return d[2]; }
    int h() const { return d[2]; }
    int& w() { return d[3]; }
    int w() const { return d[3]; }
  };

  /// Numbers of others; they live until the engine is built.
  class Weights {
   public:
    DataType type;
    const void* values;
    int64_t count;
  };

  /// How elements lie in memory. The numbers are those of the present interface.
  enum class TensorFormat : int {
    kLINEAR = 0,
    kNCHW = kLINEAR,
    kCHW2 = 1,
    kNC2HW2 = kCHW2,
    kHWC8 = 2,
    kNHWC8 = kHWC8,
    kCHW4 = 3,
    kCHW16 = 4,
    kCHW32 = 5
  };
  template <>
  constexpr int EnumMax<TensorFormat>() {
    return 6;
  }
  using PluginFormat = TensorFormat;
  using TensorFormats = uint32_t;

  enum class TensorLocation : int { kDEVICE = 0, kHOST = 1 };
  enum class DeviceType : int { kGPU = 0, kDLA = 1 };
  enum class EngineCapability : int { kDEFAULT = 0, kSAFE_GPU = 1, kSAFE_DLA = 2 };

  enum class ErrorCode : int {
    kSUCCESS = 0,
    kUNSPECIFIED_ERROR = 1,
    kINTERNAL_ERROR = 2,
    kINVALID_ARGUMENT = 3,
    kINVALID_CONFIG = 4,
    kFAILED_ALLOCATION = 5,
    kFAILED_INITIALIZATION = 6,
    kFAILED_EXECUTION = 7,
    kFAILED_COMPUTATION = 8,
    kINVALID_STATE = 9,
    kUNSUPPORTED_STATE = 10
  };

}  // namespace compat7
}  // namespace nvinfer1
