// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Seeded tensors, and the node a case stands for.
#include "case.h"

#include <gtest/gtest.h>

#include <cmath>

#include "backends/ref/evaluate.h"
#include "backends/ref/storage.h"
#include "base/hash.h"
#include "ops/rule.h"
#include "ops/small_floats.h"

namespace tenon::conformance {

uint64_t Random::next() noexcept {
  // SplitMix64. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
  state_ += 0x9e3779b97f4a7c15U;
  uint64_t z = state_;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return z ^ z >> 31;
}

Case& Case::add(const Dims& dims, DType dtype, bool constant) {
  Tensor tensor;
  tensor.dtype = dtype;
  tensor.dims = dims;
  tensor.constant = constant;
  if (ops::is_integer(dtype)) tensor.low = dtype == DType::U8 ? 0 : -8, tensor.high = 8;
  if (dtype == DType::Bool) tensor.low = 0;
  tensors_.push_back(std::move(tensor));
  return *this;
}

Case& Case::input(const Dims& dims, DType dtype) { return add(dims, dtype, false); }
Case& Case::constant(const Dims& dims, DType dtype) { return add(dims, dtype, true); }

Case& Case::absent() {
  tensors_.emplace_back().present = false;
  return *this;
}

Case& Case::range(double low, double high) {
  tensors_.back().low = low;
  tensors_.back().high = high;
  return *this;
}

Case& Case::unit_sums(int64_t terms) {
  const double bound = 3 / std::sqrt(static_cast<double>(std::max<int64_t>(terms, 1)));
  return range(-bound, bound);
}

Case& Case::values(std::vector<double> numbers) {
  EXPECT_EQ(static_cast<int64_t>(numbers.size()), tensors_.back().dims.volume()) << name_;
  tensors_.back().numbers = std::move(numbers);
  return *this;
}

Case& Case::dynamic() { return dynamic_ = true, *this; }
Case& Case::one_step() {
  steps_ = 1;
  return *this;
}

Case& Case::fails() { return fails_ = true, *this; }

std::optional<Case> Case::in_type(DType dtype) const {
  Case other = *this;
  other.name_ += fmt::format(" in {}", to_string(dtype));
  bool any = false;
  std::vector<ops::TensorType> types(tensors_.size());
  std::vector<const ops::TensorType*> given;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    Tensor& tensor = other.tensors_[i];
    const bool changes = tensor.present && tensor.dtype == DType::F32;
    if (changes) tensor.dtype = dtype;
    any = any || changes;
    types[i] = {tensor.dtype, expr::to_shape(tensor.dims), {}};
    given.push_back(tensor.present ? &types[i] : nullptr);
  }
  if (!any || fails_) return std::nullopt;
  const std::vector<const ops::ConstantData*> unknown(tensors_.size(), nullptr);
  expr::SymbolTable symbols;
  CollectingSink sink;
  Diagnostics diag(sink);
  ops::Inference inference{given, unknown, symbols, diag, {}};
  const int64_t batch = batches()[0];
  if (!ops::infer(make_op_(expr::Expr(batch < 0 ? 1 : batch)), inference).ok()) return std::nullopt;
  return other;
}

std::vector<int64_t> Case::batches() const {
  if (!dynamic_) return {-1};
  for (const Tensor& tensor : tensors_) {
    if (tensor.present && !tensor.constant) return {tensor.dims[0], 1, 2 * tensor.dims[0]};
  }
  return {-1};
}

Dims Case::dims_of(const Tensor& tensor, int64_t batch) const {
  Dims dims = tensor.dims;
  if (batch >= 0 && tensor.present && !tensor.constant) dims[0] = batch;
  return dims;
}

namespace {

template <class T>
void put(Bytes& bytes, T value) {
  const auto raw = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

void put(Bytes& bytes, DType dtype, double value) {
  switch (dtype) {
    case DType::F32:
      return put(bytes, static_cast<float>(value));
    case DType::F64:
      return put(bytes, value);
    case DType::F16:
      return put(bytes, ops::float_to_half(static_cast<float>(value)));
    case DType::BF16:
      return put(bytes, ops::float_to_bf16(static_cast<float>(value)));
    case DType::I8:
      return put(bytes, static_cast<int8_t>(value));
    case DType::U8:
      return put(bytes, static_cast<uint8_t>(value));
    case DType::I16:
      return put(bytes, static_cast<int16_t>(value));
    case DType::I32:
      return put(bytes, static_cast<int32_t>(value));
    case DType::I64:
      return put(bytes, static_cast<int64_t>(value));
    case DType::Bool:
      return put(bytes, static_cast<uint8_t>(value >= 0.5 ? 1 : 0));
    default:
      FAIL() << "no numbers of type " << to_string(dtype);
  }
}

}  // namespace

Tensors Case::inputs(int64_t batch) const {
  Tensors result;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    const Tensor& tensor = tensors_[i];
    if (!tensor.present) {
      result.push_back(nullptr);
      continue;
    }
    const Dims dims = dims_of(tensor, batch);
    const uint64_t varying = tensor.constant ? 0 : static_cast<uint64_t>(batch + 1);
    Random random(hash64(name_, i) + varying);
    Bytes bytes;
    for (int64_t element = 0; element < dims.volume(); ++element) {
      double value = random.real(tensor.low, tensor.high);
      if (ops::is_integer(tensor.dtype)) value = std::round(value);
      if (!tensor.numbers.empty()) {
        value = tensor.numbers[static_cast<size_t>(element) % tensor.numbers.size()];
      }
      if (is_storage(tensor.dtype)) {
        bytes.resize(byte_size(tensor.dtype, static_cast<size_t>(element) + 1));
        ref::write_element(tensor.dtype, bytes.data(), element, value);
        continue;
      }
      put(bytes, tensor.dtype, value);
    }
    result.push_back(ops::ConstantData::copy(tensor.dtype, dims, bytes));
  }
  return result;
}

Tensors Case::expected(int64_t batch) const {
  const Tensors given = inputs(batch);
  std::vector<const ops::ConstantData*> views;
  for (const auto& tensor : given) views.push_back(tensor.get());
  auto result = ref::evaluate(make_op_(batch), views);
  return result.ok() ? std::move(*result) : Tensors{};
}

std::unique_ptr<Case::Node> Case::node() const {
  auto node = std::make_unique<Node>();
  expr::SymbolTable symbols;
  const expr::Expr symbol = symbols.named("N");
  const std::vector<int64_t> extents = batches();
  const bool dynamic = extents[0] >= 0;
  node->op = make_op_(symbol);
  node->constants = inputs(extents[0]);
  std::vector<ops::TensorType> types(tensors_.size());
  std::vector<const ops::TensorType*> given(tensors_.size(), nullptr);
  std::vector<const ops::ConstantData*> constants(tensors_.size(), nullptr);
  for (size_t i = 0; i < tensors_.size(); ++i) {
    const Tensor& tensor = tensors_[i];
    kernel::PortInfo& port = node->info.inputs.emplace_back();
    port.present = tensor.present;
    if (!tensor.present) continue;
    port.dtype = tensor.dtype;
    port.opt = tensor.dims;
    port.min = dynamic ? dims_of(tensor, extents[1]) : tensor.dims;
    port.max = dynamic ? dims_of(tensor, extents[2]) : tensor.dims;
    port.shape = expr::to_shape(tensor.dims);
    types[i] = {tensor.dtype, port.shape, {}};
    if (tensor.constant) {
      port.constant = constants[i] = node->constants[i].get();
      types[i].content = ops::content_of(*port.constant);
    } else if (dynamic) {
      types[i].shape[0] = port.shape[0] = symbol;
    }
    given[i] = &types[i];
  }
  CollectingSink sink;
  Diagnostics diag(sink);
  ops::Inference inference{given, constants, symbols, diag, {}};
  EXPECT_TRUE(ops::infer(node->op, inference).ok()) << name_ << ": " << sink.errors();
  // Sizes that only a run tells are at their greatest.
  const auto greatest = [&](const expr::Expr& e) {
    return expr::substitute(e, [&](expr::SymbolId id) {
      return symbols[id].data_dependent() ? *symbols[id].upper : expr::Expr::symbol(id);
    });
  };
  const auto at = [&](const expr::Shape& shape, int64_t batch) {
    Dims dims;
    for (const expr::Expr& e : shape) {
      dims.push_back(expr::evaluate(greatest(e), {&batch, 1}).value_or(-1));
    }
    return dims;
  };
  for (const ops::TensorType& type : inference.outputs) {
    kernel::PortInfo& port = node->info.outputs.emplace_back();
    port.dtype = type.dtype;
    port.shape = type.shape;
    port.opt = at(type.shape, extents[0]);
    port.min = dynamic ? at(type.shape, extents[1]) : port.opt;
    port.max = dynamic ? at(type.shape, extents[2]) : port.opt;
  }
  node->info.op = &node->op;
  node->info.name = name_;
  return node;
}

namespace {

/// The cases of f32 in 16 bits, too, but most of the random ones.
void add_small_types(std::vector<Case>& all) {
  const size_t count = all.size();
  for (size_t i = 0; i < count; ++i) {
    const bool random = all[i].name().find("random") != std::string::npos;
    if (random && i % 6 != 0) continue;
    if (const auto half = all[i].in_type(DType::F16)) all.push_back(*half);
    if (i % 5 != 0) continue;
    if (const auto other = all[i].in_type(DType::BF16)) all.push_back(*other);
  }
}

}  // namespace

const std::vector<Case>& all_cases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> all;
    add_convolutions(Cases(all, "convolution"));
    add_mat_muls(Cases(all, "mat_mul"));
    add_poolings(Cases(all, "pooling"));
    add_activations(Cases(all, "activation"));
    add_unaries(Cases(all, "unary"));
    add_element_wises(Cases(all, "element_wise"));
    add_pointwises(Cases(all, "pointwise"));
    add_reductions(Cases(all, "reduction"));
    add_movements(Cases(all, "movement"));
    add_small_types(all);
    add_quantised(Cases(all, "quantised"));
    add_resizes(Cases(all, "resize"));
    add_indices(Cases(all, "index"));
    add_visions(Cases(all, "vision"));
    add_attention(Cases(all, "attention"));
    return all;
  }();
  return cases;
}

}  // namespace tenon::conformance
