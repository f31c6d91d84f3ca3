// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Algorithm selectors: which kernels a build may take.
#include <vector>

#include "plugin_arguments.h"
#include "proxy.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): every line names a class of it

class PythonSelector final : public IAlgorithmSelector {
 public:
  int32_t selectAlgorithms(IAlgorithmContext const& context, IAlgorithm const* const* choices,
                           int32_t count, int32_t* selection) noexcept override {
    const IAlgorithmSelector* self = this;
    return method_call(self, "select_algorithms", -1, [&](const py::function& method) {
      const auto chosen = method(py::cast(&context, kReference), references(choices, count))
                              .cast<std::vector<int32_t>>();
      const auto taken = std::min(chosen.size(), static_cast<size_t>(count));
      std::copy_n(chosen.begin(), taken, selection);
      return static_cast<int32_t>(taken);
    });
  }
  void reportAlgorithms(IAlgorithmContext const* const* contexts, IAlgorithm const* const* choices,
                        int32_t count) noexcept override {
    const IAlgorithmSelector* self = this;
    method_call(self, "report_algorithms", false, [&](const py::function& method) {
      method(references(contexts, count), references(choices, count));
      return true;
    });
  }

 private:
  template <class T>
  static py::list references(T const* const* first, int32_t count) {
    py::list result;
    for (int32_t i = 0; i < count; ++i) result.append(py::cast(first[i], kReference));
    return result;
  }
};

}  // namespace

void bind_algorithms(py::module_& m) {
  py::class_<IAlgorithmIOInfo, Borrowed<IAlgorithmIOInfo>>(
      m, "IAlgorithmIOInfo", "Type and layout of one input or output of an algorithm.")
      .def_property_readonly("dtype", &IAlgorithmIOInfo::getDataType)
      .def_property_readonly("strides", &IAlgorithmIOInfo::getStrides)
      .def_property_readonly("vectorized_dim", &IAlgorithmIOInfo::getVectorizedDim)
      .def_property_readonly("components_per_element", &IAlgorithmIOInfo::getComponentsPerElement);
  py::class_<IAlgorithmVariant, Borrowed<IAlgorithmVariant>>(m, "IAlgorithmVariant",
                                                             "Which algorithm it is.")
      .def_property_readonly("implementation", &IAlgorithmVariant::getImplementation)
      .def_property_readonly("tactic", &IAlgorithmVariant::getTactic);
  py::class_<IAlgorithmContext, Borrowed<IAlgorithmContext>>(m, "IAlgorithmContext",
                                                             "The layer that an algorithm is for.")
      .def_property_readonly("name", &IAlgorithmContext::getName)
      .def_property_readonly("num_inputs", &IAlgorithmContext::getNbInputs)
      .def_property_readonly("num_outputs", &IAlgorithmContext::getNbOutputs)
      .def("get_shape", [](const IAlgorithmContext& self, int32_t index) {
        return std::vector<Dims>{self.getDimensions(index, OptProfileSelector::kMIN),
                                 self.getDimensions(index, OptProfileSelector::kOPT),
                                 self.getDimensions(index, OptProfileSelector::kMAX)};
      });
  py::class_<IAlgorithm, Borrowed<IAlgorithm>>(m, "IAlgorithm",
                                               "A way to compute a layer, with its time.")
      .def_property_readonly("algorithm_variant", &IAlgorithm::getAlgorithmVariant, kReference)
      .def_property_readonly("timing_msec", &IAlgorithm::getTimingMSec)
      .def_property_readonly("workspace_size", &IAlgorithm::getWorkspaceSize)
      .def("get_algorithm_io_info", &IAlgorithm::getAlgorithmIOInfoByIndex, py::arg("index"),
           kReference);
  py::class_<IAlgorithmSelector, IVersionedInterface, PythonSelector, Owned<IAlgorithmSelector>>(
      m, "IAlgorithmSelector",
      "A Python class overrides select_algorithms(context, choices) -> indices and "
      "report_algorithms(contexts, choices).")
      .def(py::init_alias<>());
}

}  // namespace tenon::python
