// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Layers that reduce, sort out or normalise along axes, and products of matrices.
#include "layers.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): every line names a class of it

void bind_normalising(py::module_& m) {
  LayerClass<ISoftMaxLayer>(m, "ISoftMaxLayer", "exp(x) over its sum along an axis.")
      .def_property("axes", &ISoftMaxLayer::getAxes, &ISoftMaxLayer::setAxes, "A mask of axes.");
  bind_plain_layer<IRaggedSoftMaxLayer>(m, "IRaggedSoftMaxLayer", "Softmax of sequences.");
  LayerClass<INormalizationLayer>(m, "INormalizationLayer", "Mean and variance taken out.")
      .def_property("epsilon", &INormalizationLayer::getEpsilon, &INormalizationLayer::setEpsilon)
      .def_property("axes", &INormalizationLayer::getAxes, &INormalizationLayer::setAxes)
      .def_property("num_groups", &INormalizationLayer::getNbGroups,
                    &INormalizationLayer::setNbGroups)
      .def_property("compute_precision", &INormalizationLayer::getComputePrecision,
                    &INormalizationLayer::setComputePrecision)
      .def_property_readonly("is_v2", &INormalizationLayer::isV2);
  LayerClass<ILRNLayer>(m, "ILRNLayer", "Local response normalization.")
      .def_property("window_size", &ILRNLayer::getWindowSize, &ILRNLayer::setWindowSize)
      .def_property("alpha", &ILRNLayer::getAlpha, &ILRNLayer::setAlpha)
      .def_property("beta", &ILRNLayer::getBeta, &ILRNLayer::setBeta)
      .def_property("k", &ILRNLayer::getK, &ILRNLayer::setK);
}

void bind_products(py::module_& m) {
  using Product = IMatrixMultiplyLayer;
  LayerClass<Product>(m, "IMatrixMultiplyLayer", "Products of matrices and vectors.")
      .def_property(
          "op0", [](Product& self) { return self.getOperation(0); },
          [](Product& self, MatrixOperation op) { self.setOperation(0, op); })
      .def_property(
          "op1", [](Product& self) { return self.getOperation(1); },
          [](Product& self, MatrixOperation op) { self.setOperation(1, op); });
  LayerClass<IEinsumLayer>(m, "IEinsumLayer", "A sum over products, as an equation says.")
      .def_property("equation", &IEinsumLayer::getEquation, &IEinsumLayer::setEquation);
}

}  // namespace

void bind_reduce_layers(py::module_& m) {
  LayerClass<IReduceLayer>(m, "IReduceLayer", "One element for those along axes.")
      .def_property("op", &IReduceLayer::getOperation, &IReduceLayer::setOperation)
      .def_property("axes", &IReduceLayer::getReduceAxes, &IReduceLayer::setReduceAxes)
      .def_property("keep_dims", &IReduceLayer::getKeepDimensions,
                    &IReduceLayer::setKeepDimensions);
  LayerClass<ITopKLayer>(m, "ITopKLayer", "The k greatest or least along an axis.")
      .def_property("op", &ITopKLayer::getOperation, &ITopKLayer::setOperation)
      .def_property("k", &ITopKLayer::getK, &ITopKLayer::setK)
      .def_property("axes", &ITopKLayer::getReduceAxes, &ITopKLayer::setReduceAxes)
      .def_property("indices_type", &ITopKLayer::getIndicesType, &ITopKLayer::setIndicesType);
  LayerClass<ICumulativeLayer>(m, "ICumulativeLayer", "Running sums.")
      .def_property("op", &ICumulativeLayer::getOperation, &ICumulativeLayer::setOperation)
      .def_property("exclusive", &ICumulativeLayer::getExclusive, &ICumulativeLayer::setExclusive)
      .def_property("reverse", &ICumulativeLayer::getReverse, &ICumulativeLayer::setReverse);
  LayerClass<INonZeroLayer>(m, "INonZeroLayer", "Where elements are not zero.")
      .def_property("indices_type", &INonZeroLayer::getIndicesType, &INonZeroLayer::setIndicesType);
  LayerClass<INMSLayer>(m, "INMSLayer", "Boxes that overlap little.")
      .def_property("bounding_box_format", &INMSLayer::getBoundingBoxFormat,
                    &INMSLayer::setBoundingBoxFormat)
      .def_property("topk_box_limit", &INMSLayer::getTopKBoxLimit, &INMSLayer::setTopKBoxLimit)
      .def_property("indices_type", &INMSLayer::getIndicesType, &INMSLayer::setIndicesType);
  bind_normalising(m);
  bind_products(m);
}

}  // namespace tenon::python
