// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading test data, and fixing inputs of a model.
#include "test_case.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include "importers/onnx/tensor.h"

namespace tenon::onnx_nodes {

namespace fs = std::filesystem;

namespace {

fs::path tensor_file(const fs::path& folder, std::string_view kind, size_t index) {
  return folder / fmt::format("{}_{}.pb", kind, index);
}

std::string read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A file of numbers. Tests of bfloat16 keep its bits as uint16: the last type said is the one.
std::string tensor_text(const fs::path& folder, std::string_view kind, size_t i) {
  std::string text = read_text(tensor_file(folder, kind, i));
  if (folder.string().find("BFLOAT16") == std::string::npos) return text;
  constexpr protozero::pbf_tag_type kDataType = 2;
  constexpr int32_t kUint16 = 4, kBfloat16 = 16;  // TensorProto.DataType
  int32_t type = 0;
  protozero::pbf_reader reader(text);
  while (reader.next()) {
    if (reader.tag() == kDataType) {
      type = reader.get_int32();
    } else {
      reader.skip();
    }
  }
  if (type == kUint16) protozero::pbf_writer(text).add_int32(kDataType, kBfloat16);
  return text;
}

Status read_tensors(const fs::path& folder, std::string_view kind,
                    std::vector<ops::ConstantRef>& tensors, Diagnostics& diag) {
  onnx::TensorReader reader(nullptr, "");
  for (size_t i = 0; fs::exists(tensor_file(folder, kind, i)); ++i) {
    const std::string bytes = tensor_text(folder, kind, i);
    onnx::wire::Tensor tensor;
    TENON_TRY(onnx::wire::decode_tensor(std::as_bytes(std::span(bytes)), tensor, diag));
    TENON_ASSIGN(ops::ConstantRef data, reader.constant(tensor, diag));
    tensors.push_back(std::move(data));
  }
  return {};
}

}  // namespace

Result<DataSet> read_data_set(const fs::path& folder, Diagnostics& diag) {
  DataSet data{folder, {}, {}};
  TENON_TRY(read_tensors(folder, "input", data.inputs, diag));
  TENON_TRY(read_tensors(folder, "output", data.outputs, diag));
  if (data.outputs.empty())
    return diag.fail(Code::NotFound, "'{}' has no outputs", folder.string());
  return data;
}

std::vector<fs::path> data_sets_of(const fs::path& test) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(test)) {
    if (entry.is_directory()) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::string with_fixed_inputs(std::string_view model, const DataSet& data,
                              const std::vector<size_t>& positions) {
  constexpr protozero::pbf_tag_type kGraph = 7, kInitializer = 5;
  std::string fixed;
  protozero::pbf_writer writer(fixed);
  protozero::pbf_reader reader(model.data(), model.size());
  while (reader.next()) {
    if (reader.tag() == kGraph) {
      std::string graph(reader.get_view());
      protozero::pbf_writer more(graph);
      for (const size_t i : positions) {
        more.add_message(kInitializer, tensor_text(data.folder, "input", i));
      }
      writer.add_message(kGraph, graph);
    } else if (reader.wire_type() == protozero::pbf_wire_type::varint) {
      const auto tag = reader.tag();
      writer.add_int64(tag, reader.get_int64());
    } else {
      const auto tag = reader.tag();
      writer.add_bytes(tag, reader.get_view());
    }
  }
  return fixed;
}

}  // namespace tenon::onnx_nodes
