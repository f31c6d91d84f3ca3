// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding layers that work by element, and layers with weights.
#include "network.h"

namespace tenon::python {

using nvinfer1::DataType;
using nvinfer1::Dims;
using nvinfer1::Weights;
using Network = INetworkDefinition;

void add_element_layers(NetworkClass& bound) {
  add_method(bound, "add_activation", &Network::addActivation, py::arg("input"), py::arg("type"));
  add_method(bound, "add_elementwise", &Network::addElementWise, py::arg("input1"),
             py::arg("input2"), py::arg("op"));
  add_method(bound, "add_unary", &Network::addUnary, py::arg("input"), py::arg("op"));
  add_method(bound, "add_parametric_relu", &Network::addParametricReLU, py::arg("input"),
             py::arg("slopes"));
  add_method(bound, "add_select", &Network::addSelect, py::arg("condition"), py::arg("then_input"),
             py::arg("else_input"));
  add_method(bound, "add_identity", &Network::addIdentity, py::arg("input"));
  add_method(bound, "add_cast", &Network::addCast, py::arg("input"), py::arg("to_type"));
  add_method(bound, "add_quantize",
             py::overload_cast<ITensor&, ITensor&, DataType>(&Network::addQuantize),
             py::arg("input"), py::arg("scale"), py::arg("output_type") = DataType::kINT8);
  add_method(bound, "add_dequantize",
             py::overload_cast<ITensor&, ITensor&, DataType>(&Network::addDequantize),
             py::arg("input"), py::arg("scale"), py::arg("output_type") = DataType::kFLOAT);
  add_method(bound, "add_dynamic_quantize", &Network::addDynamicQuantize, py::arg("input"),
             py::arg("axis"), py::arg("block_size"), py::arg("output_type"), py::arg("scale_type"));
  add_method(bound, "add_dynamic_quantize_v2", &Network::addDynamicQuantizeV2, py::arg("input"),
             py::arg("block_shape"), py::arg("output_type"), py::arg("scale_type"));
  add_method(bound, "add_fill",
             py::overload_cast<const Dims&, nvinfer1::FillOperation, DataType>(&Network::addFill),
             py::arg("shape"), py::arg("op"), py::arg("output_type") = DataType::kFLOAT);
}

void add_weight_layers(NetworkClass& bound) {
  add_method(bound, "add_constant", &Network::addConstant, py::arg("shape"), py::arg("weights"),
             py::keep_alive<1, 3>());
  add_method(bound, "add_convolution_nd", &Network::addConvolutionNd, py::arg("input"),
             py::arg("num_output_maps"), py::arg("kernel_shape"), py::arg("kernel"),
             py::arg("bias") = Weights{}, py::keep_alive<1, 5>(), py::keep_alive<1, 6>());
  add_method(bound, "add_deconvolution_nd", &Network::addDeconvolutionNd, py::arg("input"),
             py::arg("num_output_maps"), py::arg("kernel_shape"), py::arg("kernel"),
             py::arg("bias") = Weights{}, py::keep_alive<1, 5>(), py::keep_alive<1, 6>());
  add_method(bound, "add_scale", &Network::addScale, py::arg("input"), py::arg("mode"),
             py::arg("shift") = Weights{}, py::arg("scale") = Weights{},
             py::arg("power") = Weights{}, py::keep_alive<1, 4>(), py::keep_alive<1, 5>(),
             py::keep_alive<1, 6>());
  add_method(bound, "add_scale_nd", &Network::addScaleNd, py::arg("input"), py::arg("mode"),
             py::arg("shift") = Weights{}, py::arg("scale") = Weights{},
             py::arg("power") = Weights{}, py::arg("channel_axis") = 0, py::keep_alive<1, 4>(),
             py::keep_alive<1, 5>(), py::keep_alive<1, 6>());
  add_method(bound, "add_pooling_nd", &Network::addPoolingNd, py::arg("input"), py::arg("type"),
             py::arg("window_size"));
  add_method(bound, "add_lrn", &Network::addLRN, py::arg("input"), py::arg("window"),
             py::arg("alpha"), py::arg("beta"), py::arg("k"));
}

}  // namespace tenon::python
