// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers between real numbers and few bits.
#include "layers.h"

namespace tenon::python {

namespace {

template <class Layer>
void bind_scaled(py::module_& m, const char* name, const char* doc) {
  LayerClass<Layer>(m, name, doc)
      .def_property("axis", &Layer::getAxis, &Layer::setAxis)
      .def_property("to_type", &Layer::getToType, &Layer::setToType)
      .def_property("block_shape", &Layer::getBlockShape, &Layer::setBlockShape);
}

}  // namespace

void bind_quantize_layers(py::module_& m) {
  using nvinfer1::IDynamicQuantizeLayer;
  bind_scaled<nvinfer1::IQuantizeLayer>(m, "IQuantizeLayer", "Real numbers over a scale, rounded.");
  bind_scaled<nvinfer1::IDequantizeLayer>(m, "IDequantizeLayer", "Steps times a scale.");
  LayerClass<IDynamicQuantizeLayer>(m, "IDynamicQuantizeLayer", "Scales found while running.")
      .def_property("axis", &IDynamicQuantizeLayer::getAxis, &IDynamicQuantizeLayer::setAxis)
      .def_property("block_size", &IDynamicQuantizeLayer::getBlockSize,
                    &IDynamicQuantizeLayer::setBlockSize)
      .def_property("block_shape", &IDynamicQuantizeLayer::getBlockShape,
                    &IDynamicQuantizeLayer::setBlockShape)
      .def_property("to_type", &IDynamicQuantizeLayer::getToType, &IDynamicQuantizeLayer::setToType)
      .def_property("scale_type", &IDynamicQuantizeLayer::getScaleType,
                    &IDynamicQuantizeLayer::setScaleType);
}

}  // namespace tenon::python
