// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding control flow, attention and plugins.
#include <optional>

#include "network.h"

namespace tenon::python {

using Network = INetworkDefinition;

void add_other_layers(NetworkClass& bound) {
  add_method(bound, "add_loop", &Network::addLoop);
  add_method(bound, "add_if_conditional", &Network::addIfConditional);
  add_method(bound, "add_assertion", &Network::addAssertion, py::arg("condition"),
             py::arg("message"));
  add_method(bound, "add_attention", &Network::addAttention, py::arg("query"), py::arg("key"),
             py::arg("value"), py::arg("norm_op"), py::arg("causal"));
  add_method(bound, "add_attention_v2", &Network::addAttentionV2, py::arg("query"), py::arg("key"),
             py::arg("value"), py::arg("norm_op"), py::arg("causal_kind"));
  add_method(bound, "add_rotary_embedding", &Network::addRotaryEmbedding, py::arg("input"),
             py::arg("cos_cache"), py::arg("sin_cache"), py::arg("interleaved"),
             py::arg("rotary_embedding_dim"));
  add_method(bound, "add_kv_cache_update", &Network::addKVCacheUpdate, py::arg("cache"),
             py::arg("update"), py::arg("write_indices"), py::arg("cache_mode"));
  add_method(bound, "add_moe", &Network::addMoE, py::arg("hidden_states"),
             py::arg("selected_experts_for_tokens"), py::arg("scores_for_selected_experts"));
  bound.def(
      "add_dist_collective",
      [](Network& self, ITensor& input, nvinfer1::CollectiveOperation op,
         nvinfer1::ReduceOperation reduce, int64_t root, std::vector<int64_t> groups) {
        return demanded("add_dist_collective", [&] {
          return self.addDistCollective(input, op, reduce, root, groups.data(),
                                        static_cast<int64_t>(groups.size()));
        });
      },
      py::arg("input"), py::arg("dist_collective_op"), py::arg("reduce_op"), py::arg("root"),
      py::arg("groups"), kOfNetwork);
}

void add_plugins(NetworkClass& bound) {
  bound
      .def(
          "add_plugin_v2",
          [](Network& self, const Tensors& inputs, nvinfer1::IPluginV2& plugin) {
            return demanded("add_plugin_v2",
                            [&] { return self.addPluginV2(inputs.data(), count(inputs), plugin); });
          },
          py::arg("inputs"), py::arg("plugin"), kOfNetwork,
          "Adds a clone of a plugin of version 2.")
      .def(
          "add_plugin_v3",
          [](Network& self, const Tensors& inputs, const Tensors& shape_inputs,
             nvinfer1::IPluginV3& plugin) {
            return demanded("add_plugin_v3", [&] {
              return self.addPluginV3(inputs.data(), count(inputs), shape_inputs.data(),
                                      count(shape_inputs), plugin);
            });
          },
          py::arg("inputs"), py::arg("shape_inputs"), py::arg("plugin"), kOfNetwork,
          "Adds a clone of a plugin of version 3.");
}

}  // namespace tenon::python
