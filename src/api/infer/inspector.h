// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IEngineInspector: what the layers of an engine are, as text and JSON.
#pragma once

#include <memory>
#include <string>

#include "NvInfer.h"
#include "api/voice.h"
#include "session/engine.h"

namespace tenon::api {

/// Texts it gives are valid until the next call or its end. One thread at a time.
class Inspector final : public nvinfer1::IEngineInspector {
 public:
  Inspector(std::shared_ptr<const session::Engine> engine, const Voice& voice)
      : engine_(std::move(engine)), voice_(voice) {}

  bool setExecutionContext(nvinfer1::IExecutionContext const* context) noexcept override;
  nvinfer1::IExecutionContext const* getExecutionContext() const noexcept override;
  char const* getLayerInformation(int32_t layerIndex,
                                  nvinfer1::LayerInformationFormat format) const noexcept override;
  char const* getEngineInformation(nvinfer1::LayerInformationFormat format) const noexcept override;
  void setErrorRecorder(nvinfer1::IErrorRecorder* recorder) noexcept override;
  nvinfer1::IErrorRecorder* getErrorRecorder() const noexcept override;

 private:
  std::shared_ptr<const session::Engine> engine_;
  mutable Voice voice_;
  const nvinfer1::IExecutionContext* context_ = nullptr;
  mutable std::string text_;
};

}  // namespace tenon::api
