// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Mixtures of experts, and layers over several ranks.
#include "layers.h"

namespace tenon::python {

void bind_mixture_layers(py::module_& m) {
  using nvinfer1::IMoELayer;
  LayerClass<IMoELayer>(m, "IMoELayer", "A mixture of experts.")
      .def("set_gated_weights", &IMoELayer::setGatedWeights, py::arg("fc_gate_weights"),
           py::arg("fc_up_weights"), py::arg("fc_down_weights"), py::arg("activation_type"))
      .def("set_gated_biases", &IMoELayer::setGatedBiases, py::arg("fc_gate_biases"),
           py::arg("fc_up_biases"), py::arg("fc_down_biases"))
      .def("set_quantization_static", &IMoELayer::setQuantizationStatic,
           py::arg("fc_down_activation_scale"), py::arg("data_type"))
      .def("set_quantization_dynamic_dbl_q", &IMoELayer::setQuantizationDynamicDblQ,
           py::arg("fc_down_activation_dbl_q_scale"), py::arg("data_type"), py::arg("block_shape"),
           py::arg("dyn_q_output_scale_type"))
      .def("set_swiglu_params", &IMoELayer::setSwigluParams, py::arg("limit"), py::arg("alpha"),
           py::arg("beta"))
      .def_property("activation_type", &IMoELayer::getActivationType, &IMoELayer::setActivationType)
      .def_property("quantization_to_type", &IMoELayer::getQuantizationToType,
                    &IMoELayer::setQuantizationToType)
      .def_property("quantization_block_shape", &IMoELayer::getQuantizationBlockShape,
                    &IMoELayer::setQuantizationBlockShape)
      .def_property("dyn_q_output_scale_type", &IMoELayer::getDynQOutputScaleType,
                    &IMoELayer::setDynQOutputScaleType)
      .def_property("swiglu_param_limit", &IMoELayer::getSwigluParamLimit,
                    &IMoELayer::setSwigluParamLimit)
      .def_property("swiglu_param_alpha", &IMoELayer::getSwigluParamAlpha,
                    &IMoELayer::setSwigluParamAlpha)
      .def_property("swiglu_param_beta", &IMoELayer::getSwigluParamBeta,
                    &IMoELayer::setSwigluParamBeta);
  bind_plain_layer<nvinfer1::IDistCollectiveLayer>(m, "IDistCollectiveLayer",
                                                   "Data exchanged with other ranks.");
}

}  // namespace tenon::python
