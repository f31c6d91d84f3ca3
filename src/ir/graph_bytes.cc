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

class GraphWriter {
 public:
  GraphWriter(const Graph& graph, ByteWriter& to, std::vector<ops::ConstantRef>& constants)
      : graph_(graph), to_(to), constants_(constants) {}

  bool run() {
    to_.text(graph_.name);
    put_count(graph_.symbols().size());
    for (expr::SymbolId id = 0; id < graph_.symbols().size(); ++id) put(graph_.symbols()[id]);
    put_count(graph_.inputs().size());
    for (const Value* input : graph_.inputs()) put_new(*input);
    put_count(graph_.nodes().size());
    for (const auto& node : graph_.nodes()) put(*node);
    put(graph_.outputs());
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
  void put_new(const Value& value) {
    number_.emplace(&value, static_cast<uint32_t>(number_.size()));
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
    for (const Value* value : values) {
      const auto found = number_.find(value);
      sound_ = sound_ && (value == nullptr || found != number_.end());
      to_.put(found == number_.end() ? kNone : found->second);
    }
  }
  void put(const Node& node) {
    to_.text(node.name);
    put_count(node.sources.size());
    for (const std::string& source : node.sources) to_.text(source);
    put(node.inputs());
    put_count(node.outputs().size());
    for (const Value* output : node.outputs()) put_new(*output);
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
              const FindForeign& foreign, Diagnostics& diag)
      : from_(from), constants_(constants), foreign_(foreign), diag_(diag) {}

  std::unique_ptr<Graph> run() {
    graph_->name = from_.text();
    symbol_count_ = take_count();
    for (size_t i = 0; i < symbol_count_ && sound(); ++i) take_symbol();
    const expr::SymbolTable symbols = graph_->symbols();
    for (size_t i = take_count(); i > 0 && sound(); --i) take_input();
    for (size_t i = take_count(); i > 0 && sound(); --i) take_node();
    for (Value* value : take_values(false)) {
      fail_if(value->is_network_output());
      if (sound()) graph_->mark_output(value);
    }
    graph_->symbols() = symbols;  // rules made some anew, which nothing mentions
    return sound() ? std::move(graph_) : nullptr;
  }

 private:
  /// What is noted of a value.
  struct Noted {
    std::string name;
    ops::TensorType type;
    std::vector<uint8_t> formats;
  };

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
    expr::SymbolTable& symbols = graph_->symbols();
    const size_t before = symbols.size();
    fail_if(bounds[0].has_value() != bounds[1].has_value());
    if (!sound()) return;
    if (bounds[1]) {
      symbols.data_dependent(name, *bounds[0], *bounds[1]);
    } else {
      symbols.named(name);
    }
    fail_if(symbols.size() != before + 1);
  }
  Noted take_noted() {
    Noted noted;
    noted.name = from_.text();
    fail_if(!ops::detail::read(from_, noted.type.dtype));
    noted.type.shape = take_shape();
    if (take_flag()) noted.type.content = take_shape();
    for (size_t i = take_count(); i > 0 && sound(); --i) {
      noted.formats.push_back(from_.take<uint8_t>());
    }
    return noted;
  }
  void keep(Value* value, Noted noted) {
    value->name = std::move(noted.name);
    value->type = std::move(noted.type);
    value->allowed_formats = std::move(noted.formats);
    values_.push_back(value);
  }
  void take_input() {
    Noted noted = take_noted();
    if (!sound()) return;
    Value* const value = graph_->add_input(noted.name, noted.type.dtype, noted.type.shape);
    keep(value, std::move(noted));
  }
  /// Values known already, so that no node reads what a later one makes.
  std::vector<Value*> take_values(bool absent_allowed) {
    std::vector<Value*> values;
    for (size_t i = take_count(); i > 0 && sound(); --i) {
      const auto number = from_.take<uint32_t>();
      const bool known = number < values_.size();
      fail_if(!known && !(absent_allowed && number == kNone));
      values.push_back(known ? values_[number] : nullptr);
    }
    return sound() ? values : std::vector<Value*>();
  }
  void take_node() {
    const std::string name(from_.text());
    std::vector<std::string> sources;
    for (size_t i = take_count(); i > 0 && sound(); --i) sources.emplace_back(from_.text());
    std::vector<Value*> inputs = take_values(true);
    std::vector<Noted> outputs;
    for (size_t i = take_count(); i > 0 && sound(); --i) outputs.push_back(take_noted());
    ops::Op op;
    take_op(op, from_.text());
    if (auto* plugin = std::get_if<ops::Foreign>(&op); plugin != nullptr && sound()) {
      std::vector<ops::TensorType> types;
      for (const Noted& output : outputs) types.push_back(output.type);
      plugin->op = foreign_(name, inputs.size(), std::move(types));
      fail_if(plugin->op == nullptr);
    }
    if (!sound()) return;
    const auto node = graph_->add(std::move(op), std::move(inputs), name, diag_);
    fail_if(!node.ok() || (*node)->outputs().size() != outputs.size());
    if (!sound()) return;
    (*node)->sources = std::move(sources);
    for (size_t i = 0; i < outputs.size(); ++i) keep((*node)->output(i), std::move(outputs[i]));
  }
  void take_op(ops::Op& op, std::string_view name) {
    bool found = false;
#define TENON_OP(Struct, text, layer)        \
  if (sound() && !found && name == (text)) { \
    found = true;                            \
    ops::Struct made;                        \
    take_member(made);                       \
    op = std::move(made);                    \
  }
#include "ops/ops.def"
#undef TENON_OP
    fail_if(!found);
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
  Diagnostics& diag_;
  std::unique_ptr<Graph> graph_ = std::make_unique<Graph>();
  std::vector<Value*> values_;
  size_t symbol_count_ = 0;
  bool sound_ = true;
};

}  // namespace

Status write_graph(const Graph& graph, ByteWriter& writer, std::vector<ops::ConstantRef>& constants,
                   Diagnostics& diag) {
  if (GraphWriter(graph, writer, constants).run()) return {};
  return diag.fail(Code::Unsupported, "an extent of network '{}' is too deep an expression",
                   graph.name);
}

Result<std::unique_ptr<Graph>> read_graph(ByteReader& reader,
                                          std::span<const ops::ConstantRef> constants,
                                          const FindForeign& foreign, Diagnostics& diag) {
  auto graph = GraphReader(reader, constants, foreign, diag).run();
  if (graph == nullptr) return diag.fail(kDamaged.code, "{}", kDamaged.what);
  TENON_TRY(verify(*graph, diag));
  return graph;
}

}  // namespace tenon::ir
