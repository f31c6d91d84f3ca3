// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The build faces of Python plugins of version 3.
#include "plugin_arguments.h"
#include "plugin_v3_faces.h"

namespace tenon::python {

using nvinfer1::DimsExprs;
using nvinfer1::DynamicPluginTensorDesc;

template <class I>
nvinfer1::APILanguage PythonBuild<I>::getAPILanguage() const noexcept {
  return nvinfer1::APILanguage::kPYTHON;
}

template <class I>
int32_t PythonBuild<I>::configurePlugin(DynamicPluginTensorDesc const* in, int32_t inputs,
                                        DynamicPluginTensorDesc const* out,
                                        int32_t outputs) noexcept {
  return method_call(self(), "configure_plugin", -1, [&](const py::function& method) {
    return status_of(method(to_list(in, inputs), to_list(out, outputs)));
  });
}

template <class I>
int32_t PythonBuild<I>::getOutputDataTypes(nvinfer1::DataType* types, int32_t outputs,
                                           nvinfer1::DataType const* input_types,
                                           int32_t inputs) const noexcept {
  return method_call(self(), "get_output_data_types", -1, [&](const py::function& method) {
    fill(types, outputs, method(to_list(input_types, inputs)), "get_output_data_types");
    return 0;
  });
}

template <class I>
int32_t PythonBuild<I>::getOutputShapes(DimsExprs const* in, int32_t inputs,
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
bool PythonBuild<I>::supportsFormatCombination(int32_t position,
                                               DynamicPluginTensorDesc const* in_out,
                                               int32_t inputs, int32_t outputs) noexcept {
  return method_call(self(), "supports_format_combination", false, [&](const py::function& method) {
    return method(position, to_list(in_out, inputs + outputs), inputs).template cast<bool>();
  });
}

template <class I>
int32_t PythonBuild<I>::getNbOutputs() const noexcept {
  return callback(
      -1, [&] { return where_of("num_outputs", py::cast(self())); },
      [&] { return attribute(self(), "num_outputs").template cast<int32_t>(); });
}

template <class I>
size_t PythonBuild<I>::getWorkspaceSize(DynamicPluginTensorDesc const* in, int32_t inputs,
                                        DynamicPluginTensorDesc const* out,
                                        int32_t outputs) const noexcept {
  return optional_call(
      self(), "get_workspace_size", size_t{0}, size_t{0}, [&](const py::function& method) {
        return method(to_list(in, inputs), to_list(out, outputs)).template cast<size_t>();
      });
}

template <class I>
int32_t PythonBuild<I>::getNbTactics() noexcept {
  return optional_call(self(), "get_valid_tactics", 0, -1, [&](const py::function& method) {
    return static_cast<int32_t>(py::len(method()));
  });
}

template <class I>
int32_t PythonBuild<I>::getValidTactics(int32_t* tactics, int32_t count) noexcept {
  return optional_call(self(), "get_valid_tactics", 0, -1, [&](const py::function& method) {
    const py::sequence answer(method());
    for (size_t i = 0; i < answer.size() && static_cast<int32_t>(i) < count; ++i) {
      tactics[i] = answer[i].template cast<int32_t>();
    }
    return 0;
  });
}

template <class I>
const char* PythonBuild<I>::optional_text(const char* name, std::string& storage) noexcept {
  return callback<const char*>(
      nullptr, [&] { return where_of(name, py::cast(self())); },
      [&]() -> const char* {
        const py::object value = py::getattr(py::cast(self()), name, py::none());
        if (value.is_none()) return nullptr;
        storage = value.template cast<std::string>();
        return storage.c_str();
      });
}

template <class I>
char const* PythonBuild<I>::getTimingCacheID() noexcept {
  return optional_text("timing_cache_id", timing_cache_id_shown_);
}

template <class I>
char const* PythonBuild<I>::getMetadataString() noexcept {
  return optional_text("metadata_string", metadata_shown_);
}

template <class I>
int32_t PythonBuild<I>::getFormatCombinationLimit() noexcept {
  return callback(
      I::kDEFAULT_FORMAT_COMBINATION_LIMIT,
      [&] { return where_of("format_combination_limit", py::cast(self())); },
      [&] { return attribute(self(), "format_combination_limit").template cast<int32_t>(); });
}

int32_t PythonBuildV2::getAliasedInput(int32_t output) noexcept {
  const nvinfer1::IPluginV3OneBuildV2* self = this;
  return optional_call(self, "get_aliased_input", -1, -1,
                       [&](const py::function& method) { return method(output).cast<int32_t>(); });
}

template class PythonBuild<nvinfer1::IPluginV3OneBuild>;
template class PythonBuild<nvinfer1::IPluginV3OneBuildV2>;

}  // namespace tenon::python
