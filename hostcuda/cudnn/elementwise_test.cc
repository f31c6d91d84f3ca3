// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <limits>

#include "hostcuda/cudnn/test_tensor.h"
#include "hostcuda/numeric/test_stream.h"

namespace hostcuda::cudnn {
namespace {

class Elementwise : public Typed {
 protected:
  /// Sizes of a tensor that is repeated to `large`.
  Index some_ones(Index large) {
    for (int& size : large) {
      size = between(0, 1) == 0 ? 1 : size;
    }
    return large;
  }
  static Index clip(Index index, const TestTensor& small) {
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
      index[axis] = std::min(index[axis], small.dims()[axis] - 1);
    }
    return index;
  }
};

TEST_P(Elementwise, CopiesAndAdds) {
  for (int turn = 0; turn < 30; ++turn) {
    const bool adds = turn % 2 == 0;
    TestTensor y(GetParam(), dims(between(3, 6), 4), random_);
    TestTensor x(GetParam(), adds ? some_ones(y.dims()) : y.dims(), random_);
    const Scalar alpha(turn % 3 == 0 ? 1 : 0.5);
    const Scalar beta(turn % 4 == 0 ? 0 : 1);
    const std::vector<double> old = y.values();
    ASSERT_EQ(adds ? cudnnAddTensor(handle_, alpha.of(GetParam()), x.descriptor(), x.data(),
                                    beta.of(GetParam()), y.descriptor(), y.data())
                   : cudnnTransformTensor(handle_, alpha.of(GetParam()), x.descriptor(), x.data(),
                                          beta.of(GetParam()), y.descriptor(), y.data()),
              CUDNN_STATUS_SUCCESS);
    synchronize();
    std::size_t next = 0;
    y.expect(
        [&](const Index& index) {
          return alpha.wide * x.at(clip(index, x)) + beta.wide * old[next++];
        },
        4);
  }
}

TEST_P(Elementwise, FillsAndScales) {
  TestTensor y(GetParam(), {3, 2, 5, 1}, random_);
  TestTensor value(GetParam(), {1, 1, 1}, random_);
  value.set({0, 0, 0}, 3);
  ASSERT_EQ(cudnnSetTensor(handle_, y.descriptor(), y.data(), value.data()), CUDNN_STATUS_SUCCESS);
  const Scalar factor(-2);
  ASSERT_EQ(cudnnScaleTensor(handle_, y.descriptor(), y.data(), factor.of(GetParam())),
            CUDNN_STATUS_SUCCESS);
  synchronize();
  y.expect([](const Index&) { return -6.0; }, 1);
}

TEST_P(Elementwise, CombinesTwo) {
  for (int turn = 0; turn < 30; ++turn) {
    const auto op = static_cast<cudnnOpTensorOp_t>(turn % 4);
    TestTensor c(GetParam(), dims(4, 4), random_);
    TestTensor a(GetParam(), c.dims(), random_);
    TestTensor b(GetParam(), some_ones(c.dims()), random_);
    const Kind& kind = GetParam();
    cudnnOpTensorDescriptor_t descriptor = nullptr;
    ASSERT_EQ(cudnnCreateOpTensorDescriptor(&descriptor), CUDNN_STATUS_SUCCESS);
    ASSERT_EQ(
        cudnnSetOpTensorDescriptor(
            descriptor, op, kind.type == CUDNN_DATA_DOUBLE ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT,
            CUDNN_NOT_PROPAGATE_NAN),
        CUDNN_STATUS_SUCCESS);
    const Scalar alpha1(0.5), alpha2(0.25), beta(turn % 2);
    const std::vector<double> old = c.values();
    ASSERT_EQ(cudnnOpTensor(handle_, descriptor, alpha1.of(kind), a.descriptor(), a.data(),
                            alpha2.of(kind), b.descriptor(), b.data(), beta.of(kind),
                            c.descriptor(), c.data()),
              CUDNN_STATUS_SUCCESS);
    ASSERT_EQ(cudnnDestroyOpTensorDescriptor(descriptor), CUDNN_STATUS_SUCCESS);
    synchronize();
    std::size_t next = 0;
    c.expect(
        [&](const Index& index) {
          const double x = 0.5 * a.at(index);
          const double y = 0.25 * b.at(clip(index, b));
          const double value = op == CUDNN_OP_TENSOR_ADD   ? x + y
                               : op == CUDNN_OP_TENSOR_MUL ? x * y
                               : op == CUDNN_OP_TENSOR_MIN ? std::min(x, y)
                                                           : std::max(x, y);
          return value + beta.wide * old[next++];
        },
        6);
  }
}

TEST_P(Elementwise, Reduces) {
  const Kind& kind = GetParam();
  for (int turn = 0; turn < 45; ++turn) {
    const auto op = static_cast<cudnnReduceTensorOp_t>(turn % 9);
    TestTensor a(kind, dims(4, 4), random_);
    TestTensor c(kind.type == CUDNN_DATA_INT8 ? kF32 : kind, some_ones(a.dims()), random_);
    cudnnReduceTensorDescriptor_t descriptor = nullptr;
    ASSERT_EQ(cudnnCreateReduceTensorDescriptor(&descriptor), CUDNN_STATUS_SUCCESS);
    ASSERT_EQ(
        cudnnSetReduceTensorDescriptor(
            descriptor, op, kind.type == CUDNN_DATA_DOUBLE ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT,
            CUDNN_PROPAGATE_NAN, CUDNN_REDUCE_TENSOR_NO_INDICES, CUDNN_32BIT_INDICES),
        CUDNN_STATUS_SUCCESS);
    if (op == CUDNN_REDUCE_TENSOR_MUL || op == CUDNN_REDUCE_TENSOR_MUL_NO_ZEROS) {
      a.fill([this] { return between(0, 3) == 0 ? 0 : between(0, 1) * 2 - 1; });
    }
    const Scalar one(1), zero(0);
    ASSERT_EQ(cudnnReduceTensor(handle_, descriptor, nullptr, 0, nullptr, 0, one.of(kind),
                                a.descriptor(), a.data(), zero.of(kind), c.descriptor(), c.data()),
              CUDNN_STATUS_SUCCESS);
    ASSERT_EQ(cudnnDestroyReduceTensorDescriptor(descriptor), CUDNN_STATUS_SUCCESS);
    synchronize();
    c.expect(
        [&](const Index& at) {
          double sum = 0, product = 1, nonzero = 1, norm1 = 0, norm2 = 0, count = 0;
          double least = std::numeric_limits<double>::infinity();
          double greatest = -least, amax = 0;
          each_index(a.dims(), [&](const Index& index) {
            if (clip(index, c) == at) {
              const double x = a.at(index);
              sum += x;
              product *= x;
              nonzero *= x == 0 ? 1 : x;
              norm1 += std::abs(x);
              norm2 += x * x;
              least = std::min(least, x);
              greatest = std::max(greatest, x);
              amax = std::max(amax, std::abs(x));
              ++count;
            }
          });
          const double all[] = {sum,   product,          least,  greatest, amax, sum / count,
                                norm1, std::sqrt(norm2), nonzero};
          return all[op];
        },
        2);
  }
}

TEST_P(Elementwise, Activates) {
  for (int turn = 0; turn < 42; ++turn) {
    const auto mode = static_cast<cudnnActivationMode_t>(turn % 7);
    TestTensor x(GetParam(), dims(between(3, 5), 5), random_);
    TestTensor y(GetParam(), x.dims(), random_);
    cudnnActivationDescriptor_t descriptor = nullptr;
    ASSERT_EQ(cudnnCreateActivationDescriptor(&descriptor), CUDNN_STATUS_SUCCESS);
    ASSERT_EQ(cudnnSetActivationDescriptor(descriptor, mode, CUDNN_PROPAGATE_NAN, 1.5),
              CUDNN_STATUS_SUCCESS);
    ASSERT_EQ(cudnnSetActivationDescriptorSwishBeta(descriptor, 2), CUDNN_STATUS_SUCCESS);
    const Scalar alpha(turn % 2 == 0 ? 1 : 2), beta(turn % 3 == 0 ? 1 : 0);
    const std::vector<double> old = y.values();
    ASSERT_EQ(cudnnActivationForward(handle_, descriptor, alpha.of(GetParam()), x.descriptor(),
                                     x.data(), beta.of(GetParam()), y.descriptor(), y.data()),
              CUDNN_STATUS_SUCCESS);
    ASSERT_EQ(cudnnDestroyActivationDescriptor(descriptor), CUDNN_STATUS_SUCCESS);
    synchronize();
    std::size_t next = 0;
    y.expect(
        [&](const Index& index) {
          const double v = x.at(index);
          const double all[] = {1 / (1 + std::exp(-v)),
                                std::max(v, 0.0),
                                std::tanh(v),
                                std::min(std::max(v, 0.0), 1.5),
                                v > 0 ? v : 1.5 * (std::exp(v) - 1),
                                v,
                                v / (1 + std::exp(-2 * v))};
          return alpha.wide * all[mode] + beta.wide * old[next++];
        },
        16);
  }
}

INSTANTIATE_TEST_SUITE_P(Types, Elementwise, testing::Values(kF32, kF64, kF16, kBf16, kS8),
                         kind_name);

class ElementwiseCalls : public Cudnn {};

TEST_F(ElementwiseCalls, LongRowsAreWalkedInPieces) {
  TestTensor x(kF32, {1, 1, 1, 5000}, random_);
  TestTensor y(kF32, {1, 1, 1, 5000}, random_);
  const float one = 1, zero = 0;
  ASSERT_EQ(cudnnTransformTensor(handle_, &one, x.descriptor(), x.data(), &zero, y.descriptor(),
                                 y.data()),
            CUDNN_STATUS_SUCCESS);
  synchronize();
  EXPECT_EQ(x.values(), y.values());
}

TEST_F(ElementwiseCalls, WaitForTheirTurnAndAreReplayed) {
  TestStream stream;
  ASSERT_EQ(cudnnSetStream(handle_, stream.get()), CUDNN_STATUS_SUCCESS);
  TestTensor a(kF32, {1, 3, 1, 1}, random_);
  TestTensor c(kF32, {2, 3, 4, 4}, random_);
  float one = 1;
  const auto call = [&] {
    ASSERT_EQ(
        cudnnAddTensor(handle_, &one, a.descriptor(), a.data(), &one, c.descriptor(), c.data()),
        CUDNN_STATUS_SUCCESS);
  };
  a.fill([] { return 100; });
  stream.delay([&] {
    a.fill([] { return 1; });
    c.fill([] { return 2; });
  });
  call();
  one = 50;  // scalars were read at the call
  stream.wait();
  EXPECT_EQ(c.at({1, 2, 3, 3}), 3);
  one = 1;
  stream.replay(call, 3, [&] { a.fill([] { return 10; }); });
  EXPECT_EQ(c.at({0, 0, 0, 0}), 33);
}

TEST_F(ElementwiseCalls, WhatDoesNotFitIsRefused) {
  TestTensor a(kF32, {1, 2, 1, 1}, random_);
  TestTensor c(kF32, {1, 3, 4, 4}, random_);
  TestTensor half(kF16, {1, 3, 4, 4}, random_);
  const float one = 1;
  EXPECT_EQ(cudnnAddTensor(handle_, &one, a.descriptor(), a.data(), &one, c.descriptor(), c.data()),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(
      cudnnTransformTensor(handle_, &one, a.descriptor(), a.data(), &one, c.descriptor(), c.data()),
      CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnTransformTensor(handle_, &one, half.descriptor(), half.data(), &one,
                                 c.descriptor(), c.data()),
            CUDNN_STATUS_NOT_SUPPORTED);
  EXPECT_EQ(
      cudnnAddTensor(handle_, nullptr, c.descriptor(), c.data(), &one, c.descriptor(), c.data()),
      CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnAddTensor(handle_, &one, c.descriptor(), nullptr, &one, c.descriptor(), c.data()),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnSetTensor(handle_, c.descriptor(), c.data(), nullptr), CUDNN_STATUS_BAD_PARAM);
  cudnnActivationDescriptor_t unset = nullptr;
  ASSERT_EQ(cudnnCreateActivationDescriptor(&unset), CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(cudnnActivationForward(handle_, unset, &one, c.descriptor(), c.data(), &one,
                                   c.descriptor(), c.data()),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnSetActivationDescriptor(unset, static_cast<cudnnActivationMode_t>(9),
                                         CUDNN_PROPAGATE_NAN, 0),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnDestroyActivationDescriptor(unset), CUDNN_STATUS_SUCCESS);
}

}  // namespace
}  // namespace hostcuda::cudnn
