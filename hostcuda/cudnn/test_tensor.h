// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// For tests: tensors of any type and layout beside their values by index.
#pragma once

#include <cuda_runtime_api.h>
#include <cudnn.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "hostcuda/numeric/row.h"

namespace hostcuda::cudnn {

/// A type to try: its name, its format, and the distance between one and the next number.
struct Kind {
  cudnnDataType_t type;
  Number number;
  double epsilon;
};
inline constexpr Kind kF32{CUDNN_DATA_FLOAT, Number::F32, 0x1p-23};
inline constexpr Kind kF64{CUDNN_DATA_DOUBLE, Number::F64, 0x1p-52};
inline constexpr Kind kF16{CUDNN_DATA_HALF, Number::F16, 0x1p-10};
inline constexpr Kind kBf16{CUDNN_DATA_BFLOAT16, Number::Bf16, 0x1p-7};
inline constexpr Kind kS8{CUDNN_DATA_INT8, Number::S8, 1};

/// How far a result of magnitude `size` may lie from the truth: `steps` roundings of the float (or
/// double) it is worked out in, then one of the type it is written in.
inline double bound(const Kind& kind, double size, double steps) {
  const double work = kind.type == CUDNN_DATA_DOUBLE ? 0x1p-52 : 0x1p-23;
  const double written = kind.type == CUDNN_DATA_INT8 ? 0.501 : kind.epsilon * size;
  return steps * work * (size + 1) + written + (kind.type == CUDNN_DATA_HALF ? 0x1p-24 : 0);
}

using Index = std::vector<int>;

/// Calls `body` for every index within `dims`.
inline void each_index(const Index& dims, const std::function<void(const Index&)>& body) {
  Index index(dims.size());
  for (std::size_t axis = 0; axis < dims.size();) {
    body(index);
    for (axis = 0; axis < dims.size() && ++index[axis] == dims[axis]; ++axis) {
      index[axis] = 0;
    }
  }
}

/// A tensor in a layout chosen by chance: axes in any order, room between them or not.
class TestTensor {
 public:
  TestTensor(const Kind& kind, Index dims, std::mt19937& random) : kind_(kind), dims_(dims) {
    std::vector<std::size_t> order(dims.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random);
    strides_.resize(dims.size());
    int stride = random() % 3 == 0 ? 2 : 1;
    for (const std::size_t axis : order) {
      strides_[axis] = stride;
      stride = stride * dims[axis] + (random() % 3 == 0 ? 1 : 0);
    }
    bytes_.resize(static_cast<std::size_t>(stride) * bytes_of(kind.number) + 16);
    fill([&] {
      return kind.type == CUDNN_DATA_INT8
                 ? static_cast<double>(static_cast<int>(random() % 41) - 20)
                 : std::uniform_real_distribution<double>(-2, 2)(random);
    });
    EXPECT_EQ(cudnnCreateTensorDescriptor(&descriptor_), CUDNN_STATUS_SUCCESS);
    EXPECT_EQ(cudnnSetTensorNdDescriptor(descriptor_, kind.type, static_cast<int>(dims.size()),
                                         dims_.data(), strides_.data()),
              CUDNN_STATUS_SUCCESS);
  }
  ~TestTensor() { EXPECT_EQ(cudnnDestroyTensorDescriptor(descriptor_), CUDNN_STATUS_SUCCESS); }
  TestTensor(const TestTensor&) = delete;
  TestTensor& operator=(const TestTensor&) = delete;

  void fill(const std::function<double()>& next) {
    each_index(dims_, [&](const Index& index) { set(index, next()); });
  }
  void set(const Index& index, double value) {
    store_row(kind_.number, bytes_.data(), offset(index), 1, 1, &value);
  }
  double at(const Index& index) const {
    double value = 0;
    load_row(kind_.number, bytes_.data(), offset(index), 1, 1, &value);
    return value;
  }
  /// All values, in the order of each_index.
  std::vector<double> values() const {
    std::vector<double> out;
    each_index(dims_, [&](const Index& index) { out.push_back(at(index)); });
    return out;
  }
  /// Holds every element to `truth` of its index, within bound(kind, |truth|, steps).
  void expect(const std::function<double(const Index&)>& truth, double steps) const {
    each_index(dims_, [&](const Index& index) {
      const double wanted = truth(index);
      if (std::isnan(wanted)) {
        ASSERT_TRUE(std::isnan(at(index)));
        return;
      }
      std::string where;
      for (const int i : index) {
        where += " " + std::to_string(i);
      }
      ASSERT_NEAR(at(index), wanted, bound(kind_, std::abs(wanted), steps)) << "at" << where;
    });
  }

  cudnnTensorDescriptor_t descriptor() const { return descriptor_; }
  void* data() { return bytes_.data(); }
  const Index& dims() const { return dims_; }
  const Kind& kind() const { return kind_; }

 private:
  std::int64_t offset(const Index& index) const {
    std::int64_t out = 0;
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
      out += std::int64_t{index[axis]} * strides_[axis];
    }
    return out;
  }

  Kind kind_;
  Index dims_, strides_;
  std::vector<std::byte> bytes_;
  cudnnTensorDescriptor_t descriptor_ = nullptr;
};

/// A scalar as tensors of a type want it.
struct Scalar {
  float narrow;
  double wide;
  explicit Scalar(double value) : narrow(static_cast<float>(value)), wide(value) {}
  const void* of(const Kind& kind) const {
    return kind.type == CUDNN_DATA_DOUBLE ? static_cast<const void*>(&wide) : &narrow;
  }
};

/// A handle of one test's own.
class Cudnn : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(cudnnCreate(&handle_), CUDNN_STATUS_SUCCESS); }
  void TearDown() override {
    ASSERT_EQ(cudnnSetStream(handle_, nullptr), CUDNN_STATUS_SUCCESS);
    EXPECT_EQ(cudnnDestroy(handle_), CUDNN_STATUS_SUCCESS);
  }
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  Index dims(int rank, int greatest) {
    Index out;
    for (int axis = 0; axis < rank; ++axis) {
      out.push_back(between(1, greatest));
    }
    return out;
  }
  static void synchronize() { ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess); }

  cudnnHandle_t handle_ = nullptr;
  std::mt19937 random_{11};
};

/// The same for each of several types.
class Typed : public Cudnn, public testing::WithParamInterface<Kind> {};
inline std::string kind_name(const testing::TestParamInfo<Kind>& info) {
  return name_of(info.param.number);
}

}  // namespace hostcuda::cudnn
