// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that slide a window.
#include "layers.h"

namespace tenon::python {

namespace {

using nvinfer1::IConvolutionLayer;
using nvinfer1::IDeconvolutionLayer;
using nvinfer1::IPoolingLayer;

template <class Layer, class Class>
void add_window(Class& bound) {
  bound.def_property("pre_padding", &Layer::getPrePadding, &Layer::setPrePadding)
      .def_property("post_padding", &Layer::getPostPadding, &Layer::setPostPadding)
      .def_property("padding_mode", &Layer::getPaddingMode, &Layer::setPaddingMode)
      .def_property("stride_nd", &Layer::getStrideNd, &Layer::setStrideNd)
      .def_property("padding_nd", &Layer::getPaddingNd, &Layer::setPaddingNd);
}

template <class Layer>
void bind_convolution(py::module_& m, const char* name, const char* doc) {
  LayerClass<Layer> bound(m, name, doc);
  bound.def_property("num_output_maps", &Layer::getNbOutputMaps, &Layer::setNbOutputMaps)
      .def_property("num_groups", &Layer::getNbGroups, &Layer::setNbGroups)
      .def_property("kernel_size_nd", &Layer::getKernelSizeNd, &Layer::setKernelSizeNd)
      .def_property("dilation_nd", &Layer::getDilationNd, &Layer::setDilationNd);
  weights_property(bound, "kernel", &Layer::getKernelWeights, &Layer::setKernelWeights);
  weights_property(bound, "bias", &Layer::getBiasWeights, &Layer::setBiasWeights);
  add_window<Layer>(bound);
}

}  // namespace

void bind_window_layers(py::module_& m) {
  bind_convolution<IConvolutionLayer>(m, "IConvolutionLayer", "A convolution.");
  bind_convolution<IDeconvolutionLayer>(m, "IDeconvolutionLayer", "A transposed convolution.");
  LayerClass<IPoolingLayer> pooling(m, "IPoolingLayer", "The maximum or mean of windows.");
  pooling.def_property("type", &IPoolingLayer::getPoolingType, &IPoolingLayer::setPoolingType)
      .def_property("blend_factor", &IPoolingLayer::getBlendFactor, &IPoolingLayer::setBlendFactor)
      .def_property("average_count_excludes_padding",
                    &IPoolingLayer::getAverageCountExcludesPadding,
                    &IPoolingLayer::setAverageCountExcludesPadding)
      .def_property("window_size_nd", &IPoolingLayer::getWindowSizeNd,
                    &IPoolingLayer::setWindowSizeNd);
  add_window<IPoolingLayer>(pooling);
}

}  // namespace tenon::python
