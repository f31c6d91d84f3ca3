// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types, sizes and inline numbers of tensors.
#include "importers/onnx/tensor.h"

#include <array>
#include <cstring>

namespace tenon::onnx {

namespace {

/// One TensorProto.DataType: its name and our type, if there is one.
struct DataType {
  std::string_view name;
  std::optional<DType> dtype;
};
// In the order of TensorProto.DataType. Source: onnx.proto.
constexpr std::array<DataType, 27> kDataTypes{{{"undefined", {}},
                                               {"float32", DType::F32},
                                               {"uint8", DType::U8},
                                               {"int8", DType::I8},
                                               {"uint16", DType::U16},
                                               {"int16", DType::I16},
                                               {"int32", DType::I32},
                                               {"int64", DType::I64},
                                               {"string", {}},
                                               {"bool", DType::Bool},
                                               {"float16", DType::F16},
                                               {"float64", DType::F64},
                                               {"uint32", {}},
                                               {"uint64", {}},
                                               {"complex64", {}},
                                               {"complex128", {}},
                                               {"bfloat16", DType::BF16},
                                               {"float8e4m3fn", DType::F8E4M3},
                                               {"float8e4m3fnuz", {}},
                                               {"float8e5m2", DType::F8E5M2},
                                               {"float8e5m2fnuz", {}},
                                               {"uint4", DType::U4},
                                               {"int4", DType::I4},
                                               {"float4e2m1", DType::F4E2M1},
                                               {"float8e8m0", DType::F8E8M0},
                                               {"uint2", DType::U2},
                                               {"int2", DType::I2}}};

/// Bytes of the typed field that holds a tensor of `dtype`: float_data, int32_data, int64_data or
/// double_data. A wrong element count shows in the size.
Result<AlignedBuffer> typed_bytes(const wire::Tensor& tensor, DType dtype) {
  std::vector<float> floats;
  std::vector<double> doubles;
  std::vector<int64_t> integers;
  Fields fields(tensor.message);
  while (fields.next()) {
    const uint32_t number = fields.number();
    if (number == 4 && dtype == DType::F32) fields.append_to(floats);
    if (number == 10 && dtype == DType::F64) fields.append_to(doubles);
    const bool narrow = dtype != DType::F32 && dtype != DType::F64 && dtype != DType::I64;
    if (number == 5 && narrow) fields.append_to(integers);
    if (number == 7 && dtype == DType::I64) fields.append_to(integers);
  }
  if (!fields.ok()) return Status{Code::InvalidModel, "typed numbers are cut off"};
  if (dtype == DType::F32 || dtype == DType::F64) {
    const View view =
        dtype == DType::F32 ? std::as_bytes(std::span(floats)) : std::as_bytes(std::span(doubles));
    AlignedBuffer buffer(view.size());
    if (buffer.size() > 0) std::memcpy(buffer.data(), view.data(), buffer.size());
    return buffer;
  }
  // Each entry holds one element, or two of four bits, in its low bytes.
  const size_t width = byte_size(dtype, 1);
  AlignedBuffer buffer(integers.size() * width);
  for (size_t i = 0; i < integers.size() && buffer.size() > 0; ++i) {
    std::memcpy(buffer.data() + i * width, &integers[i], width);
  }
  return buffer;
}

}  // namespace

std::optional<DType> find_dtype(int64_t number) noexcept {
  const bool known = number >= 0 && number < static_cast<int64_t>(kDataTypes.size());
  return known ? kDataTypes[static_cast<size_t>(number)].dtype : std::nullopt;
}

std::string data_type_name(int64_t number) {
  const bool known = number >= 0 && number < static_cast<int64_t>(kDataTypes.size());
  return known ? std::string(kDataTypes[static_cast<size_t>(number)].name)
               : fmt::format("number {}", number);
}

Result<Dims> checked_dims(std::span<const int64_t> dims, DType dtype, std::string_view what,
                          Diagnostics& diag) {
  if (dims.size() > static_cast<size_t>(Dims::kMaxRank)) {
    return diag.fail(Code::Unsupported, "{} has rank {}: ranks above {} are not supported", what,
                     dims.size(), Dims::kMaxRank);
  }
  Dims checked;
  int64_t bits = bit_width(dtype);
  bool empty = false;
  for (const int64_t extent : dims) {
    if (extent < 0) {
      return diag.fail(Code::InvalidModel, "{} has the negative extent {}", what, extent);
    }
    checked.push_back(extent);
    empty = empty || extent == 0;
  }
  // An empty tensor may have other extents as large as it likes, but not so that products overflow.
  for (const int64_t extent : dims) {
    if (__builtin_mul_overflow(bits, empty && extent == 0 ? 1 : extent, &bits)) {
      return diag.fail(Code::InvalidModel, "{} is too large: {}", what, to_string(checked));
    }
  }
  return checked;
}

Result<TensorReader::Form> TensorReader::form_of(const wire::Tensor& tensor,
                                                 const std::string& what, Diagnostics& diag) {
  const auto dtype = find_dtype(tensor.data_type);
  if (!dtype) {
    return diag.fail(Code::Unsupported, "{} is of type {}, which is not supported", what,
                     data_type_name(tensor.data_type));
  }
  TENON_ASSIGN(const Dims dims, checked_dims(tensor.dims, *dtype, what, diag));
  return Form{*dtype, dims, byte_size(*dtype, static_cast<size_t>(dims.volume()))};
}

Result<ops::ConstantRef> TensorReader::constant_of(const wire::Tensor& tensor,
                                                   std::span<const std::byte> numbers,
                                                   Diagnostics& diag) {
  const std::string what = fmt::format("tensor \"{}\"", tensor.name);
  TENON_ASSIGN(const Form form, form_of(tensor, what, diag));
  if (numbers.size() != form.size) {
    return diag.fail(Code::InvalidArgument,
                     "{} of type {} and shape {} needs {} bytes of numbers, but is given {}", what,
                     to_string(form.dtype), to_string(form.dims), form.size, numbers.size());
  }
  return ops::ConstantRef(
      std::make_shared<const ops::ConstantData>(form.dtype, form.dims, numbers, nullptr));
}

Result<ops::ConstantRef> TensorReader::constant(const wire::Tensor& tensor, Diagnostics& diag) {
  const std::string what = fmt::format("tensor \"{}\"", tensor.name);
  TENON_ASSIGN(const Form form, form_of(tensor, what, diag));
  const auto& [dtype, dims, size] = form;
  Source source;
  if (tensor.external) {
    TENON_ASSIGN(source, external(tensor, size, diag));
  } else if (tensor.raw) {
    source = {*tensor.raw, owner_};
  } else {
    auto typed = typed_bytes(tensor, dtype);
    if (!typed.ok()) {
      return diag.fail(Code::InvalidModel, "{}: {}", what, typed.status().what);
    }
    const auto kept = std::make_shared<const AlignedBuffer>(std::move(typed).value());
    source = {kept->bytes(), kept};
  }
  if (source.bytes.size() != size) {
    return diag.fail(Code::InvalidModel,
                     "{} of type {} and shape {} needs {} bytes of numbers, but the file gives {}",
                     what, to_string(dtype), to_string(dims), size, source.bytes.size());
  }
  if (source.owner == nullptr) return ops::ConstantData::copy(dtype, dims, source.bytes);
  return ops::ConstantRef(std::make_shared<const ops::ConstantData>(dtype, dims, source.bytes,
                                                                    std::move(source.owner)));
}

}  // namespace tenon::onnx
