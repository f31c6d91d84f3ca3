// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The machine that runs element-wise programs: one accumulator, a tile of a few vectors.
#pragma once

#include <bit>
#include <cstdint>

#include "backends/simd/run/level.h"
#include "ops/enums.h"

namespace tenon::simd {

/// What an instruction does to the accumulator. `m` is its operand in memory.
enum class Micro : uint8_t {
  Load,   ///< acc = m
  Store,  ///< m = acc; acc stays
  Add,
  Sub,
  ReverseSub,
  Mul,
  Div,
  ReverseDiv,
  Max,
  Min,      ///< acc = acc op m; reverse: m op acc
  AddRelu,  ///< acc = max(acc + m, 0)
  Relu,
  Clip,
  LeakyRelu,
  HardSigmoid,
  HardSwish,
  Abs,
  Neg,
  Sqrt,
  Reciprocal,
  HeavyUnary,       ///< acc = unary `kind`(acc)
  HeavyActivation,  ///< acc = activation `kind`(acc; alpha, beta)
  HeavyBinary,      ///< acc = element-wise `kind`(acc, m)
  HeavyReverse,     ///< acc = element-wise `kind`(m, acc)
};

/// Memory is addressed relative to bases, one a space: 0 the thread's slots, 1 absolute addresses,
/// 2 and above operands of equal strides.
struct Instruction {
  Micro code;
  uint8_t kind = 0;
  uint16_t space = 0;
  float alpha = 0;
  uint64_t address = 0;  ///< of m, in bytes from the space's base; without m: the bits of beta

  [[nodiscard]] float beta() const noexcept {
    return std::bit_cast<float>(static_cast<uint32_t>(address));
  }
  void set_beta(float value) noexcept { address = std::bit_cast<uint32_t>(value); }
};
static_assert(sizeof(Instruction) == 16);

inline constexpr int kSlotSpace = 0, kAbsoluteSpace = 1, kFirstOperandSpace = 2;
/// Vectors the accumulator holds at most; a slot is as large, counted for the widest level.
inline constexpr int kTileVectors = 4;
inline constexpr int64_t kTileFloats = int64_t{16} * kTileVectors;

/// Runs a program over `count` consecutive output elements. The bases of operand spaces move on
/// with the output and are left behind it.
struct PointwiseRun {
  const Instruction* begin;
  const Instruction* end;
  uint64_t* bases;
  int32_t spaces;
  float* out;
  int64_t count;
};

struct PointwiseLoops {
  void (*run)(const PointwiseRun& run);
  /// data[i] = activation(data[i]) for i < count.
  void (*activate)(ops::ActivationKind kind, float alpha, float beta, float* data, int64_t count);
};
const PointwiseLoops& pointwise_loops(Level level) noexcept;

}  // namespace tenon::simd
