// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One operator, or a chain of them, as statements.
#include "backends/cuda/pointwise_text.h"

#include <fmt/core.h>

#include <bit>

#include "backends/cuda/own_kernel.h"

namespace tenon::cuda {

namespace {

std::string unary_text(ops::UnaryKind kind, const std::string& x) {
  return fmt::format("un_{}({})", ops::to_string(kind), x);
}

std::string binary_text(ops::ElementWiseKind kind, const std::string& a, const std::string& b) {
  return fmt::format("ew_{}({}, {})", ops::to_string(kind), a, b);
}

std::string step_text(const ops::PointwiseStep& step) {
  std::string lhs = fmt::format("s{}", step.lhs);
  const std::string rhs = fmt::format("s{}", step.rhs);
  switch (step.code) {
    case ops::PointwiseCode::Load:
      return fmt::format("x{}", step.lhs);
    case ops::PointwiseCode::Unary:
      return unary_text(static_cast<ops::UnaryKind>(step.kind), lhs);
    case ops::PointwiseCode::Activation:
      return activated({static_cast<ops::ActivationKind>(step.kind), step.alpha, step.beta}, lhs);
    case ops::PointwiseCode::ElementWise:
      return binary_text(static_cast<ops::ElementWiseKind>(step.kind), lhs, rhs);
  }
  return lhs;
}

std::string chain_text(const ops::Pointwise& chain) {
  std::string text;
  for (size_t i = 0; i < chain.steps.size(); ++i) {
    text += fmt::format("  const auto s{} = {};\n", i, step_text(chain.steps[i]));
  }
  return text + fmt::format("  return s{};\n", chain.steps.size() - 1);
}

std::string scale_text(const kernel::NodeInfo& node) {
  const auto has = [&](size_t input) {
    return input < node.inputs.size() && node.inputs[input].present;
  };
  std::string text = "  auto y = x0;\n";
  if (has(ops::kScaleFactor)) text += "  y = y * x2;\n";
  if (has(ops::kScaleShift)) text += "  y = y + x1;\n";
  if (has(ops::kScalePower)) text += "  y = pow(y, x3);\n";
  return text + "  return y;\n";
}

std::string bitwise_text(const ops::Bitwise& op, int bits) {
  const std::string mask = bits == 64 ? "~0ULL" : fmt::format("0x{:x}ULL", (1ULL << bits) - 1);
  switch (op.kind) {
    case ops::BitwiseKind::And:
      return "  return x0 & x1;\n";
    case ops::BitwiseKind::Or:
      return "  return x0 | x1;\n";
    case ops::BitwiseKind::Xor:
      return "  return x0 ^ x1;\n";
    case ops::BitwiseKind::ShiftLeft:
      return fmt::format("  return x1 < 0 || x1 >= {} ? (i64)0 : (i64)((u64)x0 << x1);\n", bits);
    case ops::BitwiseKind::ShiftRight:
      return fmt::format("  return x1 < 0 || x1 >= {} ? (i64)0 : (i64)(((u64)x0 & {}) >> x1);\n",
                         bits, mask);
  }
  return {};
}

}  // namespace

std::string pointwise_body(const kernel::NodeInfo& node) {
  const ops::Op& op = *node.op;
  const auto returns = [](const std::string& value) { return "  return " + value + ";\n"; };
  if (const auto* chain = std::get_if<ops::Pointwise>(&op)) return chain_text(*chain);
  if (const auto* unary = std::get_if<ops::Unary>(&op))
    return returns(unary_text(unary->kind, "x0"));
  if (const auto* one = std::get_if<ops::Activation>(&op)) return returns(activated(*one, "x0"));
  if (const auto* two = std::get_if<ops::ElementWise>(&op)) {
    return returns(binary_text(two->kind, "x0", "x1"));
  }
  if (std::holds_alternative<ops::Select>(op)) return returns("x0 != 0 ? x1 : x2");
  if (std::holds_alternative<ops::ParametricRelu>(op)) return returns("x0 < 0 ? x1 * x0 : x0");
  if (std::holds_alternative<ops::ScaleShift>(op)) return scale_text(node);
  if (const auto* norm = std::get_if<ops::BatchNorm>(&op)) {
    return returns(fmt::format("x1 * (x0 - x3) / sqrt(x4 + __int_as_float(0x{:08x})) + x2",
                               std::bit_cast<uint32_t>(norm->epsilon)));
  }
  if (const auto* bitwise = std::get_if<ops::Bitwise>(&op)) {
    return bitwise_text(*bitwise, bit_width(node.inputs[0].dtype));
  }
  return returns("x0");  // Cast: the types do it.
}

}  // namespace tenon::cuda
