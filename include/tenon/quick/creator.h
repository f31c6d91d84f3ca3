// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How quick plugins are made from fields, and how they come to a registry or a network.
#pragma once

#include <exception>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "nvinfer1/network.h"
#include "nvinfer1/plugin_registry.h"
#include "tenon/quick/plugin.h"

namespace tenon {
namespace quick {

/// Makes plugins of one operator: each a copy of `prototype` with the attributes its fields name.
template <class Op>
class Creator final : public nvinfer1::IPluginCreatorV3One {
 public:
  explicit Creator(Op prototype = Op()) : prototype_(std::move(prototype)), id_(id_of(prototype_)) {
    visit_attributes(prototype_, known_);
  }

  nvinfer1::IPluginV3* createPlugin(char const* layer,
                                    nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase) noexcept override {
    std::string const place = layer != nullptr ? " of layer '" + std::string(layer) + "': " : ": ";
    try {
      Op op(prototype_);
      FieldReader reader(fields);
      visit_attributes(op, reader);
      reader.finish();
      return new Plugin<Op>(std::move(op));
    } catch (std::exception const& problem) {
      report(id_.text() + place + problem.what());
    } catch (...) {
      report(id_.text() + place + "an exception that is no std::exception");
    }
    return nullptr;
  }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override {
    return &known_.fields();
  }
  char const* getPluginName() const noexcept override { return id_.name.c_str(); }
  char const* getPluginVersion() const noexcept override { return id_.version.c_str(); }
  char const* getPluginNamespace() const noexcept override { return id_.space.c_str(); }

 private:
  Op prototype_;
  Id id_;
  FieldWriter known_;
};

/// Registers the operator with the registry of this process, for as long as the process lives.
/// False, with the reason logged, when the registry refuses it: name, version and namespace are
/// taken. Once a program, for example in the initialiser of a constant.
template <class Op>
bool add(Op prototype = Op()) {
  static std::vector<Creator<Op>*> creators;  // The registry refers to them until the end.
  creators.push_back(new Creator<Op>(std::move(prototype)));
  auto& creator = *creators.back();
  return getPluginRegistry()->registerCreator(creator, creator.getPluginNamespace());
}

/// Adds a layer of the operator to a network; null, with the reason logged, when that refuses it.
template <class Op>
nvinfer1::IPluginV3Layer* layer(nvinfer1::INetworkDefinition& network,
                                std::vector<nvinfer1::ITensor*> const& inputs, Op op,
                                std::vector<nvinfer1::ITensor*> const& shape_inputs = {}) {
  Plugin<Op> plugin(std::move(op));
  return network.addPluginV3(inputs.data(), static_cast<std::int32_t>(inputs.size()),
                             shape_inputs.data(), static_cast<std::int32_t>(shape_inputs.size()),
                             plugin);
}

/// Registers creators of its own for the operators when the library is linked or opened.
template <class... Ops>
class Registrar {
 public:
  Registrar() {
    auto const together = [](auto&... creators) {
      (getPluginRegistry()->registerCreator(creators, creators.getPluginNamespace()), ...);
    };
    std::apply(together, creators_);
  }

 private:
  std::tuple<Creator<Ops>...> creators_;
};

/// The one creator of an operator that a plugin library hands to loadLibrary.
template <class Op>
nvinfer1::IPluginCreatorInterface* creator() {
  static Creator<Op> creator;
  return &creator;
}

/// The creators of a plugin library, one an operator.
template <class... Ops>
nvinfer1::IPluginCreatorInterface* const* creators(std::int32_t& count) {
  static nvinfer1::IPluginCreatorInterface* const kAll[] = {creator<Ops>()...};
  count = static_cast<std::int32_t>(sizeof...(Ops));
  return kAll;
}

}  // namespace quick
}  // namespace tenon

/// Makes the file's library a plugin library of these operators: linked or opened it registers them
/// with the process, and IPluginRegistry::loadLibrary (trtexec --dynamicPlugins) takes them for its
/// registry. Once a library, outside namespaces.
#define TENON_QUICK_LIBRARY(...)                                                                 \
  extern "C" TENSORRTAPI nvinfer1::IPluginCreatorInterface* const* getCreators(int32_t& count) { \
    return tenon::quick::creators<__VA_ARGS__>(count);                                           \
  }                                                                                              \
  static tenon::quick::Registrar<__VA_ARGS__> const tenonQuickRegistrar{};                       \
  extern "C" TENSORRTAPI void setLoggerFinder(nvinfer1::ILoggerFinder* finder) {                 \
    tenon::quick::logger_finder().store(finder);                                                 \
  }
