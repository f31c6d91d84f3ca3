// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writing a graph as text.
#include "ir/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.h"
#include "ir/constant_text.h"

namespace tenon::ir {

namespace {

std::string quoted(std::string_view text) {
  std::string all = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    if (c == '\n') {
      all += "\\n";
    } else {
      all += c;
    }
  }
  return all + '"';
}

template <class T>
std::string number(T value) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.begin(), buffer.end(), value).ptr;
  return {buffer.begin(), end};
}

/// "[a, b]" of anything with an element text.
template <class List, class Text>
std::string bracketed(const List& list, Text&& text_of) {
  std::string all = "[";
  for (const auto& item : list) {
    if (all.size() > 1) all += ", ";
    all += text_of(item);
  }
  return all + ']';
}

bool plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, is_name_character);
}

/// What a step does; no two codes share a word.
std::string_view kind_text(const ops::PointwiseStep& step) {
  const auto of = [&](std::span<const std::string_view> names) {
    const auto kind = static_cast<size_t>(step.kind);
    return kind < names.size() ? names[kind] : "unknown";
  };
  switch (step.code) {
    case ops::PointwiseCode::Load:
      return "load";
    case ops::PointwiseCode::Unary:
      return of(ops::kUnaryKindNames);
    case ops::PointwiseCode::Activation:
      return of(ops::kActivationKindNames);
    case ops::PointwiseCode::ElementWise:
      return of(ops::kElementWiseKindNames);
  }
  return "unknown";
}

class Printer {
 public:
  explicit Printer(const Graph& graph) : graph_(graph) {
    for (const Value* input : graph.inputs()) name(input);
    for (const auto& node : graph.nodes()) {
      for (const Value* output : node->outputs()) name(output);
    }
  }

  std::string whole() {
    if (!graph_.name.empty()) out_ += "graph " + quoted(graph_.name) + '\n';
    for (const Value* input : graph_.inputs()) {
      out_ += "input " + declaration(input) + formats(input) + '\n';
    }
    for (const auto& node : graph_.nodes()) print(*node);
    for (const Value* output : graph_.outputs()) {
      out_ += "output " + names_[output] + formats(output) + '\n';
    }
    return std::move(out_);
  }

 private:
  /// Gives a value its text, unlike all others.
  void name(const Value* value) {
    std::string unlike = value->name;
    for (int n = 2; !taken_.insert(unlike).second; ++n) {
      unlike = value->name + '.' + std::to_string(n);
    }
    names_[value] = '%' + (plain(unlike) ? unlike : quoted(unlike));
  }

  std::string declaration(const Value* value) {
    return names_[value] + " : " + std::string(to_string(value->dtype())) + text(value->shape());
  }

  static std::string formats(const Value* value) {
    if (value->allowed_formats.empty()) return {};
    return " formats " +
           bracketed(value->allowed_formats, [](uint8_t f) { return number(int64_t{f}); });
  }

  void print(const Node& node) {
    for (const Value* output : node.outputs()) {
      if (output != node.output()) out_ += ", ";
      out_ += declaration(output);
    }
    out_ += " = " + std::string(ops::name_of(node.op));
    if (!node.inputs().empty()) {
      std::string list = bracketed(node.inputs(), [&](const Value* v) { return operand(v); });
      list.front() = '(';
      list.back() = ')';
      out_ += list;
    }
    const std::string parameters =
        std::visit([&](const auto& op) { return fields_of(op); }, node.op);
    if (!parameters.empty()) out_ += " {" + parameters + '}';
    const bool named = node.outputs().empty() || node.name != node.output()->name;
    if (named) out_ += ' ' + quoted(node.name);
    if (!node.sources.empty() && node.sources != std::vector{node.name}) {
      std::string list = bracketed(node.sources, quoted);
      out_ += " from " + list.substr(1, list.size() - 2);
    }
    out_ += '\n';
  }

  std::string operand(const Value* value) { return value ? names_[value] : "_"; }

  static std::string fields_of(const ops::Foreign& foreign) {
    if (!foreign.op) return {};
    const ops::PluginId& id = foreign.op->id();
    return "plugin = " + quoted(id.name) + ", version = " + quoted(id.version) +
           ", namespace = " + quoted(id.name_space) +
           ", parameters = " + quoted(foreign.op->describe());
  }
  template <class Struct>
  std::string fields_of(const Struct& op) {
    return fields(op, Struct{});
  }

  /// "kernel = [5, 5], groups = 2": the members that differ from `defaults`.
  template <class Struct>
  std::string fields(const Struct& value, const Struct& defaults) {
    std::string all;
    const auto add = [&](const auto& field) {
      const auto& member = value.*(field.member);
      const auto& usual = defaults.*(field.member);
      const std::string written = text(member, usual);
      if (written == text(usual, usual)) return;
      if (!all.empty()) all += ", ";
      all += field.name + (" = " + written);
    };
    std::apply([&](const auto&... field) { (add(field), ...); }, Struct::fields());
    return all;
  }

  // One text for every type of member; `usual` matters only to structs.
  template <class T>
  std::string text(const T& value, const T& usual) {
    if constexpr (requires { T::fields(); }) {
      return '{' + fields(value, usual) + '}';
    } else {
      return text(value);
    }
  }
  static std::string text(bool value) { return value ? "true" : "false"; }
  static std::string text(int64_t value) { return number(value); }
  static std::string text(float value) { return number(value); }
  static std::string text(double value) { return number(value); }
  static std::string text(const std::string& value) { return quoted(value); }
  static std::string text(DType value) { return std::string(to_string(value)); }
  static std::string text(const Dims& dims) { return bracketed(dims, number<int64_t>); }
  static std::string text(const ops::ConstantRef& data) {
    return data ? constant_text(*data) : "none";
  }
  std::string text(const expr::Shape& shape) const {
    return expr::to_string(shape, graph_.symbols());
  }
  template <class E>
  requires std::is_enum_v<E> std::string text(E value) {
    return std::string(ops::to_string(value));
  }

  static std::string text(const std::vector<ops::Scale>& scales) {
    return bracketed(scales, [](const ops::Scale& scale) { return number(scale.value); });
  }

  /// "load 0", "add 0 1", "clip 2 {alpha = -1, beta = 1}".
  static std::string text(const std::vector<ops::PointwiseStep>& steps) {
    return bracketed(steps, [](const ops::PointwiseStep& step) {
      std::string all(kind_text(step));
      all += ' ' + number(step.lhs);
      if (step.code == ops::PointwiseCode::ElementWise) all += ' ' + number(step.rhs);
      if (step.alpha != 0 || step.beta != 0) {
        all += " {alpha = " + number(step.alpha) + ", beta = " + number(step.beta) + '}';
      }
      return all;
    });
  }

  const Graph& graph_;
  std::unordered_map<const Value*, std::string> names_;
  std::unordered_set<std::string> taken_;
  std::string out_;
};

}  // namespace

std::string print(const Graph& graph) { return Printer(graph).whole(); }

}  // namespace tenon::ir
