// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Poolings: those of known networks, rounding and padding, and random ones.
#include "case.h"

namespace tenon::conformance {

namespace {

using ops::PoolingKind;

ops::Pooling op(PoolingKind kind, Dims kernel, int64_t stride, int64_t pad) {
  const int rank = kernel.rank();
  return {kind,
          kernel,
          Dims::filled(rank, stride),
          Dims::filled(rank, pad),
          Dims::filled(rank, pad),
          Dims::filled(rank, 1),
          false,
          false};
}

void add_known(Cases& cases, PoolingKind kind) {
  const std::string name(to_string(kind));
  cases.add(name + " 2x2", op(kind, {2, 2}, 2, 0)).input({1, 16, 28, 28});
  cases.add(name + " 3x3 stride 2", op(kind, {3, 3}, 2, 1)).input({1, 64, 15, 15});
  cases.add(name + " 3x3", op(kind, {3, 3}, 1, 1)).input({2, 7, 9, 33});
  cases.add(name + " global", op(kind, {7, 7}, 1, 0)).input({2, 67, 7, 7});
  cases.add(name + " one axis", op(kind, {3}, 2, 1)).input({2, 5, 40});
  cases.add(name + " three axes", op(kind, {2, 3, 2}, 2, 0)).input({1, 5, 6, 7, 8});
  cases.add(name + " dynamic batch", op(kind, {2, 2}, 2, 0)).input({3, 20, 8, 8}).dynamic();
  cases.add(name + " empty batch", op(kind, {2, 2}, 2, 0)).input({0, 20, 8, 8});
  cases.add(name + " f64", op(kind, {2, 2}, 1, 1)).input({1, 3, 5, 5}, DType::F64);
  cases.add(name + " f16", op(kind, {2, 2}, 1, 1)).input({1, 3, 5, 5}, DType::F16);
  ops::Pooling up = op(kind, {3, 3}, 2, 0);
  up.ceil_mode = true;
  cases.add(name + " rounded up", up).input({1, 6, 8, 12});
  up.pads_begin = {1, 0};
  up.pads_end = {0, 2};
  cases.add(name + " rounded up, padded unevenly", up).input({1, 6, 8, 12});
  up.count_include_pad = true;
  cases.add(name + " rounded up, counting pads", up).input({1, 6, 8, 12});
  up.dilations = {2, 1};
  cases.add(name + " dilated", up).input({1, 6, 9, 12});
}

void add_random_windows(Cases& cases) {
  Random random(20260503);
  for (int i = 0; i < 40; ++i) {
    ops::Pooling pooling =
        op(random.chance(50) ? PoolingKind::Max : PoolingKind::Average, {1, 1}, 1, 0);
    pooling.ceil_mode = random.chance(30);
    pooling.count_include_pad = random.chance(40);
    Dims x{random.between(1, 3), random.between(1, 67)};
    for (int axis = 0; axis < 2; ++axis) {
      pooling.kernel[axis] = random.between(1, 4);
      pooling.strides[axis] = random.between(1, 3);
      pooling.dilations[axis] = random.chance(85) ? 1 : 2;
      pooling.pads_begin[axis] = random.between(0, pooling.kernel[axis] - 1);
      pooling.pads_end[axis] = random.between(0, pooling.kernel[axis] - 1);
      x.push_back(random.between((pooling.kernel[axis] - 1) * pooling.dilations[axis] + 1, 19));
    }
    cases.add("random " + std::to_string(i), pooling).input(x);
  }
}

}  // namespace

void add_poolings(Cases cases) {
  add_known(cases, PoolingKind::Max);
  add_known(cases, PoolingKind::Average);
  cases.add("max i8", op(PoolingKind::Max, {2, 2}, 2, 0)).input({1, 4, 6, 6}, DType::I8);
  cases.add("max of negative numbers", op(PoolingKind::Max, {3, 3}, 2, 1))
      .input({1, 5, 7, 7})
      .range(-9, -1);
  add_random_windows(cases);
}

}  // namespace tenon::conformance
