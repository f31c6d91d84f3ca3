// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Movements as the network interface has them, tensors that are made, and assertions.
#pragma once

#include <string>

#include "base/dims.h"
#include "ops/enums.h"
#include "ops/fields.h"
#include "ops/inference.h"

namespace tenon::ops {

/// A transposition, a change of shape, a transposition. Both permutations name every axis.
struct Shuffle {
  Dims first;
  expr::Shape target;
  Dims second;
  static constexpr auto fields() {
    return std::tuple{Field{"first", &Shuffle::first}, Field{"target", &Shuffle::target},
                      Field{"second", &Shuffle::second}};
  }
};
Status infer(const Shuffle& op, Inference& inference);

/// Drops `axes` (ascending) of extent 1. Inputs: x, and optionally axes that `axes` speaks for.
struct Squeeze {
  Dims axes;
  static constexpr auto fields() { return std::tuple{Field{"axes", &Squeeze::axes}}; }
};
Status infer(const Squeeze& op, Inference& inference);

/// Adds axes of extent 1, so that they are `axes` (ascending) of the output. Inputs as of Squeeze.
struct Unsqueeze {
  Dims axes;
  static constexpr auto fields() { return std::tuple{Field{"axes", &Unsqueeze::axes}}; }
};
Status infer(const Unsqueeze& op, Inference& inference);

/// A slice that may go beyond its input, where `outside` says what is there.
struct SliceBeyond {
  Dims starts;
  expr::Shape sizes;
  Dims steps;
  Outside outside = Outside::Fill;
  float value = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"starts", &SliceBeyond::starts}, Field{"sizes", &SliceBeyond::sizes},
                      Field{"steps", &SliceBeyond::steps}, Field{"outside", &SliceBeyond::outside},
                      Field{"value", &SliceBeyond::value}};
  }
};
Status infer(const SliceBeyond& op, Inference& inference);

/// A tensor made of nothing, see FillKind. Inputs, all optional: extents that `target` speaks for,
/// a start (scalar) and steps [rank] that stand for `start` and `step`; a linspace of more than one
/// axis needs the latter. Random numbers follow from `seed` and the place alone: see random_bits.
struct Fill {
  FillKind kind = FillKind::Linspace;
  expr::Shape target;
  DType type = DType::F32;
  double start = 0, step = 1;
  int64_t seed = 0;
  static constexpr auto fields() {
    return std::tuple{Field{"kind", &Fill::kind}, Field{"target", &Fill::target},
                      Field{"type", &Fill::type}, Field{"start", &Fill::start},
                      Field{"step", &Fill::step}, Field{"seed", &Fill::seed}};
  }
};
Status infer(const Fill& op, Inference& inference);

/// The generator of Fill: SplitMix64 at position `at` of the sequence that `seed` begins. Source:
/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
constexpr uint64_t random_bits(uint64_t seed, uint64_t at) noexcept {
  uint64_t z = seed + (at + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
  z = (z ^ z >> 27) * 0x94d049bb133111ebU;
  return z ^ z >> 31;
}

/// The condition (bool) as it is; the run fails with `message` when one of its elements is false.
struct Assertion {
  std::string message;
  static constexpr auto fields() { return std::tuple{Field{"message", &Assertion::message}}; }
};
Status infer(const Assertion& op, Inference& inference);

}  // namespace tenon::ops
