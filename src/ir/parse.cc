// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading a graph from text: a recursive descent over what print writes.
#include <charconv>
#include <unordered_map>

#include "ir/constant_text.h"
#include "ir/cursor.h"
#include "ir/text.h"

namespace tenon::ir {

namespace {

/// A constant larger than this in a text is a slip of the pen.
constexpr int64_t kMaxElements = int64_t{1} << 28;

/// A value as its line declares it.
struct Declared {
  std::string name;
  DType dtype = DType::F32;
  expr::Shape shape;
};

class Parser {
 public:
  Parser(std::string_view text, Diagnostics& diag) : cursor_(text), diag_(diag) {}

  Result<std::unique_ptr<Graph>> whole() {
    if (cursor_.eat("graph ")) TENON_TRY(read(graph_->name));
    while (!cursor_.at_end()) {
      if (cursor_.eat("input ")) {
        TENON_TRY(input());
      } else if (cursor_.eat("output ")) {
        TENON_TRY(output());
      } else {
        TENON_TRY(node());
      }
    }
    for (const Pending& one : pending_) {
      const auto found = values_.find(one.value);
      if (found == values_.end()) {
        return diag_.fail(Code::InvalidArgument, "line {}: %{} is declared nowhere", one.line,
                          one.value);
      }
      graph_->set_input(one.node, 1, found->second);
    }
    return std::move(graph_);
  }

 private:
  Status expected(std::string_view what) {
    return diag_.fail(Code::InvalidArgument, "line {}: expected {} before `{}`", cursor_.line(),
                      what, cursor_.ahead());
  }
  Status expect(std::string_view token) { return cursor_.eat(token) ? Status{} : expected(token); }

  // Statements.

  Status input() {
    input_line_ = true;
    TENON_ASSIGN(const Declared declared, declaration());
    input_line_ = false;
    return formats(
        define(declared.name, graph_->add_input(declared.name, declared.dtype, declared.shape)));
  }

  Status output() {
    TENON_ASSIGN(Value * value, operand());
    if (value == nullptr) return expected("a value");
    graph_->mark_output(value);
    return formats(value);
  }

  Status formats(Value* value) {
    if (!cursor_.eat("formats ")) return {};
    return list([&] {
      int64_t number = 0;
      TENON_TRY(read(number));
      value->allowed_formats.push_back(static_cast<uint8_t>(number));
      return Status{};
    });
  }

  Status node() {
    const size_t line = cursor_.line();
    std::vector<Declared> outputs;
    if (!cursor_.eat("=")) {  // a node may have no outputs
      do {
        TENON_ASSIGN(Declared declared, declaration());
        outputs.push_back(std::move(declared));
      } while (cursor_.eat(","));
      TENON_TRY(expect("="));
      constant_dtype_ = outputs[0].dtype;
      constant_dims_ = expr::to_dims(outputs[0].shape);
    }

    const std::string_view op_name = cursor_.word();
    std::vector<Value*> inputs;
    std::string back;  // read an iteration later: a value of a later line
    if (cursor_.eat("(")) {
      if (!cursor_.eat(")")) {
        do {
          if (op_name == "recurrence" && inputs.size() == 1 && !cursor_.eat("_")) {
            TENON_ASSIGN(back, value_name());
            continue;
          }
          TENON_ASSIGN(Value * value, operand());
          inputs.push_back(value);
        } while (cursor_.eat(","));
        TENON_TRY(expect(")"));
      }
    }
    TENON_ASSIGN(ops::Op op, operation(op_name));
    std::string name = outputs.empty() ? std::string() : outputs[0].name;
    if (auto given = cursor_.quoted()) name = std::move(*given);
    TENON_ASSIGN(Node * made, graph_->add(std::move(op), std::move(inputs), name, diag_));
    made->sources = {made->name};
    if (!back.empty()) pending_.push_back({made, std::move(back), line});
    if (cursor_.eat("from ")) TENON_TRY(sources(*made));
    return finish(*made, outputs, line);
  }

  Status sources(Node& made) {
    made.sources.clear();
    do {
      TENON_TRY(read(made.sources.emplace_back()));
    } while (cursor_.eat(","));
    return {};
  }

  /// Names the outputs, after their types were found to be as declared.
  Status finish(Node& made, const std::vector<Declared>& outputs, size_t line) {
    if (made.outputs().size() != outputs.size()) {
      return diag_.fail(Code::InvalidArgument, "line {}: {} outputs are declared, {} has {}", line,
                        outputs.size(), ops::name_of(made.op), made.outputs().size());
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      Value* value = made.outputs()[i];
      if (value->dtype() != outputs[i].dtype || value->shape() != outputs[i].shape) {
        return diag_.fail(Code::InvalidArgument, "line {}: %{} is {}{} by the rule of {}", line,
                          outputs[i].name, to_string(value->dtype()),
                          expr::to_string(value->shape(), graph_->symbols()),
                          ops::name_of(made.op));
      }
      value->name = outputs[i].name;
      define(value->name, value);
    }
    return {};
  }

  // Their parts.

  Result<std::string> value_name() {
    TENON_TRY(expect("%"));
    if (auto name = cursor_.quoted()) return std::move(*name);
    const auto name = cursor_.word();
    if (name.empty()) return expected("a name");
    return std::string(name);
  }

  Result<Declared> declaration() {
    Declared declared;
    TENON_ASSIGN(declared.name, value_name());
    if (values_.contains(declared.name)) {
      return diag_.fail(Code::InvalidArgument, "line {}: %{} is declared twice", cursor_.line(),
                        declared.name);
    }
    TENON_TRY(expect(":"));
    TENON_TRY(read(declared.dtype));
    TENON_TRY(read(declared.shape));
    return declared;
  }

  Result<Value*> operand() {
    if (cursor_.eat("_")) return nullptr;
    TENON_ASSIGN(const std::string name, value_name());
    const auto found = values_.find(name);
    if (found == values_.end()) {
      return diag_.fail(Code::InvalidArgument, "line {}: %{} is read before any line declares it",
                        cursor_.line(), name);
    }
    return found->second;
  }

  Value* define(const std::string& name, Value* value) { return values_[name] = value; }

  Result<ops::Op> operation(std::string_view name) {
    if (name == "foreign") {
      return diag_.fail(Code::Unsupported,
                        "line {}: a plugin cannot be read from text: build the graph in code",
                        cursor_.line());
    }
#define TENON_OP(Struct, text, layer) \
  if (name == text) return parameters<ops::Struct>();
#include "ops/ops.def"
#undef TENON_OP
    return diag_.fail(Code::InvalidArgument, "line {}: there is no operator \"{}\"", cursor_.line(),
                      name);
  }

  template <class Struct>
  Result<ops::Op> parameters() {
    Struct op;
    if (cursor_.eat("{")) TENON_TRY(fields(op));
    if constexpr (std::is_same_v<Struct, ops::Constant>) {
      if (!op.data) return expected("the data of a constant");
    }
    return ops::Op(std::move(op));
  }

  /// Members up to the closing brace.
  template <class Struct>
  Status fields(Struct& op) {
    while (!cursor_.eat("}")) {
      const auto name = cursor_.word();
      TENON_TRY(expect("="));
      bool known = false;
      Status status{};
      ops::for_each_field(op, [&](std::string_view field, auto& member) {
        if (field != name) return;
        known = true;
        status = read(member);
      });
      if (!known) {
        return diag_.fail(Code::InvalidArgument, "line {}: there is no parameter \"{}\"",
                          cursor_.line(), name);
      }
      TENON_TRY(status);
      cursor_.eat(",");
    }
    return {};
  }

  template <class ReadItem>
  Status list(ReadItem&& read_item) {
    TENON_TRY(expect("["));
    while (!cursor_.eat("]")) {
      TENON_TRY(read_item());
      cursor_.eat(",");
    }
    return {};
  }

  // One reader for every type of member.

  template <class T>
  Status number(T& value, std::string_view what) {
    const auto text = cursor_.item();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return expected(what);
    return {};
  }
  Status read(bool& value) {
    value = cursor_.eat("true");
    return value || cursor_.eat("false") ? Status{} : expected("true or false");
  }
  Status read(int64_t& value) { return number(value, "an integer"); }
  Status read(float& value) { return number(value, "a number"); }
  Status read(double& value) { return number(value, "a number"); }
  Status read(DType& value) {
    return find_dtype(cursor_.word(), value) ? Status{} : expected("an element type");
  }
  Status read(std::string& value) {
    auto text = cursor_.quoted();
    if (!text) return expected("a quoted name");
    value = std::move(*text);
    return {};
  }
  Status read(Dims& dims) {
    dims = {};
    return list([&] {
      int64_t value = 0;
      TENON_TRY(read(value));
      if (dims.rank() == Dims::kMaxRank) return expected("at most 8 numbers");
      dims.push_back(value);
      return Status{};
    });
  }
  Status read(expr::Shape& shape) {
    shape.clear();
    return list([&] {
      const auto symbol_of = [&](std::string_view name) -> std::optional<expr::SymbolId> {
        if (input_line_) return graph_->symbols().named(name).symbol_id();
        return graph_->symbols().find(name);
      };
      const auto extent = expr::parse(cursor_.item(), symbol_of);
      if (!extent) return expected("an extent in the symbols of the inputs");
      shape.push_back(*extent);
      return Status{};
    });
  }
  template <class E>
  requires std::is_enum_v<E> Status read(E& value) {
    return ops::find_kind(cursor_.word(), value) ? Status{} : expected("another kind");
  }
  template <class Struct>
  requires requires { Struct::fields(); }
  Status read(Struct& value) {
    TENON_TRY(expect("{"));
    return fields(value);
  }
  Status read(std::vector<ops::PointwiseStep>& steps) {
    steps.clear();
    return list([&] { return read_step(steps.emplace_back()); });
  }
  Status read(std::vector<ops::Scale>& scales) {
    scales.clear();
    return list([&] { return read(scales.emplace_back().value); });
  }
  Status read_step(ops::PointwiseStep& step);
  Status read(ops::ConstantRef& data);

  /// The back edge of a recurrence, until the whole text is read.
  struct Pending {
    Node* node;
    std::string value;
    size_t line;
  };

  Cursor cursor_;
  std::vector<Pending> pending_;
  Diagnostics& diag_;
  std::unique_ptr<Graph> graph_ = std::make_unique<Graph>();
  std::unordered_map<std::string, Value*> values_;
  bool input_line_ = false;  ///< extents of inputs make the symbols
  DType constant_dtype_ = DType::F32;
  std::optional<Dims> constant_dims_;
};

Status Parser::read_step(ops::PointwiseStep& step) {
  const auto word = cursor_.word();
  const auto is_kind = [&](auto kind, ops::PointwiseCode code) {
    if (!ops::find_kind(word, kind)) return false;
    step.code = code;
    step.kind = static_cast<int64_t>(kind);
    return true;
  };
  if (word != "load" && !is_kind(ops::UnaryKind{}, ops::PointwiseCode::Unary) &&
      !is_kind(ops::ActivationKind{}, ops::PointwiseCode::Activation) &&
      !is_kind(ops::ElementWiseKind{}, ops::PointwiseCode::ElementWise)) {
    return expected("load, or what a step does,");
  }
  const auto operand = [&](int64_t& at) {
    const auto digits = cursor_.word();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), at);
    const bool whole = error == std::errc{} && end == digits.data() + digits.size();
    return whole ? Status{} : expected("the number of a step");
  };
  TENON_TRY(operand(step.lhs));
  if (step.code == ops::PointwiseCode::ElementWise) TENON_TRY(operand(step.rhs));
  return cursor_.eat("{") ? fields(step) : Status{};
}

Status Parser::read(ops::ConstantRef& data) {
  if (cursor_.eat("hash(")) {
    return diag_.fail(Code::Unsupported,
                      "line {}: a constant given by its hash cannot be read back: write its "
                      "elements or splat(v)",
                      cursor_.line());
  }
  int64_t count = 1;
  bool sound = constant_dims_.has_value();
  for (const int64_t extent : constant_dims_.value_or(Dims{})) {
    sound = sound && extent >= 0 && !__builtin_mul_overflow(count, extent, &count);
  }
  if (!sound || count > kMaxElements) return expected("a constant of fewer elements");
  AlignedBuffer buffer(byte_size(constant_dtype_, static_cast<size_t>(count)));
  int64_t written = 0;
  const auto element = [&] {
    const auto bits = element_bits(cursor_.item(), constant_dtype_);
    if (!bits) return expected("an element of the declared type");
    if (written == count) return expected("fewer elements");
    store_element(buffer.bytes(), constant_dtype_, written++, *bits);
    return Status{};
  };
  if (cursor_.eat("splat(")) {
    const auto bits = element_bits(cursor_.item(), constant_dtype_);
    if (!bits) return expected("an element of the declared type");
    while (written < count) store_element(buffer.bytes(), constant_dtype_, written++, *bits);
    TENON_TRY(expect(")"));
  } else {
    TENON_TRY(list(element));
  }
  if (written != count) return expected("as many elements as the shape says");
  data = ops::ConstantData::adopt(constant_dtype_, *constant_dims_, std::move(buffer));
  return {};
}

}  // namespace

Result<std::unique_ptr<Graph>> parse(std::string_view text, Diagnostics& diag) {
  return Parser(text, diag).whole();
}

}  // namespace tenon::ir
