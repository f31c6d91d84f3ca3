// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Creators written in Python.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "impl/NvInferPythonPlugin.h"
#include "plugin_fields.h"
#include "proxy.h"

namespace tenon::python {

/// What creators of all versions say of themselves: properties of the Python object.
template <class Interface>
class PythonCreator : public Interface {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override {
    return nvinfer1::APILanguage::kPYTHON;
  }
  char const* getPluginName() const noexcept override {
    return text_attribute<Interface>(this, "name", name_shown_);
  }
  char const* getPluginVersion() const noexcept override {
    return text_attribute<Interface>(this, "plugin_version", version_shown_);
  }
  char const* getPluginNamespace() const noexcept override {
    return text_attribute<Interface>(this, "plugin_namespace", space_shown_);
  }
  nvinfer1::PluginFieldCollection const* getFieldNames() noexcept override;

  std::optional<std::string> name, version;  ///< these four: as the properties were set
  std::string space;
  std::shared_ptr<Fields> field_names = std::make_shared<Fields>();

 private:
  mutable std::string name_shown_, version_shown_, space_shown_;
  std::shared_ptr<Fields> fields_shown_;
};

class PythonCreatorV1 final : public PythonCreator<nvinfer1::IPluginCreator> {
 public:
  nvinfer1::IPluginV2* createPlugin(
      char const* plugin, nvinfer1::PluginFieldCollection const* fields) noexcept override;
  nvinfer1::IPluginV2* deserializePlugin(char const* plugin, void const* data,
                                         size_t size) noexcept override;
  void setPluginNamespace(char const* given) noexcept override;
};

class PythonCreatorV3One final : public PythonCreator<nvinfer1::IPluginCreatorV3One> {
 public:
  nvinfer1::IPluginV3* createPlugin(char const* plugin,
                                    nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase phase) noexcept override;
};

class PythonCreatorV3Quick final : public PythonCreator<nvinfer1::IPluginCreatorV3Quick> {
 public:
  nvinfer1::IPluginV3* createPlugin(char const* plugin, char const* name_space,
                                    nvinfer1::PluginFieldCollection const* fields,
                                    nvinfer1::TensorRTPhase phase,
                                    nvinfer1::QuickPluginCreationRequest request) noexcept override;
};

/// The Python object of a creator, in the class that its kind names; None for null.
py::object typed_creator(nvinfer1::IPluginCreatorInterface* creator);

}  // namespace tenon::python
