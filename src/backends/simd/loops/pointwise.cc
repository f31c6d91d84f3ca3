// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The interpreter. Cheap steps stay in registers; heavy ones go through a small buffer, so that
// their constants do not push the accumulator out.
#include "backends/simd/loops/pointwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "backends/simd/loops/pointwise.cc"
// One include a block: their order matters.
#include "backends/simd/loops/targets.h"

#include "hwy/foreach_target.h"

#include "backends/simd/loops/functions-inl.h"

HWY_BEFORE_NAMESPACE();
namespace tenon::simd::HWY_NAMESPACE {

/// Applies a heavy step to whole vectors in a buffer.
HWY_NOINLINE void heavy_step(const Instruction& step, float* tile, const float* operand,
                             int vectors) {
  const F32 d;
  for (int i = 0; i < vectors; ++i, tile += kLanes, operand += kLanes) {
    const Vec x = hn::Load(d, tile);
    Vec y = x;
    switch (step.code) {
      case Micro::HeavyUnary:
        y = unary(static_cast<ops::UnaryKind>(step.kind), x);
        break;
      case Micro::HeavyActivation:
        y = activation(static_cast<ops::ActivationKind>(step.kind), x, step.alpha, step.beta());
        break;
      case Micro::HeavyBinary:
        y = binary(static_cast<ops::ElementWiseKind>(step.kind), x, hn::LoadU(d, operand));
        break;
      case Micro::HeavyReverse:
        y = binary(static_cast<ops::ElementWiseKind>(step.kind), hn::LoadU(d, operand), x);
        break;
      default:
        break;
    }
    hn::Store(y, d, tile);
  }
}

/// Applies a heavy step to the vectors of a tile, by a buffer; operand(v) is the other side.
template <int kVectors, class Operand>
HWY_INLINE void heavy_steps(const Instruction& step, Vec (&acc)[kVectors], const Operand& operand) {
  const F32 d;
  HWY_ALIGN float tile[kVectors * kLanes], other[kVectors * kLanes];
  TENON_UNROLL for (int v = 0; v < kVectors; ++v) hn::Store(acc[v], d, tile + v * kLanes);
  if (step.code >= Micro::HeavyBinary) {
    TENON_UNROLL for (int v = 0; v < kVectors; ++v) {
      hn::Store(operand(v), d, other + v * kLanes);
    }
  }
  heavy_step(step, tile, other, kVectors);
  TENON_UNROLL for (int v = 0; v < kVectors; ++v) acc[v] = hn::Load(d, tile + v * kLanes);
}

/// What a program does to one tile of kVectors vectors; kPartial: to its first `count` lanes.
template <int kVectors, bool kPartial>
void run_tile(const Instruction* ip, const Instruction* end, const uint64_t* bases, float* out,
              [[maybe_unused]] size_t count) {
  const F32 d;
  const Vec zero = hn::Zero(d);
  Vec acc[kVectors];
  TENON_UNROLL for (int v = 0; v < kVectors; ++v) acc[v] = zero;
  const auto operand = [&](int v) HWY_ATTR {
    const auto* from = reinterpret_cast<const float*>(bases[ip->space] + ip->address);
    if constexpr (kPartial)
      return load_some(from, count);
    else
      return hn::LoadU(d, from + v * kLanes);
  };
#define TENON_EACH(micro, expression)                                      \
  case Micro::micro:                                                       \
    TENON_UNROLL for (int v = 0; v < kVectors; ++v) acc[v] = (expression); \
    break
  for (; ip != end; ++ip) {
    switch (ip->code) {
      TENON_EACH(Load, operand(v));
      TENON_EACH(Add, hn::Add(acc[v], operand(v)));
      TENON_EACH(AddRelu, hn::Max(zero, hn::Add(acc[v], operand(v))));
      TENON_EACH(Relu, hn::Max(zero, acc[v]));
      TENON_EACH(Sub, hn::Sub(acc[v], operand(v)));
      TENON_EACH(ReverseSub, hn::Sub(operand(v), acc[v]));
      TENON_EACH(Mul, hn::Mul(acc[v], operand(v)));
      TENON_EACH(Div, hn::Div(acc[v], operand(v)));
      TENON_EACH(ReverseDiv, hn::Div(operand(v), acc[v]));
      TENON_EACH(Max, hn::Max(acc[v], operand(v)));
      TENON_EACH(Min, hn::Min(acc[v], operand(v)));
      TENON_EACH(Clip, clamp(acc[v], ip->alpha, ip->beta()));
      TENON_EACH(LeakyRelu, leaky_relu(acc[v], ip->alpha));
      TENON_EACH(HardSigmoid, hard_sigmoid(acc[v], ip->alpha, ip->beta()));
      TENON_EACH(HardSwish, hn::Mul(acc[v], hard_sigmoid(acc[v], ip->alpha, ip->beta())));
      TENON_EACH(Abs, hn::Abs(acc[v]));
      TENON_EACH(Neg, hn::Neg(acc[v]));
      TENON_EACH(Sqrt, hn::Sqrt(acc[v]));
      TENON_EACH(Reciprocal, hn::Div(hn::Set(d, 1.0F), acc[v]));
      case Micro::Store: {
        auto* to = reinterpret_cast<float*>(bases[ip->space] + ip->address);
        TENON_UNROLL for (int v = 0; v < kVectors; ++v) hn::Store(acc[v], d, to + v * kLanes);
        break;
      }
      default:
        heavy_steps<kVectors>(*ip, acc, operand);
    }
  }
#undef TENON_EACH
  if constexpr (kPartial) {
    store_some(acc[0], out, count);
  } else {
    TENON_UNROLL for (int v = 0; v < kVectors; ++v) hn::StoreU(acc[v], d, out + v * kLanes);
  }
}

void run(const PointwiseRun& r) {
  const auto advance = [&](int64_t floats) HWY_ATTR {
    for (int i = kFirstOperandSpace; i < r.spaces; ++i) {
      r.bases[i] += static_cast<uint64_t>(floats) * sizeof(float);
    }
  };
  int64_t i = 0;
  for (; i + kTileVectors * kLanes <= r.count; i += kTileVectors * kLanes) {
    run_tile<kTileVectors, false>(r.begin, r.end, r.bases, r.out + i, 0);
    advance(kTileVectors * kLanes);
  }
  for (; i + kLanes <= r.count; i += kLanes) {
    run_tile<1, false>(r.begin, r.end, r.bases, r.out + i, 0);
    advance(kLanes);
  }
  if (i < r.count) {
    run_tile<1, true>(r.begin, r.end, r.bases, r.out + i, static_cast<size_t>(r.count - i));
    advance(r.count - i);
  }
}

void activate(ops::ActivationKind kind, float alpha, float beta, float* data, int64_t count) {
  const F32 d;
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    hn::StoreU(activation(kind, hn::LoadU(d, data + i), alpha, beta), d, data + i);
  }
  if (const auto rest = static_cast<size_t>(count - i); rest != 0) {
    store_some(activation(kind, load_some(data + i, rest), alpha, beta), data + i, rest);
  }
}

constexpr PointwiseLoops kTable = {&run, &activate};

}  // namespace tenon::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace tenon::simd {
TENON_SIMD_TABLE(PointwiseLoops, pointwise_loops)
}  // namespace tenon::simd
#endif
