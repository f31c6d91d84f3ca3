// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a compiled kernel is launched when the numbers follow from shapes known only while running.
#pragma once

#include "nvinfer1/cuda_types.h"
#include "nvinfer1/types.h"

namespace nvinfer1 {

/// What an argument of a kernel is.
enum class PluginArgType : int32_t {
  kINT = 0,
};

/// Width of an argument.
enum class PluginArgDataType : int32_t {
  kINT8 = 0,
  kINT16 = 1,
  kINT32 = 2,
};

/// A scalar argument. Implemented by whoever fills in launch parameters, and never freed by the
/// library.
class ISymExpr {
 public:
  virtual PluginArgType getType() const noexcept = 0;
  virtual PluginArgDataType getDataType() const noexcept = 0;

  /// The value: an IDimensionExpr.
  virtual void* getExpr() noexcept = 0;

  virtual ~ISymExpr() noexcept = default;
};

/// What an ISymExprs forwards to; the order of its virtual methods is part of the binary contract.
class ISymExprsImpl {
 public:
  virtual ISymExpr* getSymExpr(int32_t index) const noexcept = 0;
  virtual bool setSymExpr(int32_t index, ISymExpr* symExpr) noexcept = 0;
  virtual int32_t getNbSymExprs() const noexcept = 0;
  virtual bool setNbSymExprs(int32_t count) noexcept = 0;
  virtual ~ISymExprsImpl() noexcept = default;
};

/// The scalar arguments of a kernel, in order. Owned by the library; what is put in must stay alive
/// until the call that handed this object out returns.
class ISymExprs {
 public:
  /// Null out of range.
  ISymExpr* getSymExpr(int32_t index) const noexcept { return mImpl->getSymExpr(index); }

  /// False out of range.
  bool setSymExpr(int32_t index, ISymExpr* symExpr) noexcept {
    return mImpl->setSymExpr(index, symExpr);
  }

  int32_t getNbSymExprs() const noexcept { return mImpl->getNbSymExprs(); }

  /// Sets the number of arguments, all null at first. False when negative.
  bool setNbSymExprs(int32_t count) noexcept { return mImpl->setNbSymExprs(count); }

 protected:
  ISymExprsImpl* mImpl{nullptr};
  virtual ~ISymExprs() noexcept = default;
};

/// What an IKernelLaunchParams forwards to; the order of its virtual methods is part of the binary
/// contract.
class IKernelLaunchParamsImpl {
 public:
  virtual ISymExpr* getGridX() noexcept = 0;
  virtual bool setGridX(ISymExpr* gridX) noexcept = 0;
  virtual ISymExpr* getGridY() noexcept = 0;
  virtual bool setGridY(ISymExpr* gridY) noexcept = 0;
  virtual ISymExpr* getGridZ() noexcept = 0;
  virtual bool setGridZ(ISymExpr* gridZ) noexcept = 0;
  virtual ISymExpr* getBlockX() noexcept = 0;
  virtual bool setBlockX(ISymExpr* blockX) noexcept = 0;
  virtual ISymExpr* getBlockY() noexcept = 0;
  virtual bool setBlockY(ISymExpr* blockY) noexcept = 0;
  virtual ISymExpr* getBlockZ() noexcept = 0;
  virtual bool setBlockZ(ISymExpr* blockZ) noexcept = 0;
  virtual ISymExpr* getSharedMem() noexcept = 0;
  virtual bool setSharedMem(ISymExpr* sharedMem) noexcept = 0;
  virtual ~IKernelLaunchParamsImpl() noexcept = default;
};

/// Grid and block of a launch, and its dynamic shared memory in bytes. Extents not set are 1, and
/// the memory 0. Owned by the library.
class IKernelLaunchParams {
 public:
  ISymExpr* getGridX() noexcept { return mImpl->getGridX(); }
  bool setGridX(ISymExpr* gridX) noexcept { return mImpl->setGridX(gridX); }
  ISymExpr* getGridY() noexcept { return mImpl->getGridY(); }
  bool setGridY(ISymExpr* gridY) noexcept { return mImpl->setGridY(gridY); }
  ISymExpr* getGridZ() noexcept { return mImpl->getGridZ(); }
  bool setGridZ(ISymExpr* gridZ) noexcept { return mImpl->setGridZ(gridZ); }
  ISymExpr* getBlockX() noexcept { return mImpl->getBlockX(); }
  bool setBlockX(ISymExpr* blockX) noexcept { return mImpl->setBlockX(blockX); }
  ISymExpr* getBlockY() noexcept { return mImpl->getBlockY(); }
  bool setBlockY(ISymExpr* blockY) noexcept { return mImpl->setBlockY(blockY); }
  ISymExpr* getBlockZ() noexcept { return mImpl->getBlockZ(); }
  bool setBlockZ(ISymExpr* blockZ) noexcept { return mImpl->setBlockZ(blockZ); }
  ISymExpr* getSharedMem() noexcept { return mImpl->getSharedMem(); }
  bool setSharedMem(ISymExpr* sharedMem) noexcept { return mImpl->setSharedMem(sharedMem); }

 protected:
  IKernelLaunchParamsImpl* mImpl{nullptr};
  virtual ~IKernelLaunchParams() noexcept = default;
};

}  // namespace nvinfer1
