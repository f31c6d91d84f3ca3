// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a model's constants to a refitter's weights.
#include "api/onnx/parser_refitter.h"

#include <fmt/core.h>

#include "base/file.h"
#include "plugin/convert.h"
#include "plugin/resolve/resolver.h"

namespace tenon::api {

nvonnxparser::IParserError const* ParserRefitter::getError(int32_t index) const noexcept {
  if (index < 0 || index >= getNbErrors()) return nullptr;
  return &errors_[static_cast<size_t>(index)];
}

void ParserRefitter::fail(Code code, std::string sentence) {
  voice_.refuse(code, sentence);
  errors_.emplace_back(onnx::Fault{code, std::move(sentence), {}, {}, -1});
}

bool ParserRefitter::refit(std::span<const std::byte> model, std::shared_ptr<const void> owner,
                           std::string folder) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    plugin::Resolver resolver(refitter_.registry(), onnx::operator_names());
    constexpr nvonnxparser::OnnxParserFlags kUsual = 1;  // kNATIVE_INSTANCENORM, as the parser's
    onnx::Options options = import_options(resolver, kUsual);
    options.folder = std::move(folder);
    options.initializers = loaded_.initializers;
    auto graph = std::make_unique<ir::Graph>();
    std::vector<onnx::Fault> faults;
    const Status status = onnx::import(model, std::move(owner), options, *graph, diag, &faults);
    for (onnx::Fault& fault : faults) errors_.emplace_back(std::move(fault));
    if (!status.ok()) {
      if (faults.empty()) fail(status.code, status.what);
      return false;
    }
    return hand_over(*graphs_.emplace_back(std::move(graph)));
  });
}

bool ParserRefitter::hand_over(const ir::Graph& graph) {
  bool all = true;
  size_t found = 0;
  for (const builder::RefitRecord::Name& one : refitter_.record().names()) {
    const std::string& name = one.names.name;
    if (name.empty()) continue;
    const ir::Value* value = graph.find_value(name);
    const ops::ConstantData* data = value == nullptr ? nullptr : value->constant();
    if (data == nullptr) continue;
    ++found;
    const builder::RefitConstant& wanted = refitter_.record().constants()[one.constant];
    if (data->dtype() != wanted.dtype || data->dims() != wanted.dims) {
      fail(Code::InvalidModel,
           fmt::format("initializer '{}' is {} {} in the model, but {} {} in the engine", name,
                       to_string(data->dtype()), to_string(data->dims()), to_string(wanted.dtype),
                       to_string(wanted.dims)));
      all = false;
      continue;
    }
    const nvinfer1::Weights weights{*plugin::to_data_type(data->dtype()), data->bytes().data(),
                                    data->count()};
    all = refitter_.setNamedWeights(name.c_str(), weights) && all;
  }
  if (found > 0) return all;
  fail(Code::NotFound,
       "the model has none of the engine's refittable weights: it is another model");
  return false;
}

bool ParserRefitter::refitFromBytes(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                                    char const* modelPath) noexcept {
  if (!loadModelProto(serializedOnnxModel, serializedOnnxModelSize, modelPath)) return false;
  return refitModelProto();
}

bool ParserRefitter::refitFromFile(char const* onnxModelFile) noexcept {
  return guarded(voice_, false, [&] {
    Diagnostics diag = voice_.diagnostics();
    const std::string path = onnxModelFile == nullptr ? "" : onnxModelFile;
    auto file = MappedFile::open(path, diag);
    if (!file.ok()) {
      errors_.emplace_back(onnx::Fault{
          file.status().code, fmt::format("the model file '{}' cannot be read", path), {}, {}, -1});
      return false;
    }
    loaded_ = {};
    auto owner = std::make_shared<MappedFile>(std::move(*file));
    const auto bytes = owner->bytes();
    return refit(bytes, std::move(owner), folder_of(onnxModelFile));
  });
}

bool ParserRefitter::loadModelProto(void const* serializedOnnxModel, size_t serializedOnnxModelSize,
                                    char const* modelPath) noexcept {
  return guarded(voice_, false, [&] {
    if (serializedOnnxModel == nullptr) {
      fail(Code::InvalidArgument, "no bytes of a model were given");
      return false;
    }
    loaded_.load(serializedOnnxModel, serializedOnnxModelSize, modelPath);
    return true;
  });
}

bool ParserRefitter::loadInitializer(char const* name, void const* data, size_t size) noexcept {
  return guarded(voice_, false, [&] {
    if (loaded_.add(name, data, size)) return true;
    fail(Code::InvalidArgument,
         "loadInitializer needs a name and its numbers, after loadModelProto");
    return false;
  });
}

bool ParserRefitter::refitModelProto() noexcept {
  if (loaded_.bytes != nullptr) return refit(*loaded_.bytes, loaded_.bytes, loaded_.folder);
  return guarded(voice_, false, [&] {
    fail(Code::InvalidArgument, "refitModelProto: call loadModelProto first");
    return false;
  });
}

}  // namespace tenon::api
