// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What the engine asks of quick plugins written in Python.
#include "plugin_quick_faces.h"

#include "plugin_arguments.h"

namespace tenon::python {

using nvinfer1::DimsExprs;
using nvinfer1::DynamicPluginTensorDesc;
using nvinfer1::PluginTensorDesc;

nvinfer1::APILanguage PythonQuickCore::getAPILanguage() const noexcept {
  return nvinfer1::APILanguage::kPYTHON;
}
char const* PythonQuickCore::getPluginName() const noexcept {
  return text_attribute<nvinfer1::IPluginV3QuickCore>(this, "plugin_name", name_shown_);
}
char const* PythonQuickCore::getPluginVersion() const noexcept {
  return text_attribute<nvinfer1::IPluginV3QuickCore>(this, "plugin_version", version_shown_);
}
char const* PythonQuickCore::getPluginNamespace() const noexcept {
  return text_attribute<nvinfer1::IPluginV3QuickCore>(this, "plugin_namespace", space_shown_);
}

template <class I>
nvinfer1::APILanguage PythonQuickBuild<I>::getAPILanguage() const noexcept {
  return nvinfer1::APILanguage::kPYTHON;
}

template <class I>
int32_t PythonQuickBuild<I>::getOutputDataTypes(nvinfer1::DataType* types, int32_t outputs,
                                                nvinfer1::DataType const* input_types,
                                                int32_t const* ranks,
                                                int32_t inputs) const noexcept {
  return method_call(self(), "get_output_data_types", -1, [&](const py::function& method) {
    fill(types, outputs, method(to_list(input_types, inputs), to_list(ranks, inputs)),
         "get_output_data_types");
    return 0;
  });
}

template <class I>
int32_t PythonQuickBuild<I>::getOutputShapes(DimsExprs const* in, int32_t inputs,
                                             DimsExprs const* shape_in, int32_t shape_inputs,
                                             DimsExprs* out, int32_t outputs,
                                             nvinfer1::IExprBuilder& builder) noexcept {
  return method_call(self(), "get_output_shapes", -1, [&](const py::function& method) {
    const py::object answer = method(to_list(in, inputs), to_list(shape_in, shape_inputs),
                                     py::cast(&builder, py::return_value_policy::reference));
    fill(out, outputs, answer, "get_output_shapes");
    return 0;
  });
}

template <class I>
int32_t PythonQuickBuild<I>::configurePlugin(DynamicPluginTensorDesc const* in, int32_t inputs,
                                             DynamicPluginTensorDesc const* out,
                                             int32_t outputs) noexcept {
  return method_call(self(), "configure_plugin", -1, [&](const py::function& method) {
    return status_of(method(to_list(in, inputs), to_list(out, outputs)));
  });
}

template <class I>
int32_t PythonQuickBuild<I>::getNbSupportedFormatCombinations(DynamicPluginTensorDesc const* in_out,
                                                              int32_t inputs,
                                                              int32_t outputs) noexcept {
  return method_call(
      self(), "get_supported_format_combinations", -1, [&](const py::function& method) {
        const int32_t tensors = inputs + outputs;
        const py::sequence answer(method(to_list(in_out, tensors), inputs));
        if (answer.size() % static_cast<size_t>(tensors) != 0) {
          throw py::value_error("get_supported_format_combinations returned " +
                                std::to_string(answer.size()) + " descriptions for " +
                                std::to_string(tensors) + " tensors");
        }
        combinations_.clear();
        for (const py::handle one : answer)
          combinations_.push_back(one.template cast<PluginTensorDesc>());
        return static_cast<int32_t>(combinations_.size()) / tensors;
      });
}

template <class I>
int32_t PythonQuickBuild<I>::getSupportedFormatCombinations(DynamicPluginTensorDesc const* in_out,
                                                            int32_t inputs, int32_t outputs,
                                                            PluginTensorDesc* combinations,
                                                            int32_t count) noexcept {
  (void)in_out;  // The count was asked of the same ones just before.
  const auto wanted = static_cast<size_t>(count) * static_cast<size_t>(inputs + outputs);
  if (wanted > combinations_.size()) return -1;
  std::copy_n(combinations_.begin(), wanted, combinations);
  return 0;
}

template <class I>
int32_t PythonQuickBuild<I>::getNbOutputs() const noexcept {
  return callback(
      -1, [&] { return where_of("num_outputs", py::cast(self())); },
      [&] { return attribute(self(), "num_outputs").template cast<int32_t>(); });
}

template <class I>
int32_t PythonQuickBuild<I>::getAliasedInput(int32_t output) noexcept {
  return optional_call(self(), "get_aliased_input", -1, -1, [&](const py::function& method) {
    return method(output).template cast<int32_t>();
  });
}

template <class I>
int32_t PythonQuickBuild<I>::getNbTactics() noexcept {
  return optional_call(self(), "get_valid_tactics", 0, -1, [&](const py::function& method) {
    tactics_ = method().template cast<std::vector<int32_t>>();
    return static_cast<int32_t>(tactics_.size());
  });
}

template <class I>
int32_t PythonQuickBuild<I>::getValidTactics(int32_t* tactics, int32_t count) noexcept {
  if (static_cast<size_t>(count) > tactics_.size()) return -1;
  std::copy_n(tactics_.begin(), count, tactics);
  return 0;
}

template <class I>
const char* PythonQuickBuild<I>::optional_text(const char* name, std::string& storage) noexcept {
  return optional_call(self(), name, static_cast<const char*>(nullptr),
                       static_cast<const char*>(nullptr),
                       [&](const py::function& method) -> const char* {
                         const py::object value = method();
                         if (value.is_none()) return nullptr;
                         storage = value.template cast<std::string>();
                         return storage.c_str();
                       });
}

template <class I>
char const* PythonQuickBuild<I>::getTimingCacheID() noexcept {
  return optional_text("get_timing_cache_id", timing_cache_id_shown_);
}

template <class I>
char const* PythonQuickBuild<I>::getMetadataString() noexcept {
  return optional_text("get_metadata_string", metadata_shown_);
}

template class PythonQuickBuild<nvinfer1::IPluginV3QuickBuild>;
template class PythonQuickBuild<nvinfer1::IPluginV3QuickAOTBuild>;

int32_t PythonQuickAotBuild::getLaunchParams(DimsExprs const* inputs,
                                             DynamicPluginTensorDesc const* in_out,
                                             int32_t input_count, int32_t output_count,
                                             nvinfer1::IKernelLaunchParams* launch,
                                             nvinfer1::ISymExprs* arguments,
                                             nvinfer1::IExprBuilder& builder) noexcept {
  const nvinfer1::IPluginV3QuickAOTBuild* self = this;
  return method_call(self, "get_launch_params", -1, [&](const py::function& method) {
    launch_owner_ = py::cast(launch, py::return_value_policy::reference);
    arguments_owner_ = py::cast(arguments, py::return_value_policy::reference);
    return status_of(method(
        to_list(inputs, input_count), to_list(in_out, input_count + output_count), input_count,
        launch_owner_, arguments_owner_, py::cast(&builder, py::return_value_policy::reference)));
  });
}

int32_t PythonQuickAotBuild::getKernel(PluginTensorDesc const* in, int32_t inputs,
                                       PluginTensorDesc const* out, int32_t outputs,
                                       char const** name, char** code, int32_t* size) noexcept {
  const nvinfer1::IPluginV3QuickAOTBuild* self = this;
  return method_call(self, "get_kernel", -1, [&](const py::function& method) {
    launch_owner_ = arguments_owner_ = py::none();
    const py::sequence answer(method(to_list(in, inputs), to_list(out, outputs)));
    kernel_name_ = answer[0].cast<std::string>();
    kernel_code_ = answer[1].cast<std::string>();
    *name = kernel_name_.c_str();
    *code = kernel_code_.data();
    *size = static_cast<int32_t>(kernel_code_.size());
    return 0;
  });
}

int32_t PythonQuickAotBuild::setTactic(int32_t tactic) noexcept {
  const nvinfer1::IPluginV3QuickAOTBuild* self = this;
  return optional_call(self, "set_tactic", 0, -1,
                       [&](const py::function& method) { return status_of(method(tactic)); });
}

nvinfer1::APILanguage PythonQuickRuntime::getAPILanguage() const noexcept {
  return nvinfer1::APILanguage::kPYTHON;
}

int32_t PythonQuickRuntime::setTactic(int32_t tactic) noexcept {
  const nvinfer1::IPluginV3QuickRuntime* self = this;
  return optional_call(self, "set_tactic", 0, -1,
                       [&](const py::function& method) { return status_of(method(tactic)); });
}

int32_t PythonQuickRuntime::enqueue(PluginTensorDesc const* in, PluginTensorDesc const* out,
                                    void const* const* inputs, void* const* outputs,
                                    nvinfer1::Dims const* in_strides,
                                    nvinfer1::Dims const* out_strides, int32_t input_count,
                                    int32_t output_count, cudaStream_t stream) noexcept {
  const nvinfer1::IPluginV3QuickRuntime* self = this;
  return method_call(self, "enqueue", -1, [&](const py::function& method) {
    return status_of(method(to_list(in, input_count), to_list(out, output_count),
                            to_addresses(inputs, input_count), to_addresses(outputs, output_count),
                            to_list(in_strides, input_count), to_list(out_strides, output_count),
                            to_address(stream)));
  });
}

nvinfer1::PluginFieldCollection const* PythonQuickRuntime::getFieldsToSerialize() noexcept {
  const nvinfer1::IPluginV3QuickRuntime* self = this;
  return method_call(self, "get_fields_to_serialize",
                     static_cast<const nvinfer1::PluginFieldCollection*>(nullptr),
                     [&](const py::function& method) {
                       fields_ = method().cast<std::shared_ptr<Fields>>();
                       return fields_->view();
                     });
}

}  // namespace tenon::python
