// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What every binding file shares: pybind11 set up for classes of the interface.
#pragma once

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <memory>
#include <type_traits>

#include "NvInfer.h"
#include "enum_caster.h"

namespace py = pybind11;

namespace pybind11 {

/// Objects of the interface may come from libraries without RTTI: their dynamic type is never
/// asked.
template <class T>
struct polymorphic_type_hook<T, detail::enable_if_t<std::is_polymorphic<T>::value>> {
  static const void* get(const T* source, const std::type_info*& type) {
    type = nullptr;
    return source;
  }
};

}  // namespace pybind11

namespace tenon::python {

/// For objects that belong to another object of the interface.
template <class T>
using Borrowed = std::unique_ptr<T, py::nodelete>;

/// For objects that Python may own. (pybind11 wants all holders of a family to be of one kind: all
/// of them are none of its default ones.)
struct Delete {
  template <class T>
  void operator()(T* object) const {
    delete object;
  }
};
template <class T>
using Owned = std::unique_ptr<T, Delete>;

constexpr auto kInternal = py::return_value_policy::reference_internal;
constexpr auto kReference = py::return_value_policy::reference;

// Each adds one subject to the module; module.cc calls them in this order.
void bind_versioned(py::module_& m);
void bind_type_enums(py::module_& m);
void bind_builder_enums(py::module_& m);
void bind_runtime_enums(py::module_& m);
void bind_layer_enums(py::module_& m);
void bind_operation_enums(py::module_& m);
void bind_plugin_enums(py::module_& m);
void bind_dims(py::module_& m);
void bind_weights(py::module_& m);
void bind_host_memory(py::module_& m);
void bind_logger(py::module_& m);
void bind_error_recorder(py::module_& m);
void bind_allocators(py::module_& m);
void bind_streams(py::module_& m);
void bind_observers(py::module_& m);
void bind_run_observers(py::module_& m);
void bind_plugin_descs(py::module_& m);
void bind_plugin_fields(py::module_& m);
void bind_expressions(py::module_& m);
void bind_plugin_v3(py::module_& m);
void bind_plugin_v3_faces(py::module_& m);
void bind_plugin_v2(py::module_& m);
void bind_plugin_creators(py::module_& m);
void bind_plugin_resources(py::module_& m);
void bind_plugin_registry(py::module_& m);
void bind_tensor(py::module_& m);
void bind_layer(py::module_& m);
void bind_window_layers(py::module_& m);
void bind_element_layers(py::module_& m);
void bind_movement_layers(py::module_& m);
void bind_resize_layers(py::module_& m);
void bind_reduce_layers(py::module_& m);
void bind_quantize_layers(py::module_& m);
void bind_control_layers(py::module_& m);
void bind_attention_layers(py::module_& m);
void bind_mixture_layers(py::module_& m);
void bind_network(py::module_& m);
void bind_profile(py::module_& m);
void bind_timing_cache(py::module_& m);
void bind_calibrators(py::module_& m);
void bind_algorithms(py::module_& m);
void bind_builder_config(py::module_& m);
void bind_builder(py::module_& m);
void bind_runtime(py::module_& m);
void bind_engine(py::module_& m);
void bind_context(py::module_& m);
void bind_inspector(py::module_& m);
void bind_refitter(py::module_& m);
void bind_parser(py::module_& m);
void bind_parser_refitter(py::module_& m);
void bind_explain(py::module_& m);

}  // namespace tenon::python
