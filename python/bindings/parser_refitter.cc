// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Refitting an engine with the weights of an ONNX model.
#include <string>

#include "NvOnnxParser.h"
#include "call.h"
#include "lifetime.h"

namespace tenon::python {

namespace {

using nvonnxparser::IParserRefitter;

IParserRefitter* make_parser_refitter(nvinfer1::IRefitter& refitter, const py::object& logger) {
  keep_forever(logger);
  Call call;
  auto* made = nvonnxparser::createParserRefitter(refitter, logger.cast<nvinfer1::ILogger&>());
  if (made == nullptr) throw std::runtime_error("OnnxParserRefitter: " + call.last_sentence());
  return made;
}

}  // namespace

void bind_parser_refitter(py::module_& m) {
  py::class_<IParserRefitter>(m, "OnnxParserRefitter", "Gives a refitter a model's weights.")
      .def(py::init(&make_parser_refitter), py::arg("refitter"), py::arg("logger"),
           py::keep_alive<1, 2>())
      .def(
          "refit_from_bytes",
          [](IParserRefitter& self, const py::buffer& content, const char* path) {
            const py::buffer_info bytes = content.request();
            const auto size = static_cast<size_t>(bytes.size * bytes.itemsize);
            return released([&] { return self.refitFromBytes(bytes.ptr, size, path); });
          },
          py::arg("model"), py::arg("path") = nullptr, py::keep_alive<1, 2>())
      .def(
          "refit_from_file",
          [](IParserRefitter& self, const std::string& path) {
            return released([&] { return self.refitFromFile(path.c_str()); });
          },
          py::arg("model"))
      .def_property_readonly("num_errors", &IParserRefitter::getNbErrors)
      .def("get_error", &IParserRefitter::getError, py::arg("index"), kInternal)
      .def("clear_errors", &IParserRefitter::clearErrors);
}

}  // namespace tenon::python
