// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The ONNX parser.
#include "NvOnnxParser.h"

#include <string>
#include <vector>

#include "call.h"
#include "enums.h"
#include "lifetime.h"

namespace tenon::python {

namespace {

using nvonnxparser::ErrorCode;
using nvonnxparser::IParser;
using nvonnxparser::IParserError;
using nvonnxparser::OnnxParserFlag;
using ParserClass = py::class_<IParser>;

constexpr Entry<ErrorCode> kCodes[] = {
    {"SUCCESS", ErrorCode::kSUCCESS},
    {"INTERNAL_ERROR", ErrorCode::kINTERNAL_ERROR},
    {"MEM_ALLOC_FAILED", ErrorCode::kMEM_ALLOC_FAILED},
    {"MODEL_DESERIALIZE_FAILED", ErrorCode::kMODEL_DESERIALIZE_FAILED, "the bytes are no model"},
    {"INVALID_VALUE", ErrorCode::kINVALID_VALUE},
    {"INVALID_GRAPH", ErrorCode::kINVALID_GRAPH},
    {"INVALID_NODE", ErrorCode::kINVALID_NODE},
    {"UNSUPPORTED_GRAPH", ErrorCode::kUNSUPPORTED_GRAPH},
    {"UNSUPPORTED_NODE", ErrorCode::kUNSUPPORTED_NODE,
     "no operator, function or plugin of this name"},
    {"UNSUPPORTED_NODE_ATTR", ErrorCode::kUNSUPPORTED_NODE_ATTR},
    {"UNSUPPORTED_NODE_INPUT", ErrorCode::kUNSUPPORTED_NODE_INPUT},
    {"UNSUPPORTED_NODE_DATATYPE", ErrorCode::kUNSUPPORTED_NODE_DATATYPE},
    {"UNSUPPORTED_NODE_DYNAMIC", ErrorCode::kUNSUPPORTED_NODE_DYNAMIC},
    {"UNSUPPORTED_NODE_SHAPE", ErrorCode::kUNSUPPORTED_NODE_SHAPE},
    {"REFIT_FAILED", ErrorCode::kREFIT_FAILED},
};

constexpr Entry<OnnxParserFlag> kFlags[] = {
    {"NATIVE_INSTANCENORM", OnnxParserFlag::kNATIVE_INSTANCENORM,
     "on: InstanceNormalization is no plugin"},
    {"ENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA",
     OnnxParserFlag::kENABLE_UINT8_AND_ASYMMETRIC_QUANTIZATION_DLA},
    {"REPORT_CAPABILITY_DLA", OnnxParserFlag::kREPORT_CAPABILITY_DLA},
    {"ENABLE_PLUGIN_OVERRIDE", OnnxParserFlag::kENABLE_PLUGIN_OVERRIDE,
     "a plugin of an operator's name goes before the operator"},
    {"ADJUST_FOR_DLA", OnnxParserFlag::kADJUST_FOR_DLA},
};

/// Bytes that live as long as the parser keeps them.
struct Model {
  explicit Model(const py::buffer& content) : info(content.request()) {}
  [[nodiscard]] size_t size() const { return static_cast<size_t>(info.size * info.itemsize); }
  py::buffer_info info;
};

std::vector<std::string> function_stack(const IParserError& self) {
  const char* const* first = self.localFunctionStack();
  return {first, first + self.localFunctionStackSize()};
}

std::string text_of(const IParserError& self) {
  return std::string("In node ") + std::to_string(self.node()) + " with name: " + self.nodeName() +
         " and operator: " + self.nodeOperator() + " (" + self.func() +
         "): " + std::string(py::str(py::cast(self.code()).attr("name"))) + ": " + self.desc();
}

void bind_errors(py::module_& m) {
  add_enum<ErrorCode>(m, "ErrorCode", "Why a model was refused.", kCodes);
  add_enum<OnnxParserFlag>(m, "OnnxParserFlag", "Ways to parse.", kFlags);
  py::class_<IParserError, Borrowed<IParserError>>(m, "ParserError",
                                                   "One reason; belongs to its parser.")
      .def("code", &IParserError::code)
      .def("desc", &IParserError::desc)
      .def("file", &IParserError::file)
      .def("line", &IParserError::line)
      .def("func", &IParserError::func)
      .def("node", &IParserError::node)
      .def("node_name", &IParserError::nodeName)
      .def("node_operator", &IParserError::nodeOperator)
      .def("local_function_stack", &function_stack)
      .def("local_function_stack_size", &IParserError::localFunctionStackSize)
      .def("__str__", &text_of)
      .def("__repr__", &text_of);
}

IParser* make_parser(nvinfer1::INetworkDefinition& network, const py::object& logger) {
  keep_forever(logger);
  auto* parser = nvonnxparser::createParser(network, logger.cast<nvinfer1::ILogger&>());
  if (parser == nullptr) throw std::runtime_error("the parser could not be made: see the log");
  return parser;
}

void add_parsing(ParserClass& bound) {
  bound.def(py::init(&make_parser), py::arg("network"), py::arg("logger"), py::keep_alive<1, 2>())
      .def(
          "parse",
          [](IParser& self, const py::buffer& content, const char* path) {
            const Model model(content);
            return released([&] { return self.parse(model.info.ptr, model.size(), path); });
          },
          py::arg("model"), py::arg("path") = nullptr, py::keep_alive<1, 2>(),
          "Parses a model's bytes into the network; False where that fails. `path`: the file they "
          "came from, for data kept beside it.")
      .def(
          "parse_from_file",
          [](IParser& self, const std::string& path) {
            return released([&] { return self.parseFromFile(path.c_str(), 2); });
          },
          py::arg("model"))
      .def(
          "parse_with_weight_descriptors",
          [](IParser& self, const py::buffer& content) {
            const Model model(content);
            return released(
                [&] { return self.parseWithWeightDescriptors(model.info.ptr, model.size()); });
          },
          py::arg("model"), py::keep_alive<1, 2>())
      .def(
          "load_model_proto",
          [](IParser& self, const py::buffer& content, const char* path) {
            const Model model(content);
            return released(
                [&] { return self.loadModelProto(model.info.ptr, model.size(), path); });
          },
          py::arg("model"), py::arg("path") = nullptr, py::keep_alive<1, 2>())
      .def(
          "load_initializer",
          [](IParser& self, const char* name, uintptr_t data, size_t size) {
            return self.loadInitializer(name, reinterpret_cast<const void*>(data), size);
          },
          py::arg("name"), py::arg("data"), py::arg("size"))
      .def("parse_model_proto",
           [](IParser& self) { return released([&] { return self.parseModelProto(); }); });
}

void add_capability(ParserClass& bound) {
  bound
      .def(
          "supports_model",
          [](IParser& self, const py::buffer& content, const char* path) {
            const Model model(content);
            SubGraphCollection_t parts;
            const bool whole = self.supportsModel(model.info.ptr, model.size(), parts, path);
            return std::make_pair(whole, parts);
          },
          py::arg("model"), py::arg("path") = nullptr,
          "(whether all of it is supported, [([nodes], supported)]).")
      .def(
          "supports_model_v2",
          [](IParser& self, const py::buffer& content, const char* path) {
            const Model model(content);
            return self.supportsModelV2(model.info.ptr, model.size(), path);
          },
          py::arg("model"), py::arg("path") = nullptr)
      .def_property_readonly("num_subgraphs", &IParser::getNbSubgraphs)
      .def("is_subgraph_supported", &IParser::isSubgraphSupported, py::arg("index"))
      .def(
          "get_subgraph_nodes",
          [](IParser& self, int64_t index) {
            int64_t length = 0;
            const int64_t* first = self.getSubgraphNodes(index, length);
            return std::vector<int64_t>(first, first + length);
          },
          py::arg("index"))
      .def("supports_operator", &IParser::supportsOperator, py::arg("op_name"))
      .def("get_used_vc_plugin_libraries", [](IParser& self) {
        int64_t count = 0;
        const char* const* first = self.getUsedVCPluginLibraries(count);
        return std::vector<std::string>(first, first + count);
      });
}

}  // namespace

void bind_parser(py::module_& m) {
  bind_errors(m);
  ParserClass bound(m, "OnnxParser", py::dynamic_attr(),
                    "Fills a network from an ONNX model. The bytes of the model are kept alive.");
  add_parsing(bound);
  add_capability(bound);
  bound.def_property_readonly("num_errors", &IParser::getNbErrors)
      .def("get_error", &IParser::getError, py::arg("index"), kInternal)
      .def("clear_errors", &IParser::clearErrors)
      .def_property("flags", &IParser::getFlags, &IParser::setFlags)
      .def("set_flag", &IParser::setFlag, py::arg("flag"))
      .def("clear_flag", &IParser::clearFlag, py::arg("flag"))
      .def("get_flag", &IParser::getFlag, py::arg("flag"))
      .def("get_layer_output_tensor", &IParser::getLayerOutputTensor, py::arg("name"), py::arg("i"),
           kInternal)
      .def("set_builder_config", &IParser::setBuilderConfig, py::arg("builder_config"),
           py::keep_alive<1, 2>())
      .def("__enter__", [](const py::object& self) { return self; })
      .def("__exit__", [](IParser&, const py::args&) {});
  m.def("get_nv_onnx_parser_version", &getNvOnnxParserVersion);
}

}  // namespace tenon::python
