// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that sample between elements.
#include <vector>

#include "layers.h"

namespace tenon::python {

namespace {

using nvinfer1::IGridSampleLayer;
using nvinfer1::IResizeLayer;

std::vector<float> scales(const IResizeLayer& self) {
  std::vector<float> result(nvinfer1::Dims::MAX_DIMS);
  const int32_t count = self.getScales(nvinfer1::Dims::MAX_DIMS, result.data());
  result.resize(count < 0 ? 0 : static_cast<size_t>(count));
  return result;
}

}  // namespace

void bind_resize_layers(py::module_& m) {
  LayerClass<IResizeLayer>(m, "IResizeLayer", "A tensor of other extents.")
      .def_property("shape", &IResizeLayer::getOutputDimensions, &IResizeLayer::setOutputDimensions)
      .def_property("scales", &scales,
                    [](IResizeLayer& self, const std::vector<float>& values) {
                      self.setScales(values.data(), static_cast<int32_t>(values.size()));
                    })
      .def_property("resize_mode", &IResizeLayer::getResizeMode, &IResizeLayer::setResizeMode)
      .def_property("coordinate_transformation", &IResizeLayer::getCoordinateTransformation,
                    &IResizeLayer::setCoordinateTransformation)
      .def_property("selector_for_single_pixel", &IResizeLayer::getSelectorForSinglePixel,
                    &IResizeLayer::setSelectorForSinglePixel)
      .def_property("nearest_rounding", &IResizeLayer::getNearestRounding,
                    &IResizeLayer::setNearestRounding)
      .def_property("cubic_coeff", &IResizeLayer::getCubicCoeff, &IResizeLayer::setCubicCoeff)
      .def_property("exclude_outside", &IResizeLayer::getExcludeOutside,
                    &IResizeLayer::setExcludeOutside);
  LayerClass<IGridSampleLayer>(m, "IGridSampleLayer", "A tensor sampled at the points of a grid.")
      .def_property("interpolation_mode", &IGridSampleLayer::getInterpolationMode,
                    &IGridSampleLayer::setInterpolationMode)
      .def_property("align_corners", &IGridSampleLayer::getAlignCorners,
                    &IGridSampleLayer::setAlignCorners)
      .def_property("sample_mode", &IGridSampleLayer::getSampleMode,
                    &IGridSampleLayer::setSampleMode);
}

}  // namespace tenon::python
