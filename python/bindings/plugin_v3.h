// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Plugins of version 3 written in Python.
#pragma once

#include "call.h"

namespace tenon::python {

/// A plugin as an owner in the engine takes it: a proxy of a Python one, a clone of any other.
/// Null for None. Needs the GIL.
nvinfer1::IPluginV3* hand_over(const py::object& plugin);

/// The Python side of IPluginV3: clone() hands proxies out, which the engine may delete.
class PythonPluginV3 : public nvinfer1::IPluginV3 {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override {
    return nvinfer1::APILanguage::kPYTHON;
  }
  nvinfer1::IPluginCapability* getCapabilityInterface(
      nvinfer1::PluginCapabilityType type) noexcept override;
  nvinfer1::IPluginV3* clone() noexcept override;

 private:
  py::object faces_[3];  ///< those that are other objects than the plugin itself
};

}  // namespace tenon::python
