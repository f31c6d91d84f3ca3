// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The module: every subject in an order in which names are known before they are used.
#include "bind.h"
#include "plugin_quick_faces.h"

PYBIND11_MODULE(_core, m) {
  using namespace tenon::python;  // NOLINT(google-build-using-namespace): the list below is all
  m.doc() = "The interface of the engine.";
  for (const auto bind : {bind_versioned,
                          bind_type_enums,
                          bind_builder_enums,
                          bind_runtime_enums,
                          bind_layer_enums,
                          bind_operation_enums,
                          bind_plugin_enums,
                          bind_dims,
                          bind_weights,
                          bind_host_memory,
                          bind_logger,
                          bind_error_recorder,
                          bind_allocators,
                          bind_streams,
                          bind_observers,
                          bind_run_observers,
                          bind_plugin_descs,
                          bind_plugin_fields,
                          bind_expressions,
                          bind_plugin_v3,
                          bind_plugin_v3_faces,
                          bind_plugin_quick,
                          bind_symbolic_launch,
                          bind_plugin_v2,
                          bind_plugin_creators,
                          bind_plugin_resources,
                          bind_plugin_registry,
                          bind_tensor,
                          bind_layer,
                          bind_window_layers,
                          bind_element_layers,
                          bind_movement_layers,
                          bind_resize_layers,
                          bind_reduce_layers,
                          bind_quantize_layers,
                          bind_control_layers,
                          bind_attention_layers,
                          bind_mixture_layers,
                          bind_network,
                          bind_profile,
                          bind_timing_cache,
                          bind_calibrators,
                          bind_algorithms,
                          bind_builder_config,
                          bind_builder,
                          bind_runtime,
                          bind_engine,
                          bind_context,
                          bind_inspector,
                          bind_refitter,
                          bind_parser,
                          bind_parser_refitter,
                          bind_explain}) {
    bind(m);
  }
}
