// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Output shapes of a quick plugin, written as arithmetic on extents that may not be known yet.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "nvinfer1/expr.h"

namespace tenon {
namespace quick {

/// One extent: a number, or an expression over the extents of the inputs. Converts from numbers and
/// follows +, -, * and / (which rounds down), ceil_div, min and max. A value; valid as long as the
/// call to shapes() in which it was made.
class Extent {
 public:
  Extent(std::int64_t number = 0) : number_(number) {}  // NOLINT: numbers are extents
  Extent(nvinfer1::IExprBuilder& builder, nvinfer1::IDimensionExpr const& expression)
      : builder_(&builder), expression_(&expression) {}

  /// The number; throws std::domain_error when this is an expression.
  std::int64_t number() const {
    if (expression_ != nullptr) throw std::domain_error("an extent is not known yet");
    return number_;
  }

  /// This extent as an expression of `builder`.
  nvinfer1::IDimensionExpr const& in(nvinfer1::IExprBuilder& builder) const {
    return expression_ != nullptr ? *expression_ : there(builder.constant(number_));
  }

  /// `first op second`; throws std::domain_error for a division by the number zero.
  static Extent of(nvinfer1::DimensionOperation op, Extent const& first, Extent const& second) {
    auto* const builder = first.builder_ != nullptr ? first.builder_ : second.builder_;
    if (builder == nullptr) return compute(op, first.number_, second.number_);
    return {*builder, there(builder->operation(op, first.in(*builder), second.in(*builder)))};
  }

 private:
  static nvinfer1::IDimensionExpr const& there(nvinfer1::IDimensionExpr const* expression) {
    if (expression == nullptr) throw std::domain_error("an extent could not be computed");
    return *expression;
  }

  static std::int64_t compute(nvinfer1::DimensionOperation op, std::int64_t a, std::int64_t b) {
    using Op = nvinfer1::DimensionOperation;
    bool const divides = op == Op::kFLOOR_DIV || op == Op::kCEIL_DIV;
    if (divides && b == 0) throw std::domain_error("an extent is divided by zero");
    std::int64_t const below = divides ? a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0) : 0;
    switch (op) {
      case Op::kSUM:
        return a + b;
      case Op::kPROD:
        return a * b;
      case Op::kMAX:
        return std::max(a, b);
      case Op::kMIN:
        return std::min(a, b);
      case Op::kSUB:
        return a - b;
      case Op::kEQUAL:
        return a == b ? 1 : 0;
      case Op::kLESS:
        return a < b ? 1 : 0;
      case Op::kFLOOR_DIV:
        return below;
      case Op::kCEIL_DIV:
        return below + (a % b != 0 ? 1 : 0);
    }
    throw std::domain_error("an extent needs an operation that is not known here");
  }

  nvinfer1::IExprBuilder* builder_ = nullptr;
  nvinfer1::IDimensionExpr const* expression_ = nullptr;
  std::int64_t number_ = 0;
};

inline Extent operator+(Extent const& a, Extent const& b) {
  return Extent::of(nvinfer1::DimensionOperation::kSUM, a, b);
}
inline Extent operator-(Extent const& a, Extent const& b) {
  return Extent::of(nvinfer1::DimensionOperation::kSUB, a, b);
}
inline Extent operator*(Extent const& a, Extent const& b) {
  return Extent::of(nvinfer1::DimensionOperation::kPROD, a, b);
}
inline Extent operator/(Extent const& a, Extent const& b) {
  return Extent::of(nvinfer1::DimensionOperation::kFLOOR_DIV, a, b);
}
inline Extent ceil_div(Extent const& a, Extent const& b) {
  return Extent::of(nvinfer1::DimensionOperation::kCEIL_DIV, a, b);
}
inline Extent min(Extent const& a, Extent const& b) {
  return Extent::of(nvinfer1::DimensionOperation::kMIN, a, b);
}
inline Extent max(Extent const& a, Extent const& b) {
  return Extent::of(nvinfer1::DimensionOperation::kMAX, a, b);
}

/// The extents of one tensor, outermost first.
using Shape = std::vector<Extent>;

/// What shapes() reads and fills in. Positions beyond the end throw std::out_of_range.
class Shapes {
  Shape read(nvinfer1::DimsExprs const& dims) {
    Shape shape;
    for (std::int32_t d = 0; d < dims.nbDims; ++d) shape.emplace_back(*builder_, *dims.d[d]);
    return shape;
  }

  template <class List>
  static auto& at(List& list, std::size_t i, char const* what) {
    if (i < list.size()) return list[i];
    throw std::out_of_range("shapes() asks for " + std::string(what) + ' ' + std::to_string(i) +
                            "; there are " + std::to_string(list.size()));
  }

 public:
  Shapes(nvinfer1::DimsExprs const* inputs, std::int32_t input_count,
         nvinfer1::DimsExprs const* values, std::int32_t value_count, std::int32_t output_count,
         nvinfer1::IExprBuilder& builder)
      : builder_(&builder), outputs_(static_cast<std::size_t>(output_count)) {
    for (std::int32_t i = 0; i < input_count; ++i) inputs_.push_back(read(inputs[i]));
    for (std::int32_t i = 0; i < value_count; ++i) values_.push_back(read(values[i]));
  }

  /// Extents that are known: outputs become numbers.
  Shapes(std::vector<Shape> inputs, std::size_t output_count)
      : inputs_(std::move(inputs)), outputs_(output_count) {}

  std::size_t inputs() const { return inputs_.size(); }
  Shape const& input(std::size_t i) const { return at(inputs_, i, "input"); }

  /// The values of shape input `i`, in order.
  Shape const& values(std::size_t i) const { return at(values_, i, "shape input"); }

  /// To be filled in; no extents make a scalar.
  Shape& output(std::size_t i) { return at(outputs_, i, "output"); }

  /// An extent that only the run finds out: the plugin writes it, as one number, to output `i`,
  /// which thereby is a scalar of kINT32 or kINT64. The engine is tuned for `expected` and makes
  /// room for `bound`.
  Extent size_tensor(std::size_t i, Extent const& expected, Extent const& bound) {
    output(i).clear();
    if (builder_ == nullptr) throw std::domain_error("a size tensor is no known extent");
    auto const* const declared = builder_->declareSizeTensor(
        static_cast<std::int32_t>(i), expected.in(*builder_), bound.in(*builder_));
    if (declared == nullptr) throw std::domain_error("the engine refuses the size tensor");
    return {*builder_, *declared};
  }

  /// Hands the outputs over.
  void write(nvinfer1::DimsExprs* into) const {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (outputs_[i].size() > static_cast<std::size_t>(nvinfer1::Dims::MAX_DIMS)) {
        throw std::out_of_range("output " + std::to_string(i) + " has more than 8 extents");
      }
      into[i].nbDims = static_cast<std::int32_t>(outputs_[i].size());
      for (std::size_t d = 0; d < outputs_[i].size(); ++d)
        into[i].d[d] = &outputs_[i][d].in(*builder_);
    }
  }

 private:
  nvinfer1::IExprBuilder* builder_ = nullptr;
  std::vector<Shape> inputs_, values_, outputs_;
};

}  // namespace quick
}  // namespace tenon
