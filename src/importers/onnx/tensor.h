// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From TensorProto to constants: element types, inline numbers and external files.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "importers/onnx/wire.h"
#include "ops/constant_data.h"

namespace tenon::onnx {

/// Our type for TensorProto.DataType `number`; nullopt for types we lack (strings, complex, …).
std::optional<DType> find_dtype(int64_t number) noexcept;
/// "uint16" for 4, "number 99" for what ONNX does not know.
std::string data_type_name(int64_t number);

/// The dims of a TensorProto, checked: rank at most Dims::kMaxRank, nothing negative, a byte size
/// that fits in 63 bits. `what` names the tensor in a refusal.
Result<Dims> checked_dims(std::span<const int64_t> dims, DType dtype, std::string_view what,
                          Diagnostics& diag);

/// Makes constants of a model's tensors. Raw bytes are used in place, without regard to alignment;
/// typed fields are copied; external files are mapped, once each. Not thread-safe.
class TensorReader {
 public:
  /// `owner` keeps the model's bytes alive: constants share it. Null: raw bytes are copied.
  /// `folder` is where external files lie; empty: external data are refused.
  TensorReader(std::shared_ptr<const void> owner, std::string folder)
      : owner_(std::move(owner)), folder_(std::move(folder)) {}

  /// Fails with Unsupported for a type we lack, InvalidModel for wrong sizes and for paths that
  /// lead out of the folder, Io when a file cannot be read; the sentence names the tensor.
  Result<ops::ConstantRef> constant(const wire::Tensor& tensor, Diagnostics& diag);
  /// The same with the user's numbers in place of the tensor's own, used where they lie.
  static Result<ops::ConstantRef> constant_of(const wire::Tensor& tensor,
                                              std::span<const std::byte> numbers,
                                              Diagnostics& diag);

 private:
  /// Bytes and who keeps them alive.
  struct Source {
    View bytes;
    std::shared_ptr<const void> owner;
  };
  /// What a tensor says of its numbers.
  struct Form {
    DType dtype;
    Dims dims;
    size_t size;  ///< bytes
  };
  static Result<Form> form_of(const wire::Tensor& tensor, const std::string& what,
                              Diagnostics& diag);
  Result<Source> external(const wire::Tensor& tensor, size_t size, Diagnostics& diag);
  Result<Source> open(const std::string& location, std::string_view tensor, Diagnostics& diag);

  std::shared_ptr<const void> owner_;
  std::string folder_;
  std::map<std::string, Source, std::less<>> files_;
};

}  // namespace tenon::onnx
