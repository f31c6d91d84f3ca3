// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <limits>

#include "hostcuda/cudnn/test_tensor.h"
#include "hostcuda/numeric/test_stream.h"

namespace hostcuda::cudnn {
namespace {

/// A descriptor of one test's own, over the axes of space.
struct Pooled {
  cudnnPoolingDescriptor_t descriptor = nullptr;
  cudnnPoolingMode_t mode;
  bool nan;
  Index window, padding, stride;

  Pooled(cudnnPoolingMode_t own_mode, bool keeps_nan, Index w, Index p, Index s)
      : mode(own_mode), nan(keeps_nan), window(w), padding(p), stride(s) {
    EXPECT_EQ(cudnnCreatePoolingDescriptor(&descriptor), CUDNN_STATUS_SUCCESS);
    EXPECT_EQ(cudnnSetPoolingNdDescriptor(
                  descriptor, mode, nan ? CUDNN_PROPAGATE_NAN : CUDNN_NOT_PROPAGATE_NAN,
                  static_cast<int>(w.size()), window.data(), padding.data(), stride.data()),
              CUDNN_STATUS_SUCCESS);
  }
  ~Pooled() { EXPECT_EQ(cudnnDestroyPoolingDescriptor(descriptor), CUDNN_STATUS_SUCCESS); }
  Pooled(const Pooled&) = delete;
  Pooled& operator=(const Pooled&) = delete;

  /// One output by plain loops.
  double truth(const TestTensor& x, const Index& out) const {
    double greatest = -std::numeric_limits<double>::infinity();
    double sum = 0;
    int seen = 0;
    int all = 0;
    bool any_nan = false;
    each_index(window, [&](const Index& tap) {
      Index in = out;
      bool inside = true;
      for (std::size_t s = 0; s < tap.size(); ++s) {
        in[s + 2] = out[s + 2] * stride[s] - padding[s] + tap[s];
        inside = inside && in[s + 2] >= 0 && in[s + 2] < x.dims()[s + 2];
      }
      ++all;
      if (inside) {
        const double value = x.at(in);
        any_nan = any_nan || std::isnan(value);
        greatest = value > greatest ? value : greatest;
        sum += value;
        ++seen;
      }
    });
    if (mode == CUDNN_POOLING_MAX || mode == CUDNN_POOLING_MAX_DETERMINISTIC) {
      return nan && any_nan ? std::numeric_limits<double>::quiet_NaN() : greatest;
    }
    return sum / (mode == CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING ? all : seen);
  }
};

class Pooling : public Typed {
 protected:
  /// A random window over `space` axes that every output sees something through.
  Pooled random_pooling(int space) {
    Index window, padding, stride;
    for (int s = 0; s < space; ++s) {
      window.push_back(between(1, 4));
      padding.push_back(between(0, window.back() - 1));
      stride.push_back(between(1, 3));
    }
    return Pooled(static_cast<cudnnPoolingMode_t>(between(0, 3)), between(0, 1) == 1, window,
                  padding, stride);
  }
};

TEST_P(Pooling, IsThePlainPooling) {
  for (int turn = 0; turn < 60; ++turn) {
    const int rank = between(3, 5);
    const Pooled pooling = random_pooling(rank - 2);
    TestTensor x(
        GetParam(),
        [&] {
          Index sizes = dims(rank, rank == 5 ? 6 : 12);
          for (std::size_t axis = 2; axis < sizes.size(); ++axis) {
            sizes[axis] += 4;
          }
          return sizes;
        }(),
        random_);
    Index out(static_cast<std::size_t>(rank));
    ASSERT_EQ(
        cudnnGetPoolingNdForwardOutputDim(pooling.descriptor, x.descriptor(), rank, out.data()),
        CUDNN_STATUS_SUCCESS);
    TestTensor y(GetParam(), out, random_);
    const Scalar alpha(turn % 2 == 0 ? 1 : 0.5);
    const Scalar beta(turn % 3 == 0 ? 2 : 0);
    std::vector<double> old = y.values();
    ASSERT_EQ(cudnnPoolingForward(handle_, pooling.descriptor, alpha.of(GetParam()), x.descriptor(),
                                  x.data(), beta.of(GetParam()), y.descriptor(), y.data()),
              CUDNN_STATUS_SUCCESS);
    synchronize();
    std::size_t next = 0;
    y.expect(
        [&](const Index& index) {
          return alpha.wide * pooling.truth(x, index) + beta.wide * old[next++];
        },
        80);
  }
}

INSTANTIATE_TEST_SUITE_P(Types, Pooling, testing::Values(kF32, kF64, kF16, kBf16, kS8), kind_name);

class PoolingCalls : public Cudnn {};

TEST_F(PoolingCalls, NanIsKeptOnlyWhereAsked) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const bool keeps : {false, true}) {
    const Pooled pooling(CUDNN_POOLING_MAX, keeps, {2, 2}, {0, 0}, {2, 2});
    TestTensor x(kF32, {1, 1, 2, 4}, random_);
    x.set({0, 0, 0, 1}, nan);
    TestTensor y(kF32, {1, 1, 1, 2}, random_);
    y.fill([&] { return nan; });  // and beta zero reads nothing
    const float one = 1;
    const float zero = 0;
    ASSERT_EQ(cudnnPoolingForward(handle_, pooling.descriptor, &one, x.descriptor(), x.data(),
                                  &zero, y.descriptor(), y.data()),
              CUDNN_STATUS_SUCCESS);
    synchronize();
    EXPECT_EQ(std::isnan(y.at({0, 0, 0, 0})), keeps);
    EXPECT_FALSE(std::isnan(y.at({0, 0, 0, 1})));
  }
}

TEST_F(PoolingCalls, WaitsForItsTurnAndIsReplayed) {
  const Pooled pooling(CUDNN_POOLING_MAX, false, {2, 2}, {0, 0}, {2, 2});
  TestStream stream;
  ASSERT_EQ(cudnnSetStream(handle_, stream.get()), CUDNN_STATUS_SUCCESS);
  TestTensor x(kF32, {1, 2, 4, 4}, random_);
  TestTensor y(kF32, {1, 2, 2, 2}, random_);
  const float one = 1;
  const float zero = 0;
  const auto call = [&] {
    ASSERT_EQ(cudnnPoolingForward(handle_, pooling.descriptor, &one, x.descriptor(), x.data(),
                                  &zero, y.descriptor(), y.data()),
              CUDNN_STATUS_SUCCESS);
  };
  x.fill([] { return 1; });
  stream.delay([&] { x.fill([] { return 5; }); });
  call();
  stream.wait();
  EXPECT_EQ(y.at({0, 1, 1, 1}), 5);
  double value = 6;
  stream.replay(call, 2, [&] { x.fill([&] { return value; }), ++value; });
  EXPECT_EQ(y.at({0, 0, 0, 0}), 7);
}

TEST_F(PoolingCalls, DescriptorsTellWhatTheyHold) {
  cudnnPoolingDescriptor_t pooling = nullptr;
  ASSERT_EQ(cudnnCreatePoolingDescriptor(&pooling), CUDNN_STATUS_SUCCESS);
  TestTensor x(kF32, {2, 3, 28, 30}, random_);
  TestTensor y(kF32, {2, 3, 14, 10}, random_);
  const float one = 1;
  EXPECT_EQ(cudnnPoolingForward(handle_, pooling, &one, x.descriptor(), x.data(), &one,
                                y.descriptor(), y.data()),
            CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(cudnnSetPooling2dDescriptor(pooling, CUDNN_POOLING_MAX, CUDNN_PROPAGATE_NAN, 2, 0, 0, 0,
                                        2, 3),
            CUDNN_STATUS_BAD_PARAM);
  ASSERT_EQ(cudnnSetPooling2dDescriptor(pooling, CUDNN_POOLING_MAX, CUDNN_PROPAGATE_NAN, 2, 3, 0, 1,
                                        2, 3),
            CUDNN_STATUS_SUCCESS);
  int n = 0, c = 0, h = 0, w = 0;
  ASSERT_EQ(cudnnGetPooling2dForwardOutputDim(pooling, x.descriptor(), &n, &c, &h, &w),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ((Index{n, c, h, w}), (Index{2, 3, 14, 10}));
  cudnnPoolingMode_t mode;
  cudnnNanPropagation_t nan;
  int rank = 0;
  Index window(2), padding(2), stride(2);
  ASSERT_EQ(cudnnGetPoolingNdDescriptor(pooling, 2, &mode, &nan, &rank, window.data(),
                                        padding.data(), stride.data()),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(rank, 2);
  EXPECT_EQ(window, (Index{2, 3}));
  EXPECT_EQ(padding, (Index{0, 1}));
  EXPECT_EQ(stride, (Index{2, 3}));
  TestTensor wrong(kF32, {2, 3, 15, 10}, random_);
  EXPECT_EQ(cudnnPoolingForward(handle_, pooling, &one, x.descriptor(), x.data(), &one,
                                wrong.descriptor(), wrong.data()),
            CUDNN_STATUS_BAD_PARAM)
      << "the last window would see nothing";
  TestTensor mixed(kF16, {2, 3, 14, 10}, random_);
  EXPECT_EQ(cudnnPoolingForward(handle_, pooling, &one, x.descriptor(), x.data(), &one,
                                mixed.descriptor(), mixed.data()),
            CUDNN_STATUS_NOT_SUPPORTED);
  ASSERT_EQ(cudnnDestroyPoolingDescriptor(pooling), CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(cudnnPoolingForward(handle_, pooling, &one, x.descriptor(), x.data(), &one,
                                y.descriptor(), y.data()),
            CUDNN_STATUS_BAD_PARAM);
}

}  // namespace
}  // namespace hostcuda::cudnn
