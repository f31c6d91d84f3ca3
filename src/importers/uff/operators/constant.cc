// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Constants.
#include "importers/uff/table.h"

namespace tenon::uff {

namespace {

/// Extents that can be multiplied without overflow.
Result<Dims> constant_dims(Context& node, DType dtype) {
  TENON_ASSIGN(const std::vector<int64_t> extents, node.integers("shape"));
  if (extents.size() > static_cast<size_t>(Dims::kMaxRank)) {
    return node.fail(Code::Unsupported, "has rank {}: ranks above {} are not supported",
                     extents.size(), Dims::kMaxRank);
  }
  Dims dims;
  int64_t bits = bit_width(dtype);
  for (const int64_t extent : extents) {
    if (extent < 0) return node.fail(Code::InvalidModel, "has the negative extent {}", extent);
    if (__builtin_mul_overflow(bits, std::max<int64_t>(extent, 1), &bits)) {
      return node.fail(Code::InvalidModel, "is too large: its extents multiply beyond 64 bits");
    }
    dims.push_back(extent);
  }
  return dims;
}

Status import_const(Context& node) {
  TENON_TRY(node.expect_inputs(0));
  TENON_TRY(node.expect_field("values"));
  TENON_TRY(node.expect_field("dtype"));
  TENON_ASSIGN(const wire::Data type, node.data("dtype"));
  if (type.kind != wire::Kind::Type) {
    return node.fail(Code::InvalidModel, "field dtype is {}, but must be a data type",
                     to_words(type.kind));
  }
  const auto dtype = find_dtype(type.integers.front());
  if (!dtype) {
    return node.fail(Code::Unsupported, "is of type number {}, which is not supported",
                     type.integers.front());
  }
  TENON_ASSIGN(const Dims dims, constant_dims(node, *dtype));
  TENON_ASSIGN(const wire::Data values, node.data("values"));
  if (values.kind != wire::Kind::Blob) {
    return node.fail(Code::InvalidModel, "field values is {}, but must be a blob",
                     to_words(values.kind));
  }
  const size_t size = byte_size(*dtype, static_cast<size_t>(dims.volume()));
  if (values.blob.size() != size) {
    return node.fail(Code::InvalidModel,
                     "of type {} and shape {} needs {} bytes of numbers, but the file gives {}",
                     to_string(*dtype), to_string(dims), size, values.blob.size());
  }
  Session& session = node.session();
  auto data = session.owner == nullptr ? ops::ConstantData::copy(*dtype, dims, values.blob)
                                       : std::make_shared<const ops::ConstantData>(
                                             *dtype, dims, values.blob, session.owner);
  node.result(session.graph.add_constant(std::move(data), std::string(node.node().id)),
              Stored::AsFile);
  return {};
}

constexpr Row kConstantRows[] = {{"Const", import_const}};

}  // namespace

std::span<const Row> constant_rows() { return kConstantRows; }

}  // namespace tenon::uff
