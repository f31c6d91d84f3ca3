// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kinds within operator families, each one list: enumerator, text.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tenon::ops {

/// Texts of an enumeration in the order of its numbers; specialised below for each.
template <class E>
inline constexpr std::span<const std::string_view> kNamesOf{};

// Numbers go into engine files: append, never reorder.
#define TENON_ENUM(Name, LIST)                                                  \
  enum class Name : uint8_t { LIST(TENON_ENUM_ROW) };                           \
  inline constexpr std::string_view k##Name##Names[] = {LIST(TENON_ENUM_TEXT)}; \
  template <>                                                                   \
  inline constexpr std::span<const std::string_view> kNamesOf<Name> = k##Name##Names;
#define TENON_ENUM_ROW(name, text) name,
#define TENON_ENUM_TEXT(name, text) text,

/// y of x with parameters alpha, beta. Sources: the ONNX operator pages of the same names.
#define TENON_ACTIVATIONS(X)                                                          \
  X(None, "none")       /* x */                                                       \
  X(Relu, "relu")       /* max(x, 0) */                                               \
  X(Sigmoid, "sigmoid") /* 1 / (1 + exp(-x)) */                                       \
  X(Tanh, "tanh")                                                                     \
  X(LeakyRelu, "leaky_relu")             /* x >= 0 ? x : alpha x */                   \
  X(Elu, "elu")                          /* x >= 0 ? x : alpha (exp(x) - 1) */        \
  X(Selu, "selu")                        /* beta (x >= 0 ? x : alpha (exp(x) - 1)) */ \
  X(Softsign, "softsign")                /* x / (1 + |x|) */                          \
  X(Softplus, "softplus")                /* alpha log(exp(beta x) + 1) */             \
  X(Clip, "clip")                        /* min(max(x, alpha), beta) */               \
  X(HardSigmoid, "hard_sigmoid")         /* min(max(alpha x + beta, 0), 1) */         \
  X(HardSwish, "hard_swish")             /* x min(max(alpha x + beta, 0), 1) */       \
  X(ScaledTanh, "scaled_tanh")           /* alpha tanh(beta x) */                     \
  X(ThresholdedRelu, "thresholded_relu") /* x > alpha ? x : 0 */                      \
  X(GeluErf, "gelu_erf")                 /* x (1 + erf(x / sqrt 2)) / 2 */            \
  X(GeluTanh, "gelu_tanh")                                                            \
  X(Celu, "celu") /* max(0, x) + min(0, alpha (exp(x / alpha) - 1)) */                \
  X(Mish, "mish") /* x tanh(log(1 + exp(x))) */
TENON_ENUM(ActivationKind, TENON_ACTIVATIONS)

// clang-format off
#define TENON_UNARIES(X)                                                                        \
  X(Abs, "abs") X(Neg, "neg") X(Exp, "exp") X(Log, "log") X(Sqrt, "sqrt")                       \
  X(Reciprocal, "reciprocal") X(Floor, "floor") X(Ceil, "ceil") X(Round, "round") /* to even */ \
  X(Sign, "sign") X(Erf, "erf") X(Not, "not") X(Sin, "sin") X(Cos, "cos") X(Tan, "tan")         \
  X(Asin, "asin") X(Acos, "acos") X(Atan, "atan") X(Sinh, "sinh") X(Cosh, "cosh")               \
  X(Asinh, "asinh") X(Acosh, "acosh") X(Atanh, "atanh") X(IsInf, "is_inf") X(IsNan, "is_nan")
// clang-format on
TENON_ENUM(UnaryKind, TENON_UNARIES)

/// Broadcast as in NumPy. Comparisons and logic give bool; Div of integers rounds towards zero,
/// FloorDiv towards the floor; Mod takes the divisor's sign, Fmod the dividend's.
// clang-format off
#define TENON_ELEMENT_WISES(X)                                                                   \
  X(Add, "add") X(Sub, "sub") X(Mul, "mul") X(Div, "div") X(FloorDiv, "floor_div") X(Max, "max") \
  X(Min, "min") X(Pow, "pow") X(Mod, "mod") X(Fmod, "fmod") X(And, "and") X(Or, "or")            \
  X(Xor, "xor") X(Equal, "equal") X(Less, "less") X(Greater, "greater")                          \
  X(LessOrEqual, "less_or_equal") X(GreaterOrEqual, "greater_or_equal")
// clang-format on
TENON_ENUM(ElementWiseKind, TENON_ELEMENT_WISES)

/// Blend is (1 - blend) of the maximum and blend of the average.
#define TENON_POOLINGS(X) X(Max, "max") X(Average, "average") X(Blend, "blend")
TENON_ENUM(PoolingKind, TENON_POOLINGS)

// clang-format off
#define TENON_REDUCES(X)                                                                  \
  X(Sum, "sum") X(Prod, "prod") X(Max, "max") X(Min, "min") X(Mean, "mean") X(L1, "l1")   \
  X(L2, "l2") X(LogSum, "log_sum") X(LogSumExp, "log_sum_exp") X(SumSquare, "sum_square")
// clang-format on
TENON_ENUM(ReduceKind, TENON_REDUCES)

#define TENON_PADS(X) X(Constant, "constant") X(Reflect, "reflect") X(Edge, "edge")
TENON_ENUM(PadMode, TENON_PADS)

#define TENON_RESIZES(X) X(Nearest, "nearest") X(Linear, "linear") X(Cubic, "cubic")
TENON_ENUM(ResizeMode, TENON_RESIZES)

/// Where element i of a resized axis falls on: see resize_coordinate in ops/resize.cc.
// clang-format off
#define TENON_COORDINATES(X)                                                              \
  X(Asymmetric, "asymmetric") X(HalfPixel, "half_pixel") X(AlignCorners, "align_corners") \
  X(HalfPixelForNearest, "half_pixel_for_nearest") X(HalfPixelSymmetric, "half_pixel_symmetric")
#define TENON_ROUNDINGS(X)                                                                \
  X(Floor, "floor") X(Ceil, "ceil") X(HalfDown, "half_down") X(HalfUp, "half_up")
// clang-format on
TENON_ENUM(Coordinates, TENON_COORDINATES)
TENON_ENUM(Rounding, TENON_ROUNDINGS)

template <class E>
constexpr std::string_view to_string(E kind) noexcept requires(!kNamesOf<E>.empty()) {
  return kNamesOf<E>[static_cast<size_t>(kind)];
}

/// Finds an enumerator by its text; false when there is none.
template <class E>
constexpr bool find_kind(std::string_view text, E& out) noexcept {
  for (size_t i = 0; i < kNamesOf<E>.size(); ++i) {
    if (kNamesOf<E>[i] == text) return out = static_cast<E>(i), true;
  }
  return false;
}

/// Elements: one index an element; Nd: one tuple of indices a slice.
// clang-format off
#define TENON_SCATTERS(X) X(Elements, "elements") X(Nd, "nd")
#define TENON_SCATTER_REDUCTIONS(X)                                                       \
  X(None, "none") X(Add, "add") X(Mul, "mul") X(Max, "max") X(Min, "min")
#define TENON_BITWISES(X)                                                                 \
  X(And, "and") X(Or, "or") X(Xor, "xor") X(ShiftLeft, "shift_left") X(ShiftRight, "shift_right")
#define TENON_CUMULATIVES(X) X(Sum, "sum") X(Prod, "prod")
/// Linspace: start + index · step; Uniform: start … step; Normal: mean start, deviation step.
#define TENON_FILLS(X) X(Linspace, "linspace") X(Uniform, "uniform") X(Normal, "normal")
#define TENON_OUTSIDES(X)                                                                 \
  X(Wrap, "wrap") X(Clamp, "clamp") X(Fill, "fill") X(Reflect, "reflect")
#define TENON_RECURRENTS(X) X(Rnn, "rnn") X(Gru, "gru") X(Lstm, "lstm")
#define TENON_DIRECTIONS(X)                                                               \
  X(Forward, "forward") X(Reverse, "reverse") X(Bidirectional, "bidirectional")
#define TENON_SCALE_MODES(X)                                                              \
  X(Uniform, "uniform") X(Channel, "channel") X(Elementwise, "elementwise")
#define TENON_TRIP_LIMITS(X) X(Count, "count") X(While, "while")
#define TENON_LOOP_OUTPUTS(X)                                                             \
  X(Last, "last") X(Concatenate, "concatenate") X(Reverse, "reverse")
// clang-format on
TENON_ENUM(TripLimitKind, TENON_TRIP_LIMITS)
TENON_ENUM(LoopOutputKind, TENON_LOOP_OUTPUTS)
TENON_ENUM(ScatterMode, TENON_SCATTERS)
TENON_ENUM(ScatterReduction, TENON_SCATTER_REDUCTIONS)
TENON_ENUM(BitwiseKind, TENON_BITWISES)
TENON_ENUM(CumulativeKind, TENON_CUMULATIVES)
TENON_ENUM(FillKind, TENON_FILLS)
/// What a place outside a tensor holds: the tensor again, its nearest element, a number, its
/// mirror.
TENON_ENUM(Outside, TENON_OUTSIDES)
TENON_ENUM(RecurrentKind, TENON_RECURRENTS)
TENON_ENUM(Direction, TENON_DIRECTIONS)
TENON_ENUM(ScaleMode, TENON_SCALE_MODES)

/// UpperLeft: query i sees keys 0 to i; LowerRight: the last query sees all keys, the one before
/// all but the last, ….
#define TENON_CAUSALS(X) X(None, "none") X(UpperLeft, "upper_left") X(LowerRight, "lower_right")
/// How sequences lie: [batch, heads, places, size], one after the other [places, heads, size], or
/// [batch, places, heads, size], as products of all heads leave them.
#define TENON_SEQUENCE_FORMS(X) \
  X(Padded, "padded") X(Packed, "packed") X(PlacesFirst, "places_first")
TENON_ENUM(CausalKind, TENON_CAUSALS)
TENON_ENUM(SequenceForm, TENON_SEQUENCE_FORMS)

#undef TENON_ENUM
#undef TENON_ENUM_ROW
#undef TENON_ENUM_TEXT

}  // namespace tenon::ops
