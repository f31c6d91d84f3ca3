// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calibrators: batches in, ranges of tensors out.
#include <string>

#include "plugin_arguments.h"
#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::CalibrationAlgoType;
using nvinfer1::IInt8Calibrator;

/// Calls the Python methods, which are the same for every kind.
template <class Interface>
class PythonCalibrator : public Interface {
 public:
  int32_t getBatchSize() const noexcept override {
    return method_call(face(), "get_batch_size", -1, [](const py::function& method) {
      return method().template cast<int32_t>();
    });
  }
  bool getBatch(void* bindings[], char const* names[], int32_t count) noexcept override {
    return method_call(face(), "get_batch", false, [&](const py::function& method) {
      py::list wanted;
      for (int32_t i = 0; i < count; ++i) wanted.append(py::str(names[i]));
      const py::object answer = method(wanted);
      if (answer.is_none() || py::len(answer) == 0) return false;
      const py::sequence addresses(answer);
      for (int32_t i = 0; i < count; ++i) {
        bindings[i] = reinterpret_cast<void*>(
            py::int_(addresses[static_cast<size_t>(i)]).template cast<uintptr_t>());
      }
      return true;
    });
  }
  void const* readCalibrationCache(std::size_t& length) noexcept override {
    length = 0;
    return method_call(face(), "read_calibration_cache", static_cast<const void*>(nullptr),
                       [&](const py::function& method) -> const void* {
                         const py::object answer = method();
                         if (answer.is_none()) return nullptr;
                         cache_ = py::bytes(answer);
                         length = cache_.size();
                         return cache_.data();
                       });
  }
  void writeCalibrationCache(void const* data, std::size_t length) noexcept override {
    method_call(face(), "write_calibration_cache", false, [&](const py::function& method) {
      const py::bytes text(static_cast<const char*>(data), length);
      method(py::memoryview(py::buffer(text)));
      return true;
    });
  }

 protected:
  [[nodiscard]] const Interface* face() const { return this; }

 private:
  std::string cache_;
};

class PythonAnyCalibrator final : public PythonCalibrator<IInt8Calibrator> {
 public:
  nvinfer1::InterfaceInfo getInterfaceInfo() const noexcept override {
    return {"IInt8Calibrator", 1, 0};
  }
  CalibrationAlgoType getAlgorithm() noexcept override {
    return method_call(
        face(), "get_algorithm", CalibrationAlgoType::kENTROPY_CALIBRATION_2,
        [](const py::function& method) { return method().template cast<CalibrationAlgoType>(); });
  }
};

class PythonLegacyCalibrator final : public PythonCalibrator<nvinfer1::IInt8LegacyCalibrator> {
 public:
  double getQuantile() const noexcept override { return number("get_quantile", 0.999); }
  double getRegressionCutoff() const noexcept override {
    return number("get_regression_cutoff", 1.0);
  }
  void const* readHistogramCache(std::size_t& length) noexcept override {
    length = 0;
    return nullptr;
  }
  void writeHistogramCache(void const*, std::size_t) noexcept override {}

 private:
  double number(const char* name, double absent) const noexcept {
    return optional_call(face(), name, absent, absent, [](const py::function& method) {
      return method().template cast<double>();
    });
  }
};

template <class Interface, class Alias>
void bind_kind(py::module_& m, const char* name) {
  py::class_<Interface, IInt8Calibrator, Alias, Owned<Interface>>(
      m, name, "A calibrator; see IInt8Calibrator.")
      .def(py::init_alias<>())
      .def("get_algorithm", &Interface::getAlgorithm);
}

}  // namespace

void bind_calibrators(py::module_& m) {
  py::class_<IInt8Calibrator, nvinfer1::IVersionedInterface, PythonAnyCalibrator,
             Owned<IInt8Calibrator>>(
      m, "IInt8Calibrator",
      "Feeds batches to a build. A Python class overrides get_batch_size(), get_batch(names) -> "
      "addresses or None at the end, read_calibration_cache() -> bytes or None and "
      "write_calibration_cache(cache), whose argument is a memoryview.")
      .def(py::init_alias<>());
  using namespace nvinfer1;  // NOLINT(google-build-using-namespace): the four kinds
  bind_kind<IInt8EntropyCalibrator, PythonCalibrator<IInt8EntropyCalibrator>>(
      m, "IInt8EntropyCalibrator");
  bind_kind<IInt8EntropyCalibrator2, PythonCalibrator<IInt8EntropyCalibrator2>>(
      m, "IInt8EntropyCalibrator2");
  bind_kind<IInt8MinMaxCalibrator, PythonCalibrator<IInt8MinMaxCalibrator>>(
      m, "IInt8MinMaxCalibrator");
  bind_kind<IInt8LegacyCalibrator, PythonLegacyCalibrator>(m, "IInt8LegacyCalibrator");
}

}  // namespace tenon::python
