// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Attention and what comes with it.
#include "layers.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): every line names a class of it

void bind_attention(py::module_& m) {
  py::class_<IAttention, Borrowed<IAttention>>(m, "IAttention",
                                               "Attention over several layers; of its network.")
      .def_property("norm_op", &IAttention::getNormalizationOperation,
                    &IAttention::setNormalizationOperation)
      .def_property("mask", py::cpp_function(&IAttention::getMask, kInternal),
                    [](IAttention& self, ITensor& mask) { self.setMask(mask); })
      .def_property("causal", &IAttention::getCausal, &IAttention::setCausal)
      .def_property("causal_kind", &IAttention::getCausalKind, &IAttention::setCausalKind)
      .def_property("decomposable", &IAttention::getDecomposable, &IAttention::setDecomposable)
      .def_property("name", &IAttention::getName, &IAttention::setName)
      .def_property("metadata", &IAttention::getMetadata, &IAttention::setMetadata)
      .def_property("num_ranks", &IAttention::getNbRanks, &IAttention::setNbRanks)
      .def_property_readonly("num_inputs", &IAttention::getNbInputs)
      .def_property_readonly("num_outputs", &IAttention::getNbOutputs)
      .def("set_input", &IAttention::setInput, py::arg("index"), py::arg("input"))
      .def("get_input", &IAttention::getInput, py::arg("index"), kInternal)
      .def("get_output", &IAttention::getOutput, py::arg("index"), kInternal)
      .def_property(
          "normalization_quantize_scale",
          py::cpp_function(&IAttention::getNormalizationQuantizeScale, kInternal),
          [](IAttention& self, ITensor& scale) { self.setNormalizationQuantizeScale(scale); })
      .def_property("normalization_quantize_to_type", &IAttention::getNormalizationQuantizeToType,
                    &IAttention::setNormalizationQuantizeToType)
      .def_property("query_form", &IAttention::getQueryForm, &IAttention::setQueryForm)
      .def_property("key_value_form", &IAttention::getKeyValueForm, &IAttention::setKeyValueForm)
      .def_property("query_lengths", py::cpp_function(&IAttention::getQueryLengths, kInternal),
                    &IAttention::setQueryLengths)
      .def_property("key_value_lengths",
                    py::cpp_function(&IAttention::getKeyValueLengths, kInternal),
                    &IAttention::setKeyValueLengths);
}

}  // namespace

void bind_attention_layers(py::module_& m) {
  bind_attention(m);
  LayerClass<IAttentionBoundaryLayer>(m, "IAttentionBoundaryLayer", "At the border of attention.")
      .def_property_readonly("attention", &IAttentionBoundaryLayer::getAttention, kInternal);
  LayerClass<IAttentionInputLayer, IAttentionBoundaryLayer>(m, "IAttentionInputLayer",
                                                            "What enters attention.");
  LayerClass<IAttentionOutputLayer, IAttentionBoundaryLayer>(m, "IAttentionOutputLayer",
                                                             "What leaves attention.");
  LayerClass<IRotaryEmbeddingLayer>(m, "IRotaryEmbeddingLayer", "Positions as rotations.")
      .def_property("interleaved", &IRotaryEmbeddingLayer::getInterleaved,
                    &IRotaryEmbeddingLayer::setInterleaved)
      .def_property("rotary_embedding_dim", &IRotaryEmbeddingLayer::getRotaryEmbeddingDim,
                    &IRotaryEmbeddingLayer::setRotaryEmbeddingDim);
  LayerClass<IKVCacheUpdateLayer>(m, "IKVCacheUpdateLayer", "New keys or values into a cache.")
      .def_property("cache_mode", &IKVCacheUpdateLayer::getCacheMode,
                    &IKVCacheUpdateLayer::setCacheMode)
      .def_property("update_form", &IKVCacheUpdateLayer::getUpdateForm,
                    &IKVCacheUpdateLayer::setUpdateForm)
      .def_property("update_lengths",
                    py::cpp_function(&IKVCacheUpdateLayer::getUpdateLengths, kInternal),
                    &IKVCacheUpdateLayer::setUpdateLengths);
}

}  // namespace tenon::python
