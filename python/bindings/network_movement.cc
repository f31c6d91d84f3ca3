// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Adding layers that move elements, and layers that reduce or normalise.
#include "network.h"

namespace tenon::python {

using nvinfer1::DataType;
using Network = INetworkDefinition;

void add_movement_layers(NetworkClass& bound) {
  add_method(bound, "add_shuffle", &Network::addShuffle, py::arg("input"));
  add_method(bound, "add_slice", &Network::addSlice, py::arg("input"), py::arg("start"),
             py::arg("shape"), py::arg("stride"));
  add_method(bound, "add_padding_nd", &Network::addPaddingNd, py::arg("input"),
             py::arg("pre_padding"), py::arg("post_padding"));
  add_method(bound, "add_resize", &Network::addResize, py::arg("input"));
  add_method(bound, "add_grid_sample", &Network::addGridSample, py::arg("input"), py::arg("grid"));
  add_method(bound, "add_shape", &Network::addShape, py::arg("input"));
  add_method(bound, "add_gather", &Network::addGather, py::arg("input"), py::arg("indices"),
             py::arg("axis"));
  add_method(bound, "add_gather_v2", &Network::addGatherV2, py::arg("input"), py::arg("indices"),
             py::arg("mode"));
  add_method(bound, "add_scatter", &Network::addScatter, py::arg("data"), py::arg("indices"),
             py::arg("updates"), py::arg("mode"));
  add_method(bound, "add_one_hot", &Network::addOneHot, py::arg("indices"), py::arg("values"),
             py::arg("depth"), py::arg("axis"));
  add_method(bound, "add_reverse_sequence", &Network::addReverseSequence, py::arg("input"),
             py::arg("sequence_lens"));
  add_method(bound, "add_squeeze", &Network::addSqueeze, py::arg("input"), py::arg("axes"));
  add_method(bound, "add_unsqueeze", &Network::addUnsqueeze, py::arg("input"), py::arg("axes"));
  bound.def(
      "add_concatenation",
      [](Network& self, const Tensors& inputs) {
        return demanded("add_concatenation",
                        [&] { return self.addConcatenation(inputs.data(), count(inputs)); });
      },
      py::arg("inputs"), kOfNetwork);
}

void add_reduce_layers(NetworkClass& bound) {
  add_method(bound, "add_softmax", &Network::addSoftMax, py::arg("input"));
  add_method(bound, "add_ragged_softmax", &Network::addRaggedSoftMax, py::arg("input"),
             py::arg("bounds"));
  add_method(bound, "add_reduce", &Network::addReduce, py::arg("input"), py::arg("op"),
             py::arg("axes"), py::arg("keep_dims"));
  add_method(bound, "add_topk",
             py::overload_cast<ITensor&, nvinfer1::TopKOperation, int32_t, uint32_t, DataType>(
                 &Network::addTopK),
             py::arg("input"), py::arg("op"), py::arg("k"), py::arg("axes"),
             py::arg("indices_type") = DataType::kINT32);
  add_method(bound, "add_non_zero", py::overload_cast<ITensor&, DataType>(&Network::addNonZero),
             py::arg("input"), py::arg("indices_type") = DataType::kINT32);
  add_method(bound, "add_nms",
             py::overload_cast<ITensor&, ITensor&, ITensor&, DataType>(&Network::addNMS),
             py::arg("boxes"), py::arg("scores"), py::arg("max_output_boxes_per_class"),
             py::arg("indices_type") = DataType::kINT32);
  add_method(bound, "add_normalization", &Network::addNormalization, py::arg("input"),
             py::arg("scale"), py::arg("bias"), py::arg("axesMask"));
  add_method(bound, "add_normalization_v2", &Network::addNormalizationV2, py::arg("input"),
             py::arg("scale"), py::arg("bias"), py::arg("axesMask"));
  add_method(bound, "add_cumulative", &Network::addCumulative, py::arg("input"), py::arg("axis"),
             py::arg("op"), py::arg("exclusive"), py::arg("reverse"));
  add_method(bound, "add_matrix_multiply", &Network::addMatrixMultiply, py::arg("input0"),
             py::arg("op0"), py::arg("input1"), py::arg("op1"));
  bound.def(
      "add_einsum",
      [](Network& self, const Tensors& inputs, const char* equation) {
        return demanded("add_einsum",
                        [&] { return self.addEinsum(inputs.data(), count(inputs), equation); });
      },
      py::arg("inputs"), py::arg("equation"), kOfNetwork);
}

}  // namespace tenon::python
