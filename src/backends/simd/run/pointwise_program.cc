// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From chains to programs, and from shapes to walks.
#include "backends/simd/run/pointwise_program.h"

#include <iterator>
#include <type_traits>

namespace tenon::simd {

namespace {

using ops::ActivationKind;
using ops::ElementWiseKind;
using ops::PointwiseCode;
using ops::PointwiseStep;
using ops::UnaryKind;

bool gives_bool(UnaryKind kind) {
  return kind == UnaryKind::Not || kind == UnaryKind::IsInf || kind == UnaryKind::IsNan;
}
bool gives_bool(ElementWiseKind kind) {
  return kind >= ElementWiseKind::And;  // And, Or, Xor and the comparisons close the list.
}

/// An instruction without memory operand.
Instruction unary_instruction(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::Abs:
      return {.code = Micro::Abs};
    case UnaryKind::Neg:
      return {.code = Micro::Neg};
    case UnaryKind::Sqrt:
      return {.code = Micro::Sqrt};
    case UnaryKind::Reciprocal:
      return {.code = Micro::Reciprocal};
    default:
      return {.code = Micro::HeavyUnary, .kind = static_cast<uint8_t>(kind)};
  }
}

Instruction activation_instruction(const PointwiseStep& step) {
  const auto kind = static_cast<ActivationKind>(step.kind);
  Instruction instruction{.code = Micro::HeavyActivation, .kind = static_cast<uint8_t>(step.kind)};
  switch (kind) {
    case ActivationKind::Relu:
      instruction.code = Micro::Relu;
      break;
    case ActivationKind::Clip:
      instruction.code = Micro::Clip;
      break;
    case ActivationKind::LeakyRelu:
      instruction.code = Micro::LeakyRelu;
      break;
    case ActivationKind::HardSigmoid:
      instruction.code = Micro::HardSigmoid;
      break;
    case ActivationKind::HardSwish:
      instruction.code = Micro::HardSwish;
      break;
    default:
      break;
  }
  instruction.alpha = step.alpha;
  instruction.set_beta(step.beta);
  return instruction;
}

/// acc = acc op m, or m op acc when `reverse`.
Instruction binary_instruction(ElementWiseKind kind, bool reverse) {
  switch (kind) {
    case ElementWiseKind::Add:
      return {.code = Micro::Add};
    case ElementWiseKind::Mul:
      return {.code = Micro::Mul};
    case ElementWiseKind::Max:
      return {.code = Micro::Max};
    case ElementWiseKind::Min:
      return {.code = Micro::Min};
    case ElementWiseKind::Sub:
      return {.code = reverse ? Micro::ReverseSub : Micro::Sub};
    case ElementWiseKind::Div:
      return {.code = reverse ? Micro::ReverseDiv : Micro::Div};
    default:
      return {.code = reverse ? Micro::HeavyReverse : Micro::HeavyBinary,
              .kind = static_cast<uint8_t>(kind)};
  }
}

/// Translates step by step, keeping track of what the accumulator and the slots hold.
class Compiler {
 public:
  Compiler(PointwiseChain chain, PointwiseProgram& program) noexcept
      : steps_(chain), program_(program) {}

  /// False when there is no memory.
  [[nodiscard]] bool compile() noexcept {
    // An instruction and a store a step are the most there can be.
    if (!values_.resize(steps_.size()) || !free_.reserve(steps_.size()) ||
        !program_.uses.reserve(2 * steps_.size()) ||
        !program_.instructions.reserve(4 * steps_.size())) {
      return false;
    }
    find_uses();
    for (size_t i = 0; i < steps_.size(); ++i) {
      if (steps_[i].code == PointwiseCode::Load) continue;
      emit_step(i);
      accumulator_ = i;
      if (values_[i].needs_slot) store(i);
    }
    if (accumulator_ != steps_.size() - 1) load(steps_.size() - 1);  // A chain of a load alone.
    return sound_;
  }

 private:
  struct Value {
    size_t last_use = 0;
    bool needs_slot = false;
    uint64_t slot = 0;
  };

  static bool is_binary(const PointwiseStep& step) {
    return step.code == PointwiseCode::ElementWise;
  }

  void find_uses() {
    size_t previous = steps_.size();  // The step whose result the accumulator holds.
    for (size_t i = 0; i < steps_.size(); ++i) {
      const PointwiseStep& step = steps_[i];
      if (step.code == PointwiseCode::Load) continue;
      const auto lhs = static_cast<size_t>(step.lhs), rhs = static_cast<size_t>(step.rhs);
      use(lhs, i, lhs != previous);
      if (is_binary(step)) use(rhs, i, rhs != previous || lhs == rhs);
      previous = i;
    }
  }

  void use(size_t value, size_t by, bool from_memory) {
    values_[value].last_use = by;
    values_[value].needs_slot |= from_memory && steps_[value].code != PointwiseCode::Load;
  }

  void emit_step(size_t i) {
    const PointwiseStep& step = steps_[i];
    const auto lhs = static_cast<size_t>(step.lhs), rhs = static_cast<size_t>(step.rhs);
    if (!is_binary(step)) {
      if (accumulator_ != lhs) load(lhs);
      release(lhs, i);
      const bool unary = step.code == PointwiseCode::Unary;
      if (!unary && static_cast<ActivationKind>(step.kind) == ActivationKind::None) return;
      emit(unary ? unary_instruction(static_cast<UnaryKind>(step.kind))
                 : activation_instruction(step));
      return;
    }
    const bool reverse = accumulator_ == rhs && lhs != rhs;
    if (!reverse && accumulator_ != lhs) load(lhs);
    const auto kind = static_cast<ElementWiseKind>(step.kind);
    emit_with_operand(binary_instruction(kind, reverse), reverse ? lhs : rhs);
    release(lhs, i);
    release(rhs, i);
  }

  void load(size_t value) { emit_with_operand({.code = Micro::Load}, value); }

  void emit_with_operand(Instruction instruction, size_t value) {
    if (steps_[value].code == PointwiseCode::Load) {
      add(program_.uses, {static_cast<uint32_t>(program_.instructions.size()),
                          static_cast<uint32_t>(steps_[value].lhs)});
    } else {
      instruction.space = kSlotSpace;
      instruction.address = values_[value].slot;
    }
    add(program_.instructions, instruction);
  }

  /// An addition and the Relu behind it are one instruction.
  void emit(const Instruction& instruction) {
    auto& all = program_.instructions;
    if (instruction.code == Micro::Relu && !all.empty() && all.back().code == Micro::Add) {
      all.back().code = Micro::AddRelu;
    } else {
      add(all, instruction);
    }
  }

  void store(size_t value) {
    uint64_t slot;
    if (free_.empty()) {
      slot = static_cast<uint64_t>(program_.slots++) * kTileFloats * sizeof(float);
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    values_[value].slot = slot;
    add(program_.instructions, {.code = Micro::Store, .space = kSlotSpace, .address = slot});
  }

  void release(size_t value, size_t by) {
    Value& v = values_[value];
    if (v.needs_slot && v.last_use == by) {
      add(free_, v.slot);
      v.needs_slot = false;
    }
  }

  template <class T>
  void add(Array<T>& list, const std::type_identity_t<T>& value) noexcept {
    sound_ = list.push_back(value) && sound_;
  }

  PointwiseChain steps_;
  PointwiseProgram& program_;
  Array<Value> values_;
  Array<uint64_t> free_;
  bool sound_ = true;
  size_t accumulator_ = SIZE_MAX;
};

StepFault fault_of(const PointwiseStep& step, size_t index, size_t inputs) noexcept {
  const auto earlier = [&](int64_t operand) {
    return operand >= 0 && static_cast<size_t>(operand) < index;
  };
  const auto known = [&](size_t count) {
    return step.kind >= 0 && static_cast<size_t>(step.kind) < count;
  };
  bool sound = earlier(step.lhs), bools = false;
  switch (step.code) {
    case PointwiseCode::Load:
      sound = step.lhs >= 0 && static_cast<size_t>(step.lhs) < inputs;
      break;
    case PointwiseCode::Unary:
      sound = sound && known(std::size(ops::kUnaryKindNames));
      bools = sound && gives_bool(static_cast<UnaryKind>(step.kind));
      break;
    case PointwiseCode::Activation:
      sound = sound && known(std::size(ops::kActivationKindNames));
      break;
    case PointwiseCode::ElementWise:
      sound = sound && earlier(step.rhs) && known(std::size(ops::kElementWiseKindNames));
      bools = sound && gives_bool(static_cast<ElementWiseKind>(step.kind));
      break;
  }
  if (bools) return StepFault::GivesBool;
  return sound ? StepFault::None : StepFault::NamesNothing;
}

}  // namespace

FaultyStep find_fault(PointwiseChain chain, size_t inputs) noexcept {
  for (size_t i = 0; i < chain.size(); ++i) {
    const StepFault fault = fault_of(chain[i], i, inputs);
    if (fault != StepFault::None) return {i, fault};
  }
  return {chain.size(), StepFault::None};
}

bool compile(PointwiseChain chain, PointwiseProgram& program) noexcept {
  return Compiler(chain, program).compile();
}

bool walk(const Dims& output, std::span<const Dims> inputs, PointwiseWalk& result) noexcept {
  const int rank = output.rank();
  // Strides of every input over the output's axes; 0 where it is broadcast.
  Array<Dims> strides, joined;
  result.outer = {};
  result.inner = 1;
  result.operands.clear();
  if (!strides.reserve(inputs.size()) || !joined.resize(inputs.size()) ||
      !result.operands.resize(inputs.size())) {
    return false;
  }
  for (const Dims& dims : inputs) {
    const Dims own = row_major_strides(dims);
    Dims over = Dims::filled(rank, 0);
    for (int i = 0; i < dims.rank(); ++i) {
      if (dims[i] != 1) over[rank - dims.rank() + i] = own[i];
    }
    if (!strides.push_back(over)) return false;
  }
  // From the last axis outwards: an axis joins the one inside it when every input walks both alike.
  Dims extents;
  for (int axis = rank - 1; axis >= 0; --axis) {
    if (output[axis] == 1) continue;
    bool joins = !extents.empty();
    for (size_t k = 0; k < inputs.size() && joins; ++k) {
      joins = strides[k][axis] == joined[k].back() * extents.back();
    }
    if (joins) {
      extents[extents.rank() - 1] *= output[axis];
      continue;
    }
    extents.push_back(output[axis]);
    for (size_t k = 0; k < inputs.size(); ++k) joined[k].push_back(strides[k][axis]);
  }
  if (!extents.empty()) result.inner = extents[0];
  for (int i = extents.rank() - 1; i > 0; --i) result.outer.push_back(extents[i]);
  for (size_t k = 0; k < inputs.size(); ++k) {
    PointwiseWalk::Operand& operand = result.operands[k];
    operand.moves = !extents.empty() && joined[k][0] != 0;
    for (int i = extents.rank() - 1; i > 0; --i) operand.outer.push_back(joined[k][i]);
  }
  return true;
}

}  // namespace tenon::simd
