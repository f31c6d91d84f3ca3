// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Writing graphs member by member, and reading them as if an enemy had written them.
#include "ir/graph_bytes.h"

#include <algorithm>
#include <unordered_map>

#include "expr/program.h"
#include "ir/verify.h"

namespace tenon::ir {

namespace {

constexpr uint32_t kNone = UINT32_MAX;
constexpr Status kDamaged{Code::InvalidPlan, "the network inside the engine is damaged"};

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

/// The expression of verified code.
expr::Expr decompile(const expr::Code& code) {
  std::vector<expr::Expr> stack;
  for (size_t i = 0; i < code.size(); ++i) {
    const int64_t kind = code[i] & 0xff, operand = code[i] >> 8;
    if (kind == 0) {
      stack.emplace_back(code[++i]);
    } else if (kind == 1) {
      stack.push_back(expr::Expr::symbol(static_cast<expr::SymbolId>(operand)));
    } else {
      const expr::Expr rhs = stack.back();
      stack.pop_back();
      stack.back() = expr::combine(static_cast<expr::Op>(operand), stack.back(), rhs);
    }
  }
  return stack.back();
}

}  // namespace

/// Sees the insides of graphs.
class GraphWriter {
 public:
  GraphWriter(const Graph& graph, ByteWriter& to, std::vector<ops::ConstantRef>& constants)
      : graph_(graph), to_(to), constants_(constants) {}

  bool run() {
    to_.text(graph_.name);
    to_.put(static_cast<uint64_t>(graph_.names_made_));
    put_count(graph_.symbols().size());
    for (expr::SymbolId id = 0; id < graph_.symbols().size(); ++id) put(graph_.symbols()[id]);
    put_count(graph_.values_.size());
    for (const auto& value : graph_.values_) {
      number_[value.get()] = static_cast<uint32_t>(number_.size());
      put(*value);
    }
    put(graph_.inputs_);
    put(graph_.outputs_);
    put_count(graph_.nodes_.size());
    for (const auto& node : graph_.nodes_) put(*node);
    return sound_;
  }

 private:
  void put_count(size_t count) { to_.put(static_cast<uint32_t>(count)); }

  void put(const expr::Expr& e) {
    const auto code = expr::compile(e);
    sound_ = sound_ && code;
    if (!code) return;
    put_count(code->size());
    for (const int64_t word : *code) to_.put(word);
  }
  void put(const expr::Shape& shape) {
    put_count(shape.size());
    for (const expr::Expr& e : shape) put(e);
  }
  void put(const std::optional<expr::Expr>& e) {
    to_.put(static_cast<uint8_t>(e.has_value()));
    if (e) put(*e);
  }
  void put(const expr::Symbol& symbol) {
    to_.text(symbol.name);
    put(symbol.opt);
    put(symbol.upper);
  }
  void put(const Value& value) {
    to_.text(value.name);
    to_.put(value.type.dtype);
    put(value.type.shape);
    to_.put(static_cast<uint8_t>(value.type.content.has_value()));
    if (value.type.content) put(*value.type.content);
    put_count(value.allowed_formats.size());
    for (const uint8_t format : value.allowed_formats) to_.put(format);
  }
  void put(const std::vector<Value*>& values) {
    put_count(values.size());
    for (const Value* value : values) to_.put(value == nullptr ? kNone : number_[value]);
  }
  void put(const Node& node) {
    to_.text(node.name);
    put_count(node.sources.size());
    for (const std::string& source : node.sources) to_.text(source);
    put(node.inputs_);
    put(node.outputs_);
    to_.text(ops::name_of(node.op));
    std::visit([this](const auto& op) { put_member(op); }, node.op);
  }

  template <class T>
  void put_member(const T& member) {
    if constexpr (std::is_same_v<T, ops::ConstantRef>) {
      put_count(constants_.size());
      constants_.push_back(member);
    } else if constexpr (std::is_same_v<T, expr::Shape>) {
      put(member);
    } else if constexpr (kIsVector<T>) {
      put_count(member.size());
      for (const auto& one : member) put_member(one);
    } else if constexpr (ops::detail::HasFields<T>) {
      ops::for_each_field(member, [this](const char*, const auto& one) { put_member(one); });
    } else {
      sound_ = ops::detail::write(to_, member) && sound_;
    }
  }

  const Graph& graph_;
  ByteWriter& to_;
  std::vector<ops::ConstantRef>& constants_;
  std::unordered_map<const Value*, uint32_t> number_;
  bool sound_ = true;
};

class GraphReader {
 public:
  GraphReader(ByteReader& from, std::span<const ops::ConstantRef> constants,
              const FindForeign& foreign)
      : from_(from), constants_(constants), foreign_(foreign) {}

  std::unique_ptr<Graph> run() {
    graph_->name = from_.text();
    graph_->names_made_ = from_.take<uint64_t>();
    symbol_count_ = take_count();
    for (size_t i = 0; i < symbol_count_ && sound(); ++i) take_symbol();
    for (size_t i = take_count(); i > 0 && sound(); --i) take_value();
    graph_->inputs_ = take_values(false);
    graph_->outputs_ = take_values(false);
    for (Value* value : graph_->inputs_) fail_if(std::exchange(value->is_input_, true));
    for (Value* value : graph_->outputs_) fail_if(std::exchange(value->is_output_, true));
    for (size_t i = take_count(); i > 0 && sound(); --i) take_node();
    for (const auto& value : graph_->values_) {
      fail_if((value->producer_ == nullptr) != value->is_input_);
    }
    return sound() ? std::move(graph_) : nullptr;
  }

 private:
  [[nodiscard]] bool sound() const { return sound_ && from_.ok(); }
  void fail_if(bool fault) { sound_ = sound_ && !fault; }

  /// Everything counted takes at least a byte, so hostile counts cannot make us allocate much.
  size_t take_count() {
    const size_t count = from_.take<uint32_t>();
    fail_if(count > from_.rest().size());
    return sound() ? count : 0;
  }

  expr::Expr take_expr() {
    expr::Code code(take_count());
    for (int64_t& word : code) word = from_.take<int64_t>();
    fail_if(!expr::verify(code, symbol_count_).ok());
    return sound() ? decompile(code) : expr::Expr();
  }
  expr::Shape take_shape() {
    expr::Shape shape;
    for (size_t i = take_count(); i > 0 && sound(); --i) shape.push_back(take_expr());
    return shape;
  }
  bool take_flag() {
    const auto flag = from_.take<uint8_t>();
    fail_if(flag > 1);
    return flag == 1;
  }
  void take_symbol() {
    const std::string_view name = from_.text();
    std::optional<expr::Expr> bounds[2];
    for (auto& bound : bounds) {
      if (take_flag()) bound = take_expr();
    }
    const size_t before = graph_->symbols_.size();
    fail_if(bounds[0].has_value() != bounds[1].has_value());
    if (!sound()) return;
    if (bounds[1]) {
      graph_->symbols_.data_dependent(name, *bounds[0], *bounds[1]);
    } else {
      graph_->symbols_.named(name);
    }
    fail_if(graph_->symbols_.size() != before + 1);
  }
  void take_value() {
    Value& value = *graph_->values_.emplace_back(std::make_unique<Value>());
    value.name = from_.text();
    fail_if(!ops::detail::read(from_, value.type.dtype));
    value.type.shape = take_shape();
    if (take_flag()) value.type.content = take_shape();
    for (size_t i = take_count(); i > 0 && sound(); --i) {
      value.allowed_formats.push_back(from_.take<uint8_t>());
    }
  }
  std::vector<Value*> take_values(bool absent_allowed) {
    std::vector<Value*> values;
    for (size_t i = take_count(); i > 0 && sound(); --i) {
      const auto number = from_.take<uint32_t>();
      const bool known = number < graph_->values_.size();
      fail_if(!known && !(absent_allowed && number == kNone));
      values.push_back(known ? graph_->values_[number].get() : nullptr);
    }
    return sound() ? values : std::vector<Value*>();
  }
  void take_node() {
    Node& node = *graph_->nodes_.emplace_back(std::make_unique<Node>());
    node.name = from_.text();
    for (size_t i = take_count(); i > 0 && sound(); --i) node.sources.emplace_back(from_.text());
    node.inputs_ = take_values(true);
    node.outputs_ = take_values(false);
    for (size_t i = 0; i < node.inputs_.size(); ++i) graph_->add_use(&node, i);
    for (size_t i = 0; i < node.outputs_.size(); ++i) {
      Value& value = *node.outputs_[i];
      fail_if(value.producer_ != nullptr || value.is_input_);
      value.producer_ = &node;
      value.output_index_ = i;
    }
    take_op(node, from_.text());
  }
  void take_op(Node& node, std::string_view name) {
    bool found = false;
#define TENON_OP(Struct, text, layer)        \
  if (sound() && !found && name == (text)) { \
    found = true;                            \
    ops::Struct op;                          \
    take_member(op);                         \
    node.op = std::move(op);                 \
  }
#include "ops/ops.def"
#undef TENON_OP
    fail_if(!found);
    if (auto* op = node.as<ops::Foreign>()) {
      op->op = foreign_(node.name);
      fail_if(op->op == nullptr);
    }
  }

  template <class T>
  void take_member(T& member) {
    if constexpr (std::is_same_v<T, ops::ConstantRef>) {
      const auto number = from_.take<uint32_t>();
      fail_if(number >= constants_.size() || constants_[number] == nullptr);
      if (sound()) member = constants_[number];
    } else if constexpr (std::is_same_v<T, expr::Shape>) {
      member = take_shape();
    } else if constexpr (kIsVector<T>) {
      for (size_t i = take_count(); i > 0 && sound(); --i) take_member(member.emplace_back());
    } else if constexpr (ops::detail::HasFields<T>) {
      ops::for_each_field(member, [this](const char*, auto& one) { take_member(one); });
    } else {
      fail_if(!ops::detail::read(from_, member));
    }
  }

  ByteReader& from_;
  std::span<const ops::ConstantRef> constants_;
  const FindForeign& foreign_;
  std::unique_ptr<Graph> graph_ = std::make_unique<Graph>();
  size_t symbol_count_ = 0;
  bool sound_ = true;
};

Status write_graph(const Graph& graph, ByteWriter& writer, std::vector<ops::ConstantRef>& constants,
                   Diagnostics& diag) {
  if (GraphWriter(graph, writer, constants).run()) return {};
  return diag.fail(Code::Unsupported, "an extent of network '{}' is too deep an expression",
                   graph.name);
}

Result<std::unique_ptr<Graph>> read_graph(ByteReader& reader,
                                          std::span<const ops::ConstantRef> constants,
                                          const FindForeign& foreign, Diagnostics& diag) {
  auto graph = GraphReader(reader, constants, foreign).run();
  if (graph == nullptr) return diag.fail(kDamaged.code, "{}", kDamaged.what);
  TENON_TRY(verify(*graph, diag));
  return graph;
}

}  // namespace tenon::ir
