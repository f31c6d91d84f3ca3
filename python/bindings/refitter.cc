// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Replacing the weights of an engine.
#include <string>
#include <vector>

#include "call.h"
#include "lifetime.h"
#include "weights.h"

namespace tenon::python {

namespace {

using Refitter = nvinfer1::IRefitter;
using nvinfer1::Weights;
using nvinfer1::WeightsRole;

Refitter* make_refitter(nvinfer1::ICudaEngine& engine, const py::object& logger) {
  keep_forever(logger);
  Call call;
  auto* refitter = nvinfer1::createInferRefitter(engine, logger.cast<nvinfer1::ILogger&>());
  if (refitter == nullptr) throw std::runtime_error("Refitter: " + call.last_sentence());
  return refitter;
}

std::vector<std::string> weight_names(Refitter& self,
                                      int32_t (Refitter::*ask)(int32_t, const char**) noexcept) {
  std::vector<const char*> names(static_cast<size_t>(std::max((self.*ask)(0, nullptr), 0)));
  (self.*ask)(static_cast<int32_t>(names.size()), names.data());
  return {names.begin(), names.end()};
}

using Roles = int32_t (Refitter::*)(int32_t, const char**, WeightsRole*) noexcept;

std::pair<std::vector<std::string>, std::vector<WeightsRole>> layer_roles(Refitter& self,
                                                                          Roles ask) {
  const auto count = static_cast<size_t>(std::max((self.*ask)(0, nullptr, nullptr), 0));
  std::vector<const char*> names(count);
  std::vector<WeightsRole> roles(count);
  (self.*ask)(static_cast<int32_t>(count), names.data(), roles.data());
  return {{names.begin(), names.end()}, roles};
}

}  // namespace

void bind_refitter(py::module_& m) {
  py::class_<Refitter> bound(m, "Refitter", py::dynamic_attr(), "Replaces weights of an engine.");
  bound.def(py::init(&make_refitter), py::arg("engine"), py::arg("logger"), py::keep_alive<1, 2>())
      .def("set_weights", &Refitter::setWeights, py::arg("layer_name"), py::arg("role"),
           py::arg("weights"), py::keep_alive<1, 4>())
      .def("set_named_weights", py::overload_cast<const char*, Weights>(&Refitter::setNamedWeights),
           py::arg("name"), py::arg("weights"), py::keep_alive<1, 3>())
      .def("set_named_weights",
           py::overload_cast<const char*, Weights, nvinfer1::TensorLocation>(
               &Refitter::setNamedWeights),
           py::arg("name"), py::arg("weights"), py::arg("location"), py::keep_alive<1, 3>())
      .def("unset_named_weights", &Refitter::unsetNamedWeights, py::arg("name"))
      .def(
          "get_named_weights",
          [](const py::object& self, const char* name) {
            return to_array(self.cast<Refitter&>().getNamedWeights(name), self);
          },
          py::arg("weights_name"))
      .def("get_weights_prototype", &Refitter::getWeightsPrototype, py::arg("weights_name"))
      .def("get_weights_location", &Refitter::getWeightsLocation, py::arg("weights_name"))
      .def("refit_cuda_engine",
           [](Refitter& self) { return released([&] { return self.refitCudaEngine(); }); })
      .def(
          "refit_cuda_engine_async",
          [](Refitter& self, uintptr_t stream) {
            return released(
                [&] { return self.refitCudaEngineAsync(reinterpret_cast<cudaStream_t>(stream)); });
          },
          py::arg("stream_handle"))
      .def("get_missing", [](Refitter& self) { return layer_roles(self, &Refitter::getMissing); })
      .def("get_all", [](Refitter& self) { return layer_roles(self, &Refitter::getAll); })
      .def("get_missing_weights",
           [](Refitter& self) { return weight_names(self, &Refitter::getMissingWeights); })
      .def("get_all_weights",
           [](Refitter& self) { return weight_names(self, &Refitter::getAllWeights); })
      .def("set_dynamic_range",
           [](Refitter& self, const char* name, std::pair<float, float> range) {
             return self.setDynamicRange(name, range.first, range.second);
           })
      .def_property_readonly("logger", &Refitter::getLogger, py::return_value_policy::reference)
      .def_property("max_threads", &Refitter::getMaxThreads, &Refitter::setMaxThreads)
      .def_property("weights_validation", &Refitter::getWeightsValidation,
                    &Refitter::setWeightsValidation)
      .def_property("error_recorder",
                    py::cpp_function(&Refitter::getErrorRecorder,
                                     py::return_value_policy::reference_internal),
                    keeping_setter("error_recorder", &Refitter::setErrorRecorder));
}

}  // namespace tenon::python
