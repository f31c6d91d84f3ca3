// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
#include <array>
#include <map>

#include "hostcuda/cudnn/test_tensor.h"
#include "hostcuda/numeric/test_stream.h"

namespace hostcuda::cudnn {
namespace {

class Softmax : public Typed {};

TEST_P(Softmax, IsThePlainSoftmax) {
  for (int turn = 0; turn < 40; ++turn) {
    const bool instance = turn % 2 == 0;
    const auto algorithm = static_cast<cudnnSoftmaxAlgorithm_t>(turn % 3);
    TestTensor x(GetParam(), dims(between(3, 5), 6), random_);
    TestTensor y(GetParam(), x.dims(), random_);
    const Scalar alpha(turn % 4 == 0 ? 2 : 1);
    const Scalar beta(turn % 5 == 0 ? -1 : 0);
    const std::vector<double> old = y.values();
    ASSERT_EQ(
        cudnnSoftmaxForward(handle_, algorithm,
                            instance ? CUDNN_SOFTMAX_MODE_INSTANCE : CUDNN_SOFTMAX_MODE_CHANNEL,
                            alpha.of(GetParam()), x.descriptor(), x.data(), beta.of(GetParam()),
                            y.descriptor(), y.data()),
        CUDNN_STATUS_SUCCESS);
    synchronize();
    std::size_t next = 0;
    y.expect(
        [&](const Index& index) {
          double sum = 0;
          each_index(x.dims(), [&](const Index& other) {
            bool together = other[0] == index[0];
            for (std::size_t axis = 2; axis < index.size() && !instance; ++axis) {
              together = together && other[axis] == index[axis];
            }
            sum += together ? std::exp(x.at(other)) : 0;
          });
          const double value = algorithm == CUDNN_SOFTMAX_LOG ? x.at(index) - std::log(sum)
                                                              : std::exp(x.at(index)) / sum;
          return alpha.wide * value + beta.wide * old[next++];
        },
        40);
  }
}

TEST_P(Softmax, DoesNotOverflow) {
  TestTensor x(GetParam(), {1, 2, 1, 1}, random_);
  x.set({0, 0, 0, 0}, 30000);
  x.set({0, 1, 0, 0}, 30000);
  const Scalar one(1);
  const Scalar zero(0);
  ASSERT_EQ(cudnnSoftmaxForward(handle_, CUDNN_SOFTMAX_FAST, CUDNN_SOFTMAX_MODE_CHANNEL,
                                one.of(GetParam()), x.descriptor(), x.data(), zero.of(GetParam()),
                                x.descriptor(), x.data()),
            CUDNN_STATUS_SUCCESS);
  synchronize();
  x.expect([](const Index&) { return 0.5; }, 4);
}

INSTANTIATE_TEST_SUITE_P(Types, Softmax, testing::Values(kF32, kF64, kF16, kBf16), kind_name);

class BatchNorm : public Typed {
 protected:
  /// The type of parameters.
  Kind wide() const { return GetParam().type == CUDNN_DATA_DOUBLE ? kF64 : kF32; }
  /// The sizes that parameters have for x.
  static Index parameter_dims(const TestTensor& x, bool spatial) {
    Index out = x.dims();
    out[0] = 1;
    for (std::size_t axis = 2; axis < out.size() && spatial; ++axis) {
      out[axis] = 1;
    }
    return out;
  }
  /// The index of x's parameter.
  static Index of(Index index, const TestTensor& parameters) {
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
      index[axis] = std::min(index[axis], parameters.dims()[axis] - 1);
    }
    return index;
  }
  double positive() { return std::uniform_real_distribution<double>(0.5, 2)(random_); }
  static constexpr double kEpsilon = 1e-3;
};

TEST_P(BatchNorm, InferenceIsThePlainFormula) {
  for (int turn = 0; turn < 30; ++turn) {
    const bool spatial = turn % 2 == 0;
    TestTensor x(GetParam(), dims(between(4, 5), 5), random_);
    TestTensor y(GetParam(), x.dims(), random_);
    const Index sizes = parameter_dims(x, spatial);
    // The four share a descriptor, and so a layout: one seed for all.
    const std::mt19937 layout = random_;
    std::mt19937 r0 = layout, r1 = layout, r2 = layout, r3 = layout;
    TestTensor scale(wide(), sizes, r0), bias(wide(), sizes, r1), mean(wide(), sizes, r2),
        variance(wide(), sizes, r3);
    for (TestTensor* const t : {&scale, &bias, &mean, &variance}) {
      t->fill([this] { return positive(); });
    }
    const Scalar alpha(turn % 3 == 0 ? 0.5 : 1);
    const Scalar beta(turn % 4 == 0 ? 1 : 0);
    const std::vector<double> old = y.values();
    ASSERT_EQ(cudnnBatchNormalizationForwardInference(
                  handle_, spatial ? CUDNN_BATCHNORM_SPATIAL : CUDNN_BATCHNORM_PER_ACTIVATION,
                  alpha.of(GetParam()), beta.of(GetParam()), x.descriptor(), x.data(),
                  y.descriptor(), y.data(), scale.descriptor(), scale.data(), bias.data(),
                  mean.data(), variance.data(), kEpsilon),
              CUDNN_STATUS_SUCCESS);
    synchronize();
    std::size_t next = 0;
    y.expect(
        [&](const Index& index) {
          const Index at = of(index, scale);
          return alpha.wide * (bias.at(at) + scale.at(at) * (x.at(index) - mean.at(at)) /
                                                 std::sqrt(variance.at(at) + kEpsilon)) +
                 beta.wide * old[next++];
        },
        32);
  }
}

TEST_P(BatchNorm, TrainingTakesTheBatchsOwnStatistics) {
  for (int turn = 0; turn < 20; ++turn) {
    const bool spatial = turn % 2 == 0;
    Index x_dims = dims(4, 5);
    x_dims[0] += 1;
    TestTensor x(GetParam(), x_dims, random_);
    TestTensor y(GetParam(), x_dims, random_);
    const Index sizes = parameter_dims(x, spatial);
    const std::mt19937 layout = random_;
    std::mt19937 r[6] = {layout, layout, layout, layout, layout, layout};
    TestTensor scale(wide(), sizes, r[0]), bias(wide(), sizes, r[1]), running(wide(), sizes, r[2]),
        running_variance(wide(), sizes, r[3]), saved(wide(), sizes, r[4]),
        saved_inverse(wide(), sizes, r[5]);
    const std::vector<double> before = running.values();
    const double factor = turn % 3 == 0 ? 1 : 0.25;
    const Scalar one(1);
    const Scalar zero(0);
    ASSERT_EQ(cudnnBatchNormalizationForwardTraining(
                  handle_, spatial ? CUDNN_BATCHNORM_SPATIAL : CUDNN_BATCHNORM_PER_ACTIVATION,
                  one.of(GetParam()), zero.of(GetParam()), x.descriptor(), x.data(), y.descriptor(),
                  y.data(), scale.descriptor(), scale.data(), bias.data(), factor, running.data(),
                  running_variance.data(), kEpsilon, saved.data(), saved_inverse.data()),
              CUDNN_STATUS_SUCCESS);
    synchronize();
    std::map<Index, std::array<double, 3>> known;
    const auto moments = [&](const Index& at) {
      if (const auto found = known.find(at); found != known.end()) {
        return found->second;
      }
      double sum = 0, squares = 0, count = 0;
      each_index(x_dims, [&](const Index& index) {
        if (of(index, scale) == at) {
          sum += x.at(index);
          ++count;
        }
      });
      each_index(x_dims, [&](const Index& index) {
        squares += of(index, scale) == at ? std::pow(x.at(index) - sum / count, 2) : 0;
      });
      return known[at] = {sum / count, squares / count, squares / (count - 1)};
    };
    std::size_t next = 0;
    running.expect(
        [&](const Index& at) { return (1 - factor) * before[next++] + factor * moments(at)[0]; },
        8);
    saved.expect([&](const Index& at) { return moments(at)[0]; }, 8);
    saved_inverse.expect([&](const Index& at) { return 1 / std::sqrt(moments(at)[1] + kEpsilon); },
                         8);
    if (factor == 1) {
      running_variance.expect([&](const Index& at) { return moments(at)[2]; }, 8);
    }
    y.expect(
        [&](const Index& index) {
          const Index at = of(index, scale);
          return bias.at(at) + scale.at(at) * (x.at(index) - moments(at)[0]) /
                                   std::sqrt(moments(at)[1] + kEpsilon);
        },
        100);
  }
}

INSTANTIATE_TEST_SUITE_P(Types, BatchNorm, testing::Values(kF32, kF64, kF16, kBf16), kind_name);

class BatchNormCalls : public Cudnn {};

TEST_F(BatchNormCalls, ParametersOfTheWrongShapeAreRefused) {
  TestTensor x(kF16, {2, 3, 4, 5}, random_);
  TestTensor derived(kF16, {1, 1, 1, 1}, random_);
  ASSERT_EQ(
      cudnnDeriveBNTensorDescriptor(derived.descriptor(), x.descriptor(), CUDNN_BATCHNORM_SPATIAL),
      CUDNN_STATUS_SUCCESS);
  cudnnDataType_t type;
  int n = 0, c = 0, h = 0, w = 0, s[4];
  ASSERT_EQ(cudnnGetTensor4dDescriptor(derived.descriptor(), &type, &n, &c, &h, &w, &s[0], &s[1],
                                       &s[2], &s[3]),
            CUDNN_STATUS_SUCCESS);
  EXPECT_EQ(type, CUDNN_DATA_FLOAT);
  EXPECT_EQ((Index{n, c, h, w}), (Index{1, 3, 1, 1}));
  const float one = 1;
  TestTensor narrow(kF32, {1, 2, 1, 1}, random_);
  const auto call = [&](const TestTensor& parameters, double epsilon, void* data) {
    return cudnnBatchNormalizationForwardInference(
        handle_, CUDNN_BATCHNORM_SPATIAL, &one, &one, x.descriptor(), x.data(), x.descriptor(),
        x.data(), parameters.descriptor(), data, data, data, data, epsilon);
  };
  EXPECT_EQ(call(narrow, 1e-5, narrow.data()), CUDNN_STATUS_BAD_PARAM);
  char text[200] = {};
  cudnnGetLastErrorString(text, sizeof(text));
  EXPECT_STREQ(text,
               "cudnnBatchNormalizationForwardInference: parameters are CUDNN_DATA_FLOAT of "
               "1x2x1x1, and should be CUDNN_DATA_FLOAT of 1x3x1x1");
  std::vector<float> parameters(3, 1);
  EXPECT_EQ(call(derived, -1, parameters.data()), CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(call(derived, 1e-5, nullptr), CUDNN_STATUS_BAD_PARAM);
  EXPECT_EQ(call(derived, 1e-5, parameters.data()), CUDNN_STATUS_SUCCESS);
  synchronize();
}

TEST_F(BatchNormCalls, WaitForTheirTurnAndAreReplayed) {
  TestStream stream;
  ASSERT_EQ(cudnnSetStream(handle_, stream.get()), CUDNN_STATUS_SUCCESS);
  TestTensor x(kF32, {2, 2, 3, 3}, random_);
  TestTensor y(kF32, {2, 2, 3, 3}, random_);
  TestTensor parameters(kF32, {1, 2, 1, 1}, random_);
  std::vector<float> ones(8, 1), mean(8), variance(8);
  const float one = 1;
  const float zero = 0;
  const auto call = [&] {
    ASSERT_EQ(cudnnBatchNormalizationForwardTraining(
                  handle_, CUDNN_BATCHNORM_SPATIAL_PERSISTENT, &one, &zero, x.descriptor(),
                  x.data(), y.descriptor(), y.data(), parameters.descriptor(), ones.data(),
                  ones.data(), 1, mean.data(), variance.data(), 1e-5, nullptr, nullptr),
              CUDNN_STATUS_SUCCESS);
    ASSERT_EQ(cudnnSoftmaxForward(handle_, CUDNN_SOFTMAX_ACCURATE, CUDNN_SOFTMAX_MODE_CHANNEL, &one,
                                  y.descriptor(), y.data(), &zero, y.descriptor(), y.data()),
              CUDNN_STATUS_SUCCESS);
  };
  x.fill([] { return 0; });
  stream.delay([&] { x.fill([] { return 4; }); });
  call();
  stream.wait();
  EXPECT_EQ(mean[0], 4);
  EXPECT_EQ(y.at({0, 0, 0, 0}), 0.5);
  double value = 5;
  stream.replay(call, 2, [&] { x.fill([&] { return value; }), ++value; });
  EXPECT_EQ(mean[0], 6);
}

}  // namespace
}  // namespace hostcuda::cudnn
