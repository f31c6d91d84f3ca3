// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Looking into an engine.
#pragma once

#include "nvinfer1/engine.h"

namespace nvinfer1 {

/// How layer information is written.
enum class LayerInformationFormat : int32_t {
  kONELINE = 0,  ///< text for people
  kJSON = 1,
};
namespace impl {
template <>
struct EnumMaxImpl<LayerInformationFormat> {
  static constexpr int32_t kVALUE = 2;
};
}  // namespace impl

/// Describes the layers of an engine, as far as its ProfilingVerbosity allows. Freed with delete,
/// before the engine. Texts are owned by it and valid until the next question.
class IEngineInspector : public INoCopy {
 public:
  virtual ~IEngineInspector() noexcept = default;

  /// Answers for this context's profile and shapes; null for none. False for a context of another
  /// engine.
  virtual bool setExecutionContext(IExecutionContext const* context) noexcept = 0;
  virtual IExecutionContext const* getExecutionContext() const noexcept = 0;

  /// One layer; a text that says so for an index out of range.
  virtual char const* getLayerInformation(int32_t layerIndex,
                                          LayerInformationFormat format) const noexcept = 0;

  /// All layers and the inputs and outputs.
  virtual char const* getEngineInformation(LayerInformationFormat format) const noexcept = 0;

  /// Where errors go; null for none.
  virtual void setErrorRecorder(IErrorRecorder* recorder) noexcept = 0;
  virtual IErrorRecorder* getErrorRecorder() const noexcept = 0;
};

}  // namespace nvinfer1
