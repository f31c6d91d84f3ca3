// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Letting the user choose among timed kernels.
#pragma once

#include "nvinfer1/dims.h"
#include "nvinfer1/optimization_profile.h"
#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// How an algorithm wants one input or output. Valid during the call that handed it out.
class TRT_DEPRECATED IAlgorithmIOInfo : public INoCopy {
 public:
  virtual DataType getDataType() const noexcept = 0;

  /// Distance of neighbours, in elements or vectors.
  virtual Dims getStrides() const noexcept = 0;

  /// The dimension split into vectors; -1 for none.
  virtual int64_t getVectorizedDim() const noexcept = 0;

  /// Components of a vector; 1 for none.
  virtual int64_t getComponentsPerElement() const noexcept = 0;

 protected:
  virtual ~IAlgorithmIOInfo() noexcept = default;
};

/// Names an algorithm from build to build.
class TRT_DEPRECATED IAlgorithmVariant : public INoCopy {
 public:
  virtual int64_t getImplementation() const noexcept = 0;
  virtual int64_t getTactic() const noexcept = 0;

 protected:
  virtual ~IAlgorithmVariant() noexcept = default;
};

/// The layer algorithms are offered for, with its inputs followed by its outputs.
class TRT_DEPRECATED IAlgorithmContext : public INoCopy {
 public:
  virtual char const* getName() const noexcept = 0;

  /// Extents of input or output `index` in the profile.
  virtual Dims getDimensions(int32_t index, OptProfileSelector select) const noexcept = 0;

  virtual int32_t getNbInputs() const noexcept = 0;
  virtual int32_t getNbOutputs() const noexcept = 0;

 protected:
  virtual ~IAlgorithmContext() noexcept = default;
};

/// One way to run a layer.
class TRT_DEPRECATED IAlgorithm : public INoCopy {
 public:
  virtual IAlgorithmVariant const& getAlgorithmVariant() const noexcept = 0;

  /// What the tuner measured.
  virtual float getTimingMSec() const noexcept = 0;

  /// Bytes.
  virtual std::size_t getWorkspaceSize() const noexcept = 0;

  /// Inputs first, then outputs; null out of range.
  virtual IAlgorithmIOInfo const* getAlgorithmIOInfoByIndex(int32_t index) const noexcept = 0;

 protected:
  virtual ~IAlgorithm() noexcept = default;
};

namespace v_1_0 {

/// Chooses algorithms, layer by layer, and is told the outcome. Implemented by the user.
class TRT_DEPRECATED IAlgorithmSelector : public IVersionedInterface {
 public:
  InterfaceInfo getInterfaceInfo() const noexcept override {
    return InterfaceInfo{"IAlgorithmSelector", 1, 0};
  }

  /// Writes indices into `choices` that the tuner may time, and returns how many; none means no
  /// algorithm is acceptable, a negative number all are.
  virtual int32_t selectAlgorithms(IAlgorithmContext const& context,
                                   IAlgorithm const* const* choices, int32_t nbChoices,
                                   int32_t* selection) noexcept = 0;

  /// Tells what every layer got.
  virtual void reportAlgorithms(IAlgorithmContext const* const* algoContexts,
                                IAlgorithm const* const* algoChoices,
                                int32_t nbAlgorithms) noexcept = 0;

  virtual ~IAlgorithmSelector() noexcept = default;
};

}  // namespace v_1_0

using IAlgorithmSelector = v_1_0::IAlgorithmSelector;

}  // namespace nvinfer1
