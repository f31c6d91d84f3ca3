// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The fixture of the reference kernels' tests: numbers in, numbers out.
#pragma once

#include <gtest/gtest.h>

#include "backends/ref/evaluate.h"

namespace tenon::ref {

template <class T = float>
ops::ConstantRef tensor(const Dims& dims, const std::vector<T>& values) {
  EXPECT_EQ(dims.volume(), static_cast<int64_t>(values.size()));
  return ops::ConstantData::of<T>(dims, values);
}
inline ops::ConstantRef boolean(const Dims& dims, const std::vector<uint8_t>& values) {
  return ops::ConstantData::copy(DType::Bool, dims, std::as_bytes(std::span(values)));
}
/// 0, 1, 2, …
inline ops::ConstantRef counting(const Dims& dims) {
  std::vector<float> values(static_cast<size_t>(dims.volume()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return tensor(dims, values);
}

/// The one output, or null when it cannot be computed.
inline ops::ConstantRef compute(const ops::Op& op, const std::vector<ops::ConstantRef>& inputs) {
  std::vector<const ops::ConstantData*> views;
  for (const auto& input : inputs) views.push_back(input.get());
  auto result = evaluate(op, views);
  return result.ok() ? result->at(0) : nullptr;
}

/// All elements of a tensor as double; one NaN when there is no tensor.
inline std::vector<double> reals(const ops::ConstantRef& data) {
  if (!data) return {std::nan("")};
  std::vector<double> values;
  for (int64_t i = 0; i < data->count(); ++i) values.push_back(data->real(i));
  return values;
}
inline std::vector<double> results(const ops::Op& op, const std::vector<ops::ConstantRef>& inputs) {
  return reals(compute(op, inputs));
}

}  // namespace tenon::ref
