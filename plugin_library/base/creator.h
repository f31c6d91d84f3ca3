// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The creator of any plugin of this library.
#pragma once

#include <memory>
#include <vector>

#include "plugin_library/base/plugin.h"

namespace shipped {

/// Makes plugins of class `P`. Its parameters have `visit(visitor)`, which names each attribute,
/// and may have `check(AttributeReader&)`, which fails where attributes do not go together.
template <class P>
class CreatorOf final : public nvinfer1::IPluginCreatorV3One {
 public:
  using Parameters = typename P::ParameterType;

  explicit CreatorOf(Identity const& identity) : identity_(identity) {
    FieldLister lister(false);
    defaults_.visit(lister);
    fields_ = lister.take();
    collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
  }

  char const* getPluginName() const noexcept override { return identity_.name; }
  char const* getPluginVersion() const noexcept override { return identity_.version; }
  char const* getPluginNamespace() const noexcept override { return identity_.nameSpace; }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override { return &collection_; }

  nvinfer1::IPluginV3* createPlugin(char const* name, nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase) noexcept override {
    AttributeReader reader(identity_.name, name, fields);
    Parameters parameters;
    parameters.visit(reader);
    if constexpr (requires { parameters.check(reader); }) {
      if (reader.good()) parameters.check(reader);
    }
    return reader.good() ? new (std::nothrow) P(identity_, parameters) : nullptr;
  }

 private:
  Identity identity_;
  Parameters defaults_;
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_;
};

/// A row of the list of plugins: who it is, and how its creator is made.
struct Row {
  char const* name;
  char const* version;
  std::unique_ptr<nvinfer1::IPluginCreatorInterface> (*make)(Identity const& identity);
};

template <class P>
constexpr Row row(char const* name, char const* version) {
  return {name, version,
          [](Identity const& identity) -> std::unique_ptr<nvinfer1::IPluginCreatorInterface> {
            return std::make_unique<CreatorOf<P>>(identity);
          }};
}

}  // namespace shipped
