// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Why plugins are found or not, and versions.
#include <string>

#include "call.h"
#include "tenon/resolve.h"
#include "tenon/version.h"

namespace tenon::python {

void bind_explain(py::module_& m) {
  m.def(
      "why",
      [](const std::string& path, nvinfer1::ILogger& logger, const char* node, bool json) {
        Question question;
        question.path = path.c_str();
        question.node = node;
        question.json = json;
        return demanded("why", [&] { return tenon::why(question, logger); });
      },
      py::arg("path"), py::arg("logger"), py::arg("node") = nullptr, py::arg("json") = false,
      "Explains the plugins of a model or engine file; the answer is text in an IHostMemory.");
  m.attr("__version__") =
      std::to_string(NV_TENSORRT_MAJOR) + "." + std::to_string(NV_TENSORRT_MINOR) + "." +
      std::to_string(NV_TENSORRT_PATCH) + "." + std::to_string(NV_TENSORRT_BUILD);
  m.attr("tenon_version") = tenon::version();
}

}  // namespace tenon::python
