// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that work element by element, and constants.
#include "layers.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): every line names a class of it

void bind_constants(py::module_& m) {
  LayerClass<IConstantLayer> constant(m, "IConstantLayer", "Weights as a tensor.");
  constant.def_property("shape", &IConstantLayer::getDimensions, &IConstantLayer::setDimensions);
  weights_property(constant, "weights", &IConstantLayer::getWeights, &IConstantLayer::setWeights);
  LayerClass<IFillLayer>(m, "IFillLayer", "A tensor filled by a rule.")
      .def_property("shape", &IFillLayer::getDimensions, &IFillLayer::setDimensions)
      .def_property("operation", &IFillLayer::getOperation, &IFillLayer::setOperation)
      .def_property(
          "alpha",
          [](IFillLayer& self) -> py::object {
            if (self.isAlphaBetaInt64()) return py::int_(self.getAlphaInt64());
            return py::float_(self.getAlpha());
          },
          [](IFillLayer& self, const py::object& value) {
            if (py::isinstance<py::int_>(value)) return self.setAlphaInt64(value.cast<int64_t>());
            self.setAlpha(value.cast<double>());
          })
      .def_property(
          "beta",
          [](IFillLayer& self) -> py::object {
            if (self.isAlphaBetaInt64()) return py::int_(self.getBetaInt64());
            return py::float_(self.getBeta());
          },
          [](IFillLayer& self, const py::object& value) {
            if (py::isinstance<py::int_>(value)) return self.setBetaInt64(value.cast<int64_t>());
            self.setBeta(value.cast<double>());
          })
      .def_property("to_type", &IFillLayer::getToType, &IFillLayer::setToType)
      .def("is_alpha_beta_int64", &IFillLayer::isAlphaBetaInt64);
}

}  // namespace

void bind_element_layers(py::module_& m) {
  LayerClass<IActivationLayer>(m, "IActivationLayer", "A function of each element.")
      .def_property("type", &IActivationLayer::getActivationType,
                    &IActivationLayer::setActivationType)
      .def_property("alpha", &IActivationLayer::getAlpha, &IActivationLayer::setAlpha)
      .def_property("beta", &IActivationLayer::getBeta, &IActivationLayer::setBeta);
  LayerClass<IElementWiseLayer>(m, "IElementWiseLayer", "A function of two tensors, by element.")
      .def_property("op", &IElementWiseLayer::getOperation, &IElementWiseLayer::setOperation);
  LayerClass<IUnaryLayer>(m, "IUnaryLayer", "An operation on each element.")
      .def_property("op", &IUnaryLayer::getOperation, &IUnaryLayer::setOperation);
  LayerClass<IScaleLayer> scale(m, "IScaleLayer", "(x * scale + shift) ^ power.");
  scale.def_property("mode", &IScaleLayer::getMode, &IScaleLayer::setMode)
      .def_property("channel_axis", &IScaleLayer::getChannelAxis, &IScaleLayer::setChannelAxis);
  weights_property(scale, "shift", &IScaleLayer::getShift, &IScaleLayer::setShift);
  weights_property(scale, "scale", &IScaleLayer::getScale, &IScaleLayer::setScale);
  weights_property(scale, "power", &IScaleLayer::getPower, &IScaleLayer::setPower);
  LayerClass<ICastLayer>(m, "ICastLayer", "Another element type.")
      .def_property("to_type", &ICastLayer::getToType, &ICastLayer::setToType);
  bind_plain_layer<IParametricReLULayer>(m, "IParametricReLULayer", "ReLU with slopes.");
  bind_plain_layer<ISelectLayer>(m, "ISelectLayer", "One of two tensors, by a condition.");
  bind_plain_layer<IIdentityLayer>(m, "IIdentityLayer",
                                   "The same tensor, perhaps of another type.");
  bind_constants(m);
}

}  // namespace tenon::python
