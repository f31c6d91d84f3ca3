// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The core and runtime faces of Python plugins of version 3.
#include "plugin_arguments.h"
#include "plugin_v3.h"
#include "plugin_v3_faces.h"

namespace tenon::python {

using nvinfer1::PluginTensorDesc;

nvinfer1::APILanguage PythonCore::getAPILanguage() const noexcept {
  return nvinfer1::APILanguage::kPYTHON;
}
char const* PythonCore::getPluginName() const noexcept {
  return text_attribute<nvinfer1::IPluginV3OneCore>(this, "plugin_name", name_shown_);
}
char const* PythonCore::getPluginVersion() const noexcept {
  return text_attribute<nvinfer1::IPluginV3OneCore>(this, "plugin_version", version_shown_);
}
char const* PythonCore::getPluginNamespace() const noexcept {
  return text_attribute<nvinfer1::IPluginV3OneCore>(this, "plugin_namespace", space_shown_);
}

nvinfer1::APILanguage PythonRuntime::getAPILanguage() const noexcept {
  return nvinfer1::APILanguage::kPYTHON;
}

int32_t PythonRuntime::setTactic(int32_t tactic) noexcept {
  const nvinfer1::IPluginV3OneRuntime* self = this;
  return optional_call(self, "set_tactic", 0, -1,
                       [&](const py::function& method) { return status_of(method(tactic)); });
}

int32_t PythonRuntime::onShapeChange(PluginTensorDesc const* in, int32_t inputs,
                                     PluginTensorDesc const* out, int32_t outputs) noexcept {
  const nvinfer1::IPluginV3OneRuntime* self = this;
  inputs_ = inputs;
  outputs_ = outputs;
  return method_call(self, "on_shape_change", -1, [&](const py::function& method) {
    return status_of(method(to_list(in, inputs), to_list(out, outputs)));
  });
}

int32_t PythonRuntime::enqueue(PluginTensorDesc const* in, PluginTensorDesc const* out,
                               void const* const* inputs, void* const* outputs, void* workspace,
                               cudaStream_t stream) noexcept {
  const nvinfer1::IPluginV3OneRuntime* self = this;
  return method_call(self, "enqueue", -1, [&](const py::function& method) {
    return status_of(method(to_list(in, inputs_), to_list(out, outputs_),
                            to_addresses(inputs, inputs_), to_addresses(outputs, outputs_),
                            to_address(workspace), to_address(stream)));
  });
}

nvinfer1::IPluginV3* PythonRuntime::attachToContext(
    nvinfer1::IPluginResourceContext* context) noexcept {
  const nvinfer1::IPluginV3OneRuntime* self = this;
  return method_call(
      self, "attach_to_context", static_cast<nvinfer1::IPluginV3*>(nullptr),
      [&](const py::function& method) {
        return hand_over(method(py::cast(context, py::return_value_policy::reference)));
      });
}

nvinfer1::PluginFieldCollection const* PythonRuntime::getFieldsToSerialize() noexcept {
  const nvinfer1::IPluginV3OneRuntime* self = this;
  return method_call(self, "get_fields_to_serialize",
                     static_cast<const nvinfer1::PluginFieldCollection*>(nullptr),
                     [&](const py::function& method) {
                       fields_ = method().cast<std::shared_ptr<Fields>>();
                       return fields_->view();
                     });
}

}  // namespace tenon::python
