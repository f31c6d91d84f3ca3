// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How safe quick plugins are made from fields, checked, and handed out by a library.
#pragma once

#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "NvInferConsistency.h"
#include "tenon/quick/safe_plugin.h"

namespace tenon {
namespace quick {

/// Makes safe plugins of one operator.
template <class Op>
class SafeCreator final : public nvinfer2::safe::ISafePluginCreatorV3One {
 public:
  SafeCreator() : id_(id_of(prototype_)) { visit_attributes(prototype_, known_); }

  nvinfer1::IPluginV3* createPlugin(char const* layer,
                                    nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase phase) noexcept override {
    std::string const place = layer != nullptr ? " of layer '" + std::string(layer) + "': " : ": ";
    try {
      TensorCounts counts{};
      Op op = read(fields, phase == nvinfer1::TensorRTPhase::kRUNTIME ? &counts : nullptr);
      return new SafePlugin<Op>(std::move(op), counts, recorder_);
    } catch (std::exception const& problem) {
      complain(recorder_, id_.text() + place + problem.what());
    } catch (...) {
      complain(recorder_, id_.text() + place + "an exception of another kind");
    }
    return nullptr;
  }

  /// The operator that fields describe; with `counts`, those of an engine. Throws
  /// std::invalid_argument.
  static Op read(nvinfer1::PluginFieldCollection const* fields, TensorCounts* counts) {
    Op op;
    FieldReader reader(fields);
    visit_attributes(op, reader);
    if (counts != nullptr) {
      reader.required(kTensorCounts, *counts);
      if ((*counts)[0] < 0 || (*counts)[1] < 0 || (*counts)[0] > 1024 || (*counts)[1] > 1024) {
        throw std::invalid_argument("the engine tells of an impossible number of tensors");
      }
    }
    reader.finish();
    return op;
  }

  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override {
    return &known_.fields();
  }
  char const* getPluginName() const noexcept override { return id_.name.c_str(); }
  char const* getPluginVersion() const noexcept override { return id_.version.c_str(); }
  char const* getPluginNamespace() const noexcept override { return id_.space.c_str(); }
  nvinfer2::safe::ISafeRecorder* getSafeRecorder() const noexcept override { return recorder_; }
  void setSafeRecorder(nvinfer2::safe::ISafeRecorder& recorder) noexcept override {
    recorder_ = &recorder;
  }

 private:
  Op prototype_;
  Id id_;
  FieldWriter known_;
  nvinfer2::safe::ISafeRecorder* recorder_ = nullptr;
};

/// Derives types and extents of a step once more from its fields.
template <class Op>
class SafeChecker final : public nvinfer2::safe::consistency::IPluginChecker {
  using Descriptors = std::vector<nvinfer2::safe::TensorDescriptor>;

 public:
  bool validate(Descriptors const& inputs, Descriptors const& outputs,
                nvinfer1::PluginFieldCollection* fields) noexcept override {
    try {
      TensorCounts counts{};
      Op const op = SafeCreator<Op>::read(fields, &counts);
      return counts[0] == static_cast<std::int32_t>(inputs.size()) &&
             counts[1] == static_cast<std::int32_t>(outputs.size()) &&
             has_combination(op, inputs, outputs) && has_extents(op, inputs, outputs);
    } catch (...) {
      return false;
    }
  }

 private:
  static bool has_combination(Op const& op, Descriptors const& inputs, Descriptors const& outputs) {
    Descriptors all(inputs);
    all.insert(all.end(), outputs.begin(), outputs.end());
    return SafePlugin<Op>::fits(op, all.data(), all.size(), all.size());
  }

  static bool has_extents(Op const& op, Descriptors const& inputs, Descriptors const& outputs) {
    std::vector<Shape> known;
    for (auto const& one : inputs) {
      known.emplace_back(one.userShape.d, one.userShape.d + one.userShape.nbDims);
    }
    Shapes shapes(std::move(known), outputs.size());
    op.shapes(shapes);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      Shape const& expected = shapes.output(i);
      auto const& found = outputs[i].userShape;
      if (static_cast<std::size_t>(found.nbDims) != expected.size()) return false;
      for (std::size_t d = 0; d < expected.size(); ++d) {
        if (expected[d].number() != found.d[d]) return false;
      }
    }
    return true;
  }
};

/// The creator of `Op` if it is the one asked for; it lives as long as the library.
template <class Op>
nvinfer2::safe::IPluginCreatorInterface* safe_creator(char const* space, char const* name) {
  static SafeCreator<Op> creator;
  bool const asked = std::strcmp(space, creator.getPluginNamespace()) == 0 &&
                     std::strcmp(name, creator.getPluginName()) == 0;
  return asked ? &creator : nullptr;
}

/// The creator of this namespace and name among several operators; null if there is none.
template <class... Ops>
nvinfer2::safe::IPluginCreatorInterface* find_safe_creator(char const* space, char const* name) {
  nvinfer2::safe::IPluginCreatorInterface* found = nullptr;
  if (space == nullptr || name == nullptr) return nullptr;
  static_cast<void>((((found = safe_creator<Ops>(space, name)) != nullptr) || ...));
  return found;
}

/// A new checker if `Op` has this name, directly followed by its version.
template <class Op>
nvinfer2::safe::consistency::IPluginChecker* safe_checker(std::string const& name_version) {
  Id const id = id_of(Op());
  return name_version == id.name + id.version ? new SafeChecker<Op> : nullptr;
}

/// A checker for this name and version among several operators, owned by the caller; null if there
/// is none.
template <class... Ops>
nvinfer2::safe::consistency::IPluginChecker* find_safe_checker(char const* name_version) {
  nvinfer2::safe::consistency::IPluginChecker* found = nullptr;
  if (name_version == nullptr) return nullptr;
  static_cast<void>((((found = safe_checker<Ops>(name_version)) != nullptr) || ...));
  return found;
}

}  // namespace quick
}  // namespace tenon

/// Makes the file's library a plugin library of these operators for safe engines (--safetyPlugins
/// of trtexec and trtexec_safe). Once a library, outside namespaces.
#define TENON_QUICK_SAFE_LIBRARY(...)                                                     \
  extern "C" TENSORRTAPI nvinfer2::safe::IPluginCreatorInterface* getSafetyPluginCreator( \
      char const* space, char const* name) {                                              \
    return tenon::quick::find_safe_creator<__VA_ARGS__>(space, name);                     \
  }                                                                                       \
  extern "C" TENSORRTAPI nvinfer2::safe::consistency::IPluginChecker* getPluginChecker(   \
      char const* nameVersion) {                                                          \
    return tenon::quick::find_safe_checker<__VA_ARGS__>(nameVersion);                     \
  }
