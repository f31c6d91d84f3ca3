// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// IParserRefitter: the weights of a model for a refitter.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "NvOnnxParser.h"
#include "api/infer/refitter.h"
#include "api/onnx/parser.h"
#include "api/voice.h"
#include "ir/graph.h"

namespace tenon::api {

/// Reads models as the parser does and hands every constant whose name the engine knows to the
/// refitter. Keeps the models' numbers until it is freed. One thread at a time.
class ParserRefitter final : public nvonnxparser::IParserRefitter {
 public:
  ParserRefitter(Refitter& refitter, nvinfer1::ILogger& logger)
      : refitter_(refitter), voice_(&logger) {}

  bool refitFromBytes(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                      char const* modelPath) noexcept override;
  bool refitFromFile(char const* onnxModelFile) noexcept override;
  int32_t getNbErrors() const noexcept override { return static_cast<int32_t>(errors_.size()); }
  nvonnxparser::IParserError const* getError(int32_t index) const noexcept override;
  void clearErrors() override { errors_.clear(); }
  bool loadModelProto(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                      char const* modelPath) noexcept override;
  bool loadInitializer(char const* name, void const* data, size_t size) noexcept override;
  bool refitModelProto() noexcept override;

 private:
  bool refit(std::span<const std::byte> model, std::shared_ptr<const void> owner,
             std::string folder) noexcept;
  bool hand_over(const ir::Graph& graph);
  void fail(Code code, std::string sentence);

  Refitter& refitter_;
  mutable Voice voice_;
  std::vector<ParserError> errors_;
  std::vector<std::unique_ptr<ir::Graph>> graphs_;  ///< whose numbers were handed over
  LoadedModel loaded_;
};

}  // namespace tenon::api
