// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calls of the engine to Python plugins of the V2DynamicExt family.
#include "plugin_v2.h"

#include <cstring>

#include "plugin_arguments.h"

namespace tenon::python {

using nvinfer1::DynamicPluginTensorDesc;
using nvinfer1::PluginTensorDesc;

namespace {

const nvinfer1::IPluginV2DynamicExt* face(const PythonPluginV2* self) { return self; }

py::bytes as_bytes(const py::object& answer) {
  return py::isinstance<py::str>(answer) ? py::bytes(answer.attr("encode")()) : py::bytes(answer);
}

}  // namespace

nvinfer1::IPluginV2* PythonPluginV2::hand_over(const py::object& plugin) {
  if (plugin.is_none()) return nullptr;
  auto* result = plugin.cast<Bound*>();
  plugin.inc_ref();  // destroy() lets it go
  return result;
}

char const* PythonPluginV2::getPluginType() const noexcept {
  return text_attribute(face(this), "plugin_type", type_shown_);
}
char const* PythonPluginV2::getPluginVersion() const noexcept {
  return text_attribute(face(this), "plugin_version", version_shown_);
}
char const* PythonPluginV2::getPluginNamespace() const noexcept {
  return callback<const char*>(
      "", [&] { return where_of("plugin_namespace", py::cast(face(this))); },
      [&] {
        space_shown_ =
            py::getattr(py::cast(face(this)), "plugin_namespace", py::str("")).cast<std::string>();
        return space_shown_.c_str();
      });
}

void PythonPluginV2::setPluginNamespace(char const* given) noexcept {
  callback(
      false, [&] { return where_of("plugin_namespace", py::cast(face(this))); },
      [&] {
        py::setattr(py::cast(face(this)), "plugin_namespace",
                    py::str(given != nullptr ? given : ""));
        return true;
      });
}

int32_t PythonPluginV2::getNbOutputs() const noexcept {
  return callback(
      -1, [&] { return where_of("num_outputs", py::cast(face(this))); },
      [&] { return attribute(face(this), "num_outputs").cast<int32_t>(); });
}

int32_t PythonPluginV2::initialize() noexcept {
  return optional_call(face(this), "initialize", 0, -1,
                       [](const py::function& method) { return status_of(method()); });
}

void PythonPluginV2::terminate() noexcept {
  optional_call(face(this), "terminate", true, false, [](const py::function& method) {
    method();
    return true;
  });
}

size_t PythonPluginV2::getSerializationSize() const noexcept {
  return method_call(face(this), "serialize", size_t{0}, [&](const py::function& method) {
    content_ = as_bytes(method());
    return content_.size();
  });
}

void PythonPluginV2::serialize(void* buffer) const noexcept {
  if (content_.empty()) (void)getSerializationSize();
  std::memcpy(buffer, content_.data(), content_.size());
  content_.clear();
}

void PythonPluginV2::destroy() noexcept {
  optional_call(face(this), "destroy", true, false, [](const py::function& method) {
    method();
    return true;
  });
  if (!interpreter_lives()) return;
  const py::gil_scoped_acquire gil;
  py::cast(face(this)).dec_ref();  // what hand_over took; may end this object
}

nvinfer1::DataType PythonPluginV2::getOutputDataType(int32_t index, nvinfer1::DataType const* types,
                                                     int32_t inputs) const noexcept {
  inputs_ = inputs;
  return method_call(face(this), "get_output_datatype", nvinfer1::DataType::kFLOAT,
                     [&](const py::function& method) {
                       return method(index, to_list(types, inputs)).cast<nvinfer1::DataType>();
                     });
}

nvinfer1::IPluginV2DynamicExt* PythonPluginV2::clone() const noexcept {
  return method_call(face(this), "clone", static_cast<Bound*>(nullptr),
                     [&](const py::function& method) {
                       auto* copy = static_cast<PythonPluginV2*>(hand_over(method()));
                       if (copy != nullptr) copy->inputs_ = inputs_;
                       return copy;
                     });
}

nvinfer1::DimsExprs PythonPluginV2::getOutputDimensions(int32_t index,
                                                        nvinfer1::DimsExprs const* in,
                                                        int32_t inputs,
                                                        nvinfer1::IExprBuilder& builder) noexcept {
  inputs_ = inputs;
  return method_call(face(this), "get_output_dimensions", nvinfer1::DimsExprs{-1, {}},
                     [&](const py::function& method) {
                       return method(index, to_list(in, inputs),
                                     py::cast(&builder, py::return_value_policy::reference))
                           .cast<nvinfer1::DimsExprs>();
                     });
}

bool PythonPluginV2::supportsFormatCombination(int32_t position, PluginTensorDesc const* in_out,
                                               int32_t inputs, int32_t outputs) noexcept {
  inputs_ = inputs;
  return method_call(
      face(this), "supports_format_combination", false, [&](const py::function& method) {
        return method(position, to_list(in_out, inputs + outputs), inputs).cast<bool>();
      });
}

void PythonPluginV2::configurePlugin(DynamicPluginTensorDesc const* in, int32_t inputs,
                                     DynamicPluginTensorDesc const* out, int32_t outputs) noexcept {
  inputs_ = inputs;
  method_call(face(this), "configure_plugin", false, [&](const py::function& method) {
    method(to_list(in, inputs), to_list(out, outputs));
    return true;
  });
}

size_t PythonPluginV2::getWorkspaceSize(PluginTensorDesc const* in, int32_t inputs,
                                        PluginTensorDesc const* out,
                                        int32_t outputs) const noexcept {
  inputs_ = inputs;
  return optional_call(face(this), "get_workspace_size", size_t{0}, size_t{0},
                       [&](const py::function& method) {
                         return method(to_list(in, inputs), to_list(out, outputs)).cast<size_t>();
                       });
}

int32_t PythonPluginV2::enqueue(PluginTensorDesc const* in, PluginTensorDesc const* out,
                                void const* const* inputs, void* const* outputs, void* workspace,
                                cudaStream_t stream) noexcept {
  const int32_t count = getNbOutputs();
  return method_call(face(this), "enqueue", -1, [&](const py::function& method) {
    return status_of(method(to_list(in, inputs_), to_list(out, count),
                            to_addresses(inputs, inputs_), to_addresses(outputs, count),
                            to_address(workspace), to_address(stream)));
  });
}

}  // namespace tenon::python
