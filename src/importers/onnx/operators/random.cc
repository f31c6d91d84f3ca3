// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Random numbers, the same in every run of one engine, and windows of signals.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "base/hash.h"
#include "importers/onnx/table.h"

namespace tenon::onnx {

namespace {

using ops::FillKind;

/// The attribute's bits; without one, what the node's name gives.
Result<int64_t> read_seed(Context& node) {
  TENON_ASSIGN(const float seed, node.real("seed", 0));
  if (!node.has_attribute("seed")) return static_cast<int64_t>(hash64(node.name()));
  return static_cast<int64_t>(std::bit_cast<uint32_t>(seed));
}

/// The attribute dtype; `otherwise` without one.
Result<DType> read_type(Context& node, DType otherwise) {
  if (!node.has_attribute("dtype")) return otherwise;
  TENON_ASSIGN(const int64_t number, node.integer("dtype", 0));
  if (const auto dtype = find_dtype(number)) return *dtype;
  return node.fail(Code::Unsupported, "attribute dtype is {}, which is not supported",
                   data_type_name(number));
}

Status fill(Context& node, FillKind kind, expr::Shape shape, DType otherwise) {
  const bool uniform = kind == FillKind::Uniform;
  ops::Fill op{kind, std::move(shape), otherwise, 0, 1, 0};
  TENON_ASSIGN(op.type, read_type(node, otherwise));
  TENON_ASSIGN(const float start, node.real(uniform ? "low" : "mean", 0));
  TENON_ASSIGN(const float step, node.real(uniform ? "high" : "scale", 1));
  op.start = static_cast<double>(start);
  op.step = static_cast<double>(step);
  TENON_ASSIGN(op.seed, read_seed(node));
  return node.finish(std::move(op), {});
}

template <FillKind kind>
Status import_random(Context& node) {
  TENON_TRY(node.expect_inputs(0, 0));
  TENON_TRY(node.expect_attribute("shape"));
  TENON_ASSIGN(const std::vector<int64_t> shape, node.integers("shape"));
  return fill(node, kind, {shape.begin(), shape.end()}, DType::F32);
}

template <FillKind kind>
Status import_random_like(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  return fill(node, kind, node.shape(0), node.dtype(0));
}

/// True where a uniform random number is below the input.
Status import_bernoulli(Context& node) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const DType dtype, read_type(node, node.dtype(0)));
  ops::Fill op{FillKind::Uniform, node.shape(0), node.dtype(0), 0, 1, 0};
  TENON_ASSIGN(op.seed, read_seed(node));
  TENON_ASSIGN(ir::Value * random, node.add(std::move(op), {}, "random"));
  TENON_ASSIGN(ir::Value * below, node.add(ops::ElementWise{ops::ElementWiseKind::Less},
                                           {random, node.in(0)}, "below"));
  return node.finish(ops::Cast{dtype}, {below});
}

/// No window is longer than this.
constexpr int64_t kLongest = 1 << 24;

/// a − b cos(2πi/n) + c cos(4πi/n) for size elements; n is the size, or one less.
Status window(Context& node, double a, double b, double c) {
  TENON_TRY(node.expect_inputs(1, 1));
  TENON_ASSIGN(const std::vector<int64_t> size, node.numbers(0, "the size"));
  TENON_ASSIGN(const int64_t periodic, node.integer("periodic", 1));
  TENON_ASSIGN(const int64_t number, node.integer("output_datatype", 1));
  const auto dtype = find_dtype(number);
  if (size.size() != 1 || size[0] < 0 || size[0] > kLongest) {
    return node.fail(Code::InvalidModel, "the size is not one number of 0 to {}", kLongest);
  }
  if (!dtype || !is_floating(*dtype) || is_storage(*dtype)) {
    return node.fail(Code::Unsupported, "attribute output_datatype is {}, which is not supported",
                     data_type_name(number));
  }
  const auto period =
      static_cast<double>(std::max<int64_t>(periodic != 0 ? size[0] : size[0] - 1, 1));
  std::vector<double> values;
  for (int64_t i = 0; i < size[0]; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / period;
    values.push_back(a - b * std::cos(angle) + c * std::cos(2 * angle));
  }
  return node.finish(ops::Constant{make_constant(*dtype, {size[0]}, values)}, {});
}

Status import_hann(Context& node) { return window(node, 0.5, 0.5, 0); }
Status import_hamming(Context& node) { return window(node, 25.0 / 46, 21.0 / 46, 0); }
Status import_blackman(Context& node) { return window(node, 0.42, 0.5, 0.08); }

constexpr Row kRandomRows[] = {
    {"Bernoulli", 15, kNoEnd, import_bernoulli},
    {"BlackmanWindow", 17, kNoEnd, import_blackman},
    {"HammingWindow", 17, kNoEnd, import_hamming},
    {"HannWindow", 17, kNoEnd, import_hann},
    {"RandomNormal", 1, kNoEnd, import_random<FillKind::Normal>},
    {"RandomNormalLike", 1, kNoEnd, import_random_like<FillKind::Normal>},
    {"RandomUniform", 1, kNoEnd, import_random<FillKind::Uniform>},
    {"RandomUniformLike", 1, kNoEnd, import_random_like<FillKind::Uniform>},
};

}  // namespace

std::span<const Row> random_rows() { return kRandomRows; }

}  // namespace tenon::onnx
