// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Error recorders.
#include <atomic>
#include <string>

#include "proxy.h"

namespace tenon::python {

namespace {

using nvinfer1::ErrorCode;
using nvinfer1::IErrorRecorder;

class PythonErrorRecorder final : public IErrorRecorder {
 public:
  nvinfer1::APILanguage getAPILanguage() const noexcept override {
    return nvinfer1::APILanguage::kPYTHON;
  }
  int32_t getNbErrors() const noexcept override {
    return method_call(face(), "get_num_errors", 0,
                       [](const py::function& method) { return method().cast<int32_t>(); });
  }
  ErrorCode getErrorCode(int32_t index) const noexcept override {
    return method_call(face(), "get_error_code", ErrorCode::kUNSPECIFIED_ERROR,
                       [&](const py::function& method) { return method(index).cast<ErrorCode>(); });
  }
  ErrorDesc getErrorDesc(int32_t index) const noexcept override {
    return method_call(face(), "get_error_desc", "", [&](const py::function& method) {
      description_ = method(index).cast<std::string>();
      return description_.c_str();
    });
  }
  bool hasOverflowed() const noexcept override {
    return method_call(face(), "has_overflowed", false,
                       [](const py::function& method) { return method().cast<bool>(); });
  }
  void clear() noexcept override {
    method_call(face(), "clear", false, [](const py::function& method) {
      method();
      return true;
    });
  }
  bool reportError(ErrorCode code, ErrorDesc description) noexcept override {
    return method_call(face(), "report_error", false, [&](const py::function& method) {
      const py::object answer = method(code, description);
      return !answer.is_none() && answer.cast<bool>();
    });
  }
  RefCount incRefCount() noexcept override { return ++references_; }
  RefCount decRefCount() noexcept override { return --references_; }

 private:
  [[nodiscard]] const IErrorRecorder* face() const { return this; }
  mutable std::string description_;
  std::atomic<int32_t> references_{0};
};

}  // namespace

void bind_error_recorder(py::module_& m) {
  py::class_<IErrorRecorder, nvinfer1::IVersionedInterface, PythonErrorRecorder,
             Owned<IErrorRecorder>>
      bound(m, "IErrorRecorder",
            "Collects errors, from any thread. A Python class overrides get_num_errors(), "
            "get_error_code(i), get_error_desc(i), has_overflowed(), clear() and "
            "report_error(code, desc) -> bool.");
  bound.def(py::init_alias<>())
      .def("get_num_errors", &IErrorRecorder::getNbErrors)
      .def("num_errors", &IErrorRecorder::getNbErrors)
      .def("get_error_code", &IErrorRecorder::getErrorCode, py::arg("error_index"))
      .def("get_error_desc", &IErrorRecorder::getErrorDesc, py::arg("error_index"))
      .def("has_overflowed", &IErrorRecorder::hasOverflowed)
      .def("clear", &IErrorRecorder::clear)
      .def("report_error", &IErrorRecorder::reportError, py::arg("code"), py::arg("desc"));
  bound.attr("MAX_DESC_LENGTH") = py::int_(size_t{IErrorRecorder::kMAX_DESC_LENGTH});
}

}  // namespace tenon::python
