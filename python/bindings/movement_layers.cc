// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that move elements.
#include "layers.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): every line names a class of it

void bind_reshaping(py::module_& m) {
  LayerClass<IShuffleLayer>(m, "IShuffleLayer", "Transposes, reshapes and transposes.")
      .def_property("first_transpose", &IShuffleLayer::getFirstTranspose,
                    &IShuffleLayer::setFirstTranspose)
      .def_property("reshape_dims", &IShuffleLayer::getReshapeDimensions,
                    &IShuffleLayer::setReshapeDimensions)
      .def_property("second_transpose", &IShuffleLayer::getSecondTranspose,
                    &IShuffleLayer::setSecondTranspose)
      .def_property("zero_is_placeholder", &IShuffleLayer::getZeroIsPlaceholder,
                    &IShuffleLayer::setZeroIsPlaceholder);
  LayerClass<IConcatenationLayer>(m, "IConcatenationLayer", "Tensors side by side.")
      .def_property("axis", &IConcatenationLayer::getAxis, &IConcatenationLayer::setAxis);
  LayerClass<IPaddingLayer>(m, "IPaddingLayer", "Zeros around, or edges cut off.")
      .def_property("pre_padding_nd", &IPaddingLayer::getPrePaddingNd,
                    &IPaddingLayer::setPrePaddingNd)
      .def_property("post_padding_nd", &IPaddingLayer::getPostPaddingNd,
                    &IPaddingLayer::setPostPaddingNd);
  bind_plain_layer<ISqueezeLayer>(m, "ISqueezeLayer", "Dimensions of one taken out.");
  bind_plain_layer<IUnsqueezeLayer>(m, "IUnsqueezeLayer", "Dimensions of one put in.");
  bind_plain_layer<IShapeLayer>(m, "IShapeLayer", "The shape of a tensor, as a tensor.");
}

}  // namespace

void bind_movement_layers(py::module_& m) {
  bind_reshaping(m);
  LayerClass<ISliceLayer>(m, "ISliceLayer", "A part of a tensor.")
      .def_property("start", &ISliceLayer::getStart, &ISliceLayer::setStart)
      .def_property("shape", &ISliceLayer::getSize, &ISliceLayer::setSize)
      .def_property("stride", &ISliceLayer::getStride, &ISliceLayer::setStride)
      .def_property("mode", &ISliceLayer::getMode, &ISliceLayer::setMode)
      .def_property("axes", &ISliceLayer::getAxes, &ISliceLayer::setAxes);
  LayerClass<IGatherLayer>(m, "IGatherLayer", "Elements or slices at indices.")
      .def_property("axis", &IGatherLayer::getGatherAxis, &IGatherLayer::setGatherAxis)
      .def_property("num_elementwise_dims", &IGatherLayer::getNbElementWiseDims,
                    &IGatherLayer::setNbElementWiseDims)
      .def_property("mode", &IGatherLayer::getMode, &IGatherLayer::setMode);
  LayerClass<IScatterLayer>(m, "IScatterLayer", "Elements put at indices.")
      .def_property("mode", &IScatterLayer::getMode, &IScatterLayer::setMode)
      .def_property("axis", &IScatterLayer::getAxis, &IScatterLayer::setAxis);
  LayerClass<IOneHotLayer>(m, "IOneHotLayer", "Indices as vectors.")
      .def_property("axis", &IOneHotLayer::getAxis, &IOneHotLayer::setAxis);
  LayerClass<IReverseSequenceLayer>(m, "IReverseSequenceLayer", "Sequences turned round.")
      .def_property("batch_axis", &IReverseSequenceLayer::getBatchAxis,
                    &IReverseSequenceLayer::setBatchAxis)
      .def_property("sequence_axis", &IReverseSequenceLayer::getSequenceAxis,
                    &IReverseSequenceLayer::setSequenceAxis);
}

}  // namespace tenon::python
