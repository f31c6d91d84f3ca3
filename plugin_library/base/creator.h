// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The creators of any plugin of this library, one for each interface.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "plugin_library/base/plugin.h"

namespace shipped {

/// Makes plugins out of attributes.
class Maker {
 public:
  virtual ~Maker() = default;
  /// The attributes, without values; valid as long as the maker.
  virtual nvinfer1::PluginFieldCollection const* fields() const noexcept = 0;
  /// Null, with the reason reported, when attributes are missing or wrong. `layer` is for messages.
  virtual std::shared_ptr<Plugin const> make(
      char const* layer, nvinfer1::PluginFieldCollection const* fields) const noexcept = 0;
};

/// Makes plugins of class `P`. Its parameters have `visit(visitor)`, which names each attribute,
/// and may have `check(AttributeReader&)`, which fails where attributes do not go together.
template <class P>
class MakerOf final : public Maker {
 public:
  using Parameters = typename P::ParameterType;

  explicit MakerOf(Identity const& identity) : identity_(identity) {
    FieldLister lister(false);
    Parameters().visit(lister);
    fields_ = lister.take();
    collection_ = {static_cast<int32_t>(fields_.size()), fields_.data()};
  }

  nvinfer1::PluginFieldCollection const* fields() const noexcept override { return &collection_; }

  std::shared_ptr<Plugin const> make(
      char const* layer, nvinfer1::PluginFieldCollection const* fields) const noexcept override {
    AttributeReader reader(identity_.name, layer, fields);
    Parameters parameters;
    parameters.visit(reader);
    if constexpr (requires { parameters.check(reader); }) {
      if (reader.good()) parameters.check(reader);
    }
    return reader.good() ? std::make_shared<P const>(identity_, parameters) : nullptr;
  }

 private:
  Identity identity_;
  std::vector<nvinfer1::PluginField> fields_;
  nvinfer1::PluginFieldCollection collection_;
};

/// Makes V2 plugins.
class CreatorV2 final : public nvinfer1::IPluginCreator {
 public:
  CreatorV2(Identity const& identity, char const* nameSpace, std::unique_ptr<Maker const> maker)
      : identity_(identity), nameSpace_(nameSpace), maker_(std::move(maker)) {}

  char const* getPluginName() const noexcept override { return identity_.name; }
  char const* getPluginVersion() const noexcept override { return identity_.version; }
  void setPluginNamespace(char const* nameSpace) noexcept override;
  char const* getPluginNamespace() const noexcept override { return nameSpace_.c_str(); }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override;
  nvinfer1::IPluginV2* createPlugin(
      char const* name, nvinfer1::PluginFieldCollection const* fields) noexcept override;
  nvinfer1::IPluginV2* deserializePlugin(char const* name, void const* data,
                                         size_t length) noexcept override;

 private:
  Identity identity_;
  std::string nameSpace_;
  std::unique_ptr<Maker const> maker_;
};

/// Makes V3 plugins.
class CreatorV3 final : public nvinfer1::IPluginCreatorV3One {
 public:
  /// `nameSpace` must live as long as the library.
  CreatorV3(Identity const& identity, char const* nameSpace, std::unique_ptr<Maker const> maker)
      : identity_(identity), nameSpace_(nameSpace), maker_(std::move(maker)) {}

  char const* getPluginName() const noexcept override { return identity_.name; }
  char const* getPluginVersion() const noexcept override { return identity_.version; }
  char const* getPluginNamespace() const noexcept override { return nameSpace_; }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override;
  nvinfer1::IPluginV3* createPlugin(char const* name, nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase phase) noexcept override;

 private:
  Identity identity_;
  char const* nameSpace_;
  std::unique_ptr<Maker const> maker_;
};

/// Which of its interfaces TensorRT knows a plugin by.
enum class Interface { V2, V3 };

/// A row of the list of plugins: who it is, and how its plugins are made.
struct Row {
  Identity identity;
  Interface interface;
  std::unique_ptr<Maker const> (*maker)(Identity const& identity);

  /// A creator under `nameSpace`, which must live as long as the library.
  std::unique_ptr<nvinfer1::IPluginCreatorInterface> creator(char const* nameSpace) const;
};

template <class P>
std::unique_ptr<Maker const> makerOf(Identity const& identity) {
  return std::make_unique<MakerOf<P>>(identity);
}

template <class P>
constexpr Row v2(char const* name, char const* version) {
  return {{name, version}, Interface::V2, makerOf<P>};
}

template <class P>
constexpr Row v3(char const* name, char const* version) {
  return {{name, version}, Interface::V3, makerOf<P>};
}

}  // namespace shipped
