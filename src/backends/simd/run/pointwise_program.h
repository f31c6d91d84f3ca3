// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A fused chain as a program for the accumulator machine of loops/pointwise.h.
#pragma once

#include <span>

#include "backends/simd/loops/pointwise.h"
#include "base/array.h"
#include "base/dims.h"
#include "ops/pointwise.h"

namespace tenon::simd {

/// The steps as instructions that do not know addresses yet.
struct PointwiseProgram {
  struct Use {
    uint32_t instruction;
    uint32_t input;
  };
  Array<Instruction> instructions;
  Array<Use> uses;    ///< instructions whose operand is an input of the node
  int64_t slots = 0;  ///< temporaries, each kTileFloats floats from its base
};

/// A chain, as a record holds it: ops::Pointwise without the C++ library.
using PointwiseChain = std::span<const ops::PointwiseStep>;

/// Why a step cannot be run.
enum class StepFault : uint8_t { None, GivesBool, NamesNothing };
/// The first step of a chain that cannot run here, and why; the chain's length and None when all
/// can. `inputs` of the node.
struct FaultyStep {
  size_t index = 0;
  StepFault fault = StepFault::None;
};
FaultyStep find_fault(PointwiseChain chain, size_t inputs) noexcept;

/// Translates a chain without fault. Values that the next step does not take from the accumulator
/// go to slots, which are reused after the last use. False when there is no memory.
[[nodiscard]] bool compile(PointwiseChain chain, PointwiseProgram& program) noexcept;

/// How operands lie over an output that is walked as rows of `inner` consecutive elements.
struct PointwiseWalk {
  struct Operand {
    Dims outer;          ///< elements to move for each outer axis
    bool moves = false;  ///< along a row by one element; else constant in it
    friend bool operator==(const Operand&, const Operand&) = default;
  };
  Dims outer;  ///< extents of the outer axes
  int64_t inner = 1;
  Array<Operand> operands;  ///< one an input

  [[nodiscard]] int64_t rows() const noexcept { return outer.volume(); }
};

/// Joins the axes that all inputs walk alike. Inputs broadcast to `output` as in NumPy.
/// False when there is no memory.
[[nodiscard]] bool walk(const Dims& output, std::span<const Dims> inputs,
                        PointwiseWalk& result) noexcept;

}  // namespace tenon::simd
