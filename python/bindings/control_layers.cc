// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Loops, conditionals and assertions.
#include "call.h"
#include "layers.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): every line names a class of it

void bind_loop_layers(py::module_& m) {
  LayerClass<ILoopBoundaryLayer>(m, "ILoopBoundaryLayer", "A layer at the border of a loop.")
      .def_property_readonly("loop", &ILoopBoundaryLayer::getLoop, kInternal);
  LayerClass<IRecurrenceLayer, ILoopBoundaryLayer>(m, "IRecurrenceLayer",
                                                   "A value carried to the next iteration.");
  LayerClass<ITripLimitLayer, ILoopBoundaryLayer>(m, "ITripLimitLayer", "When a loop ends.")
      .def_property_readonly("kind", &ITripLimitLayer::getTripLimit);
  LayerClass<ILoopOutputLayer, ILoopBoundaryLayer>(m, "ILoopOutputLayer", "What leaves a loop.")
      .def_property_readonly("kind", &ILoopOutputLayer::getLoopOutput)
      .def_property("axis", &ILoopOutputLayer::getAxis, &ILoopOutputLayer::setAxis);
  LayerClass<IIteratorLayer, ILoopBoundaryLayer>(m, "IIteratorLayer", "A slice an iteration.")
      .def_property("axis", &IIteratorLayer::getAxis, &IIteratorLayer::setAxis)
      .def_property("reverse", &IIteratorLayer::getReverse, &IIteratorLayer::setReverse);
}

void bind_loop(py::module_& m) {
  bind_loop_layers(m);
  py::class_<ILoop, Borrowed<ILoop>>(m, "ILoop", "A loop; belongs to its network.")
      .def_property("name", &ILoop::getName, &ILoop::setName)
      .def("add_recurrence", &ILoop::addRecurrence, py::arg("initial_value"), kInternal)
      .def("add_trip_limit", &ILoop::addTripLimit, py::arg("tensor"), py::arg("kind"), kInternal)
      .def("add_iterator", &ILoop::addIterator, py::arg("tensor"), py::arg("axis") = 0,
           py::arg("reverse") = false, kInternal)
      .def("add_loop_output", &ILoop::addLoopOutput, py::arg("tensor"), py::arg("kind"),
           py::arg("axis") = 0, kInternal);
}

void bind_conditional(py::module_& m) {
  using Boundary = IIfConditionalBoundaryLayer;
  LayerClass<Boundary>(m, "IIfConditionalBoundaryLayer", "A layer at the border of a conditional.")
      .def_property_readonly("conditional", &Boundary::getConditional, kInternal);
  LayerClass<IConditionLayer, Boundary>(m, "IConditionLayer", "What decides.");
  LayerClass<IIfConditionalInputLayer, Boundary>(m, "IIfConditionalInputLayer", "What enters.");
  LayerClass<IIfConditionalOutputLayer, Boundary>(m, "IIfConditionalOutputLayer", "What leaves.");
  py::class_<IIfConditional, Borrowed<IIfConditional>>(m, "IIfConditional",
                                                       "A conditional; belongs to its network.")
      .def_property("name", &IIfConditional::getName, &IIfConditional::setName)
      .def("set_condition", &IIfConditional::setCondition, py::arg("condition"), kInternal)
      .def("add_output", &IIfConditional::addOutput, py::arg("true_subgraph_output"),
           py::arg("false_subgraph_output"), kInternal)
      .def("add_input", &IIfConditional::addInput, py::arg("input"), kInternal);
}

}  // namespace

void bind_control_layers(py::module_& m) {
  bind_loop(m);
  bind_conditional(m);
  LayerClass<IAssertionLayer>(m, "IAssertionLayer", "A condition that must hold.")
      .def_property("message", &IAssertionLayer::getMessage, &IAssertionLayer::setMessage);
}

}  // namespace tenon::python
