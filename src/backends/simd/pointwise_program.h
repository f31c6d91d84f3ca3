// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A fused chain as a program for the accumulator machine of loops/pointwise.h.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "backends/simd/loops/pointwise.h"
#include "base/dims.h"
#include "ops/op.h"

namespace tenon::simd {

/// The steps as instructions that do not know addresses yet.
struct PointwiseProgram {
  struct Use {
    uint32_t instruction;
    uint32_t input;
  };
  std::vector<Instruction> instructions;
  std::vector<Use> uses;  ///< instructions whose operand is an input of the node
  int64_t slots = 0;      ///< temporaries, each kTileFloats floats from its base
};

/// Any element-wise operator of f32 as a chain. Only for operators refuse_pointwise accepts.
ops::Pointwise as_pointwise(const ops::Op& op);

/// Why a chain cannot run here; empty when it can: a step gives bool, or names what is not there.
std::string refuse_pointwise(const ops::Pointwise& chain, size_t inputs);

/// Translates a chain that refuse_pointwise accepts. Values that the next step does not take from
/// the accumulator go to slots, which are reused after the last use.
PointwiseProgram compile(const ops::Pointwise& chain);

/// How operands lie over an output that is walked as rows of `inner` consecutive elements.
struct PointwiseWalk {
  struct Operand {
    Dims outer;          ///< elements to move for each outer axis
    bool moves = false;  ///< along a row by one element; else constant in it
    friend bool operator==(const Operand&, const Operand&) = default;
  };
  Dims outer;  ///< extents of the outer axes
  int64_t inner = 1;
  std::vector<Operand> operands;  ///< one an input

  [[nodiscard]] int64_t rows() const noexcept { return outer.volume(); }
};

/// Joins the axes that all inputs walk alike. Inputs broadcast to `output` as in NumPy.
PointwiseWalk walk(const Dims& output, std::span<const Dims> inputs);

}  // namespace tenon::simd
