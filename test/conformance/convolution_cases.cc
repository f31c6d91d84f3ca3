// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions: those of known networks in small, every parameter apart, and random ones.
#include "case.h"

namespace tenon::conformance {

namespace {

using ops::ActivationKind;

struct Geometry {
  Dims kernel, strides, pads_begin, pads_end, dilations;
  static Geometry of(Dims kernel, int64_t stride = 1, int64_t pad = 0, int64_t dilation = 1) {
    const int rank = kernel.rank();
    return {kernel, Dims::filled(rank, stride), Dims::filled(rank, pad), Dims::filled(rank, pad),
            Dims::filled(rank, dilation)};
  }
};

ops::Convolution op(const Geometry& g, int64_t groups = 1,
                    ops::Activation activation = {ActivationKind::None}) {
  return {g.kernel, g.strides, g.pads_begin, g.pads_end, g.dilations, groups, activation};
}

Dims weights(int64_t outputs, int64_t channels, int64_t groups, const Dims& kernel) {
  Dims dims{outputs, channels / groups};
  for (const int64_t extent : kernel) dims.push_back(extent);
  return dims;
}

/// x and constant weights, without the rest.
Case& plain(Cases& cases, const std::string& name, const Dims& x, int64_t outputs,
            const Geometry& g, int64_t groups = 1,
            ops::Activation activation = {ActivationKind::None}) {
  return cases.add(name, op(g, groups, activation))
      .input(x)
      .constant(weights(outputs, x[1], groups, g.kernel))
      .unit_sums(x[1] / groups * g.kernel.volume());
}

void add_known(Cases& cases) {
  plain(cases, "7x7 stride 2 of an image", {1, 3, 23, 23}, 16, Geometry::of({7, 7}, 2, 3))
      .constant({16});
  plain(cases, "3x3", {1, 16, 14, 14}, 32, Geometry::of({3, 3}, 1, 1)).constant({32});
  plain(cases, "3x3 stride 2", {1, 16, 14, 14}, 24, Geometry::of({3, 3}, 2, 1)).constant({24});
  plain(cases, "3x3 wide", {1, 8, 9, 70}, 16, Geometry::of({3, 3}, 1, 1)).constant({16});
  plain(cases, "3x3 many channels", {1, 130, 7, 7}, 48, Geometry::of({3, 3}, 1, 1));
  plain(cases, "1x1", {1, 64, 7, 7}, 96, Geometry::of({1, 1})).constant({96});
  plain(cases, "1x1 stride 2", {2, 32, 14, 14}, 64, Geometry::of({1, 1}, 2)).constant({64});
  plain(cases, "1x1 of one pixel", {3, 67, 1, 1}, 33, Geometry::of({1, 1})).constant({33});
  plain(cases, "5x5 of one channel", {1, 1, 28, 28}, 8, Geometry::of({5, 5}, 1, 2)).constant({8});
  plain(cases, "5x5 valid", {2, 6, 12, 12}, 16, Geometry::of({5, 5})).constant({16});
  plain(cases, "depthwise 3x3", {1, 32, 14, 14}, 32, Geometry::of({3, 3}, 1, 1), 32,
        {ActivationKind::Clip, 0, 6})
      .constant({32});
  plain(cases, "depthwise 3x3 stride 2", {2, 19, 15, 15}, 19, Geometry::of({3, 3}, 2, 1), 19)
      .constant({19});
  plain(cases, "depthwise 5x5 twofold", {1, 8, 11, 11}, 16, Geometry::of({5, 5}, 1, 2), 8);
  plain(cases, "4 groups", {1, 16, 9, 9}, 32, Geometry::of({3, 3}, 1, 1), 4).constant({32});
  plain(cases, "groups of odd sizes", {1, 15, 6, 6}, 21, Geometry::of({3, 3}, 1, 1), 3);
}

void add_parameters(Cases& cases) {
  plain(cases, "dilated", {1, 8, 15, 15}, 16, Geometry::of({3, 3}, 1, 2, 2)).constant({16});
  plain(cases, "dilated and strided", {1, 5, 17, 19}, 9, Geometry::of({3, 2}, 2, 1, 3));
  Geometry uneven = Geometry::of({3, 3});
  uneven.pads_begin = {0, 1};
  uneven.pads_end = {2, 0};
  plain(cases, "uneven pads", {1, 8, 10, 11}, 8, uneven).constant({8});
  Geometry oblong = Geometry::of({1, 7});
  oblong.pads_begin = oblong.pads_end = {0, 3};
  oblong.strides = {2, 1};
  plain(cases, "1x7", {1, 12, 9, 13}, 10, oblong);
  plain(cases, "pads wider than the input", {1, 4, 2, 2}, 4, Geometry::of({3, 3}, 1, 4));
  plain(cases, "stride beyond the kernel", {1, 7, 13, 13}, 8, Geometry::of({2, 2}, 3));
  plain(cases, "one axis", {2, 6, 40}, 12, Geometry::of({3}, 1, 1)).constant({12});
  plain(cases, "one axis, strided", {1, 3, 41}, 5, Geometry::of({4}, 3, 2, 2));
  plain(cases, "three axes", {1, 3, 5, 6, 7}, 8, Geometry::of({3, 3, 3}, 1, 1)).constant({8});
  plain(cases, "three axes, strided", {2, 4, 6, 5, 7}, 6, Geometry::of({2, 3, 1}, 2), 2);
  const Geometry same = Geometry::of({3, 3}, 1, 1);
  plain(cases, "residual and relu", {2, 8, 9, 9}, 16, same, 1, {ActivationKind::Relu})
      .constant({16})
      .input({2, 16, 9, 9});
  plain(cases, "residual without bias", {1, 20, 5, 5}, 20, same).absent().input({1, 20, 5, 5});
  plain(cases, "1x1 residual and relu", {1, 64, 7, 7}, 40, Geometry::of({1, 1}), 1,
        {ActivationKind::Relu})
      .constant({40})
      .input({1, 40, 7, 7});
  plain(cases, "depthwise residual", {1, 24, 7, 7}, 24, same, 24)
      .constant({24})
      .input({1, 24, 7, 7});
  cases.add("weights made at run time", op(same))
      .input({1, 8, 9, 9})
      .input({12, 8, 3, 3})
      .input({12});
  cases.add("empty batch", op(same)).input({0, 8, 9, 9}).constant({12, 8, 3, 3}).constant({12});
  cases.add("f64 whole", op(same))
      .input({1, 4, 5, 5}, DType::F64)
      .constant({6, 4, 3, 3}, DType::F64)
      .constant({6}, DType::F64);
  cases.add("f16 whole", op(same))
      .input({1, 4, 5, 5}, DType::F16)
      .constant({6, 4, 3, 3}, DType::F16)
      .constant({6}, DType::F16);
}

void add_activations_fused(Cases& cases) {
  const ops::Activation all[] = {{ActivationKind::Relu},
                                 {ActivationKind::Sigmoid},
                                 {ActivationKind::Tanh},
                                 {ActivationKind::LeakyRelu, 0.1F},
                                 {ActivationKind::Elu, 1},
                                 {ActivationKind::Clip, -0.5F, 0.75F},
                                 {ActivationKind::HardSigmoid, 0.2F, 0.5F},
                                 {ActivationKind::HardSwish, 1.0F / 6, 0.5F},
                                 {ActivationKind::GeluErf},
                                 {ActivationKind::Mish}};
  for (const ops::Activation& activation : all) {
    plain(cases, "then " + std::string(to_string(activation.kind)), {1, 9, 8, 8}, 17,
          Geometry::of({3, 3}, 1, 1), 1, activation)
        .constant({17});
  }
}

void add_random_convolutions(Cases& cases) {
  Random random(20260501);
  for (int i = 0; i < 60; ++i) {
    const int64_t kind = random.between(0, 3);  // dense, dense, depthwise, grouped
    const int64_t per_group = random.between(1, kind < 2 ? 67 : 9);
    const int64_t groups = kind < 2 ? 1 : kind == 2 ? random.between(1, 67) : random.between(2, 5);
    const int64_t channels = kind == 2 ? groups : groups * per_group;
    const int64_t outputs = kind == 2 ? groups : groups * random.between(1, kind < 2 ? 67 : 9);
    Geometry g = Geometry::of({1, 1});
    Dims x{random.between(1, 3), channels};
    for (int axis = 0; axis < 2; ++axis) {
      g.kernel[axis] = random.between(1, 5);
      g.strides[axis] = random.between(1, 3);
      g.dilations[axis] = random.chance(75) ? 1 : 2;
      g.pads_begin[axis] = random.between(0, g.kernel[axis] - 1);
      g.pads_end[axis] = random.between(0, g.kernel[axis] - 1);
      x.push_back(random.between((g.kernel[axis] - 1) * g.dilations[axis] + 1, 17));
    }
    constexpr ActivationKind kKinds[] = {ActivationKind::None, ActivationKind::Relu,
                                         ActivationKind::Clip, ActivationKind::Sigmoid};
    Case& one =
        cases.add("random " + std::to_string(i), op(g, groups, {random.pick(kKinds), -0.5F, 0.5F}));
    one.input(x)
        .constant(weights(outputs, channels, groups, g.kernel))
        .unit_sums(channels / groups * g.kernel.volume());
    const bool residual = random.chance(25);
    if (random.chance(70)) {
      one.constant({outputs});
    } else if (residual) {
      one.absent();
    }
    if (!residual) continue;
    Dims y{x[0], outputs};
    for (int axis = 0; axis < 2; ++axis) {
      const int64_t room = x[axis + 2] + g.pads_begin[axis] + g.pads_end[axis] -
                           (g.kernel[axis] - 1) * g.dilations[axis] - 1;
      y.push_back(room / g.strides[axis] + 1);
    }
    one.input(y);
  }
}

}  // namespace

void add_convolutions(Cases cases) {
  add_known(cases);
  add_parameters(cases);
  add_activations_fused(cases);
  plain(cases, "dynamic batch", {4, 16, 9, 9}, 24, Geometry::of({3, 3}, 1, 1))
      .constant({24})
      .dynamic();
  plain(cases, "dynamic batch 1x1 with residual", {3, 32, 7, 7}, 20, Geometry::of({1, 1}), 1,
        {ActivationKind::Relu})
      .constant({20})
      .input({3, 20, 7, 7})
      .dynamic();
  plain(cases, "dynamic batch depthwise", {2, 24, 9, 9}, 24, Geometry::of({3, 3}, 2, 1), 24)
      .constant({24})
      .dynamic();
  add_random_convolutions(cases);
}

}  // namespace tenon::conformance
