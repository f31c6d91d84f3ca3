// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading inputs and fields of a node, and adding what it becomes.
#include "importers/uff/context.h"

#include <algorithm>

namespace tenon::uff {

using wire::Data;
using wire::Kind;

Status Context::expect_inputs(size_t count) {
  if (inputs_.size() == count) return {};
  return fail(Code::InvalidModel, "has {} inputs, but takes {}", inputs_.size(), count);
}

Result<ir::Value*> Context::in(size_t i) {
  const Tensor& tensor = inputs_[i];
  if (tensor.stored != Stored::Turned) return tensor.value;
  Dims last{0};
  const int rank = static_cast<int>(tensor.value->shape().size());
  for (int axis = 2; axis < rank; ++axis) last.push_back(axis);
  last.push_back(1);
  return transpose(tensor.value, last, fmt::format("channels_last_{}", i));
}

Result<ir::Value*> Context::in_main(size_t i, Dims& axes) {
  ir::Value* value = inputs_[i].value;
  const auto rank = static_cast<int>(value->shape().size());
  wire::Order order;
  if (has("orders")) {
    TENON_ASSIGN(Data found, data("orders"));
    const bool orders = found.kind == Kind::OrdersList || found.kind == Kind::Orders;
    if (!orders || found.orders.size() <= i) {
      return fail(Code::InvalidModel, "field orders is {} with {} entries, but input {} needs one",
                  to_words(found.kind), found.orders.size(), i);
    }
    order = std::move(found.orders[i]);
  }
  TENON_ASSIGN(axes, main_axes(order, rank, diag));
  const Stored stored = inputs_[i].stored;
  // Channels are first already, whether the node knows it or not.
  if (stored == Stored::Turned && is_channel_last(axes)) return value;
  if (stored == Stored::ChannelFirst && (is_channel_last(axes) || is_main(axes))) return value;
  TENON_ASSIGN(value, in(i));
  if (is_main(axes)) return value;
  return transpose(value, inverse(axes), fmt::format("main_order_{}", i));
}

Result<ops::Content> Context::content(size_t i, std::string_view what) {
  const ir::Value* value = inputs_[i].value;
  if (value->dtype() != DType::I64 && value->dtype() != DType::I32) {
    return fail(Code::InvalidModel, "input {} (\"{}\", {}) is of type {}, but must be i64 or i32",
                i, value->name, what, to_string(value->dtype()));
  }
  if (value->type.content) return *value->type.content;
  if (const ops::ConstantData* known = value->constant()) {
    ops::Content content;
    for (int64_t k = 0; k < known->count(); ++k) content.emplace_back(known->integer(k));
    return content;
  }
  return fail(Code::Unsupported,
              "input {} (\"{}\", {}) must be known when the engine is built: make it a Const, or "
              "compute it from shapes",
              i, value->name, what);
}

Result<std::vector<int64_t>> Context::numbers(size_t i, std::string_view what) {
  TENON_ASSIGN(const ops::Content elements, content(i, what));
  std::vector<int64_t> list;
  for (const expr::Expr& element : elements) {
    if (!element.is_constant()) {
      return fail(Code::Unsupported,
                  "input {} (\"{}\", {}) depends on dynamic extents: fix them, or make it a Const",
                  i, inputs_[i].value->name, what);
    }
    list.push_back(element.constant());
  }
  return list;
}

Status Context::expect_field(std::string_view field) {
  if (has(field)) return {};
  return fail(Code::InvalidModel, "field {} is missing", field);
}

Result<Data> Context::data(std::string_view field) {
  Data found;
  const wire::Entry* entry = node_.find(field);
  if (entry == nullptr) return found;
  TENON_TRY(wire::decode(entry->data, found, diag));
  if (found.kind != Kind::Reference) return found;
  const auto target = session_.referenced.find(found.text);
  if (target == session_.referenced.end()) {
    return fail(Code::InvalidModel,
                "field {} refers to \"{}\", which is not among the file's referenced data", field,
                found.text);
  }
  Data followed;
  TENON_TRY(wire::decode(target->second, followed, diag));
  if (followed.kind != Kind::Reference) return followed;
  return fail(Code::InvalidModel, "field {} refers to \"{}\", which is a reference itself", field,
              found.text);
}

Result<Data> Context::data(std::string_view field, Kind kind) {
  TENON_ASSIGN(Data found, data(field));
  if (found.kind == kind || found.kind == Kind::Absent) return found;
  return fail(Code::InvalidModel, "field {} is {}, but must be {}", field, to_words(found.kind),
              to_words(kind));
}

Result<int64_t> Context::integer(std::string_view field, int64_t otherwise) {
  TENON_ASSIGN(const Data found, data(field, Kind::Integer));
  return found.kind == Kind::Absent ? otherwise : found.integers.front();
}

Result<float> Context::real(std::string_view field, float otherwise) {
  TENON_ASSIGN(const Data found, data(field));
  if (found.kind == Kind::Absent) return otherwise;
  if (found.kind == Kind::Integer) return static_cast<float>(found.integers.front());
  if (found.kind == Kind::Real && !found.reals.empty()) {
    return static_cast<float>(found.reals.front());
  }
  return fail(Code::InvalidModel, "field {} is {}, but must be a number", field,
              to_words(found.kind));
}

Result<bool> Context::boolean(std::string_view field, bool otherwise) {
  TENON_ASSIGN(const Data found, data(field, Kind::Boolean));
  return found.kind == Kind::Absent ? otherwise : found.integers.front() != 0;
}

Result<std::string> Context::text(std::string_view field, std::string_view otherwise) {
  TENON_ASSIGN(const Data found, data(field, Kind::Text));
  return std::string(found.kind == Kind::Absent ? otherwise : found.text);
}

Result<std::vector<int64_t>> Context::integers(std::string_view field) {
  TENON_ASSIGN(Data found, data(field));
  if (found.kind == Kind::Integer || found.kind == Kind::IntegerList ||
      found.kind == Kind::Absent) {
    return std::move(found.integers);
  }
  return fail(Code::InvalidModel, "field {} is {}, but must be a list of integers", field,
              to_words(found.kind));
}

Result<size_t> Context::choice(std::string_view field,
                               std::initializer_list<std::string_view> choices) {
  TENON_TRY(expect_field(field));
  TENON_ASSIGN(const std::string value, text(field, ""));
  const auto* found = std::find(choices.begin(), choices.end(), value);
  if (found != choices.end()) return static_cast<size_t>(found - choices.begin());
  std::string list;
  for (const std::string_view choice : choices) {
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", choice);
  }
  return fail(Code::Unsupported, "field {} is \"{}\"; supported are {}", field, value, list);
}

Result<int64_t> Context::normal_axis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  return fail(Code::InvalidModel, "axis {} does not exist in a tensor of rank {}", axis, rank);
}

Result<Dims> Context::normal_axes(std::vector<int64_t> axes, int64_t rank) {
  for (int64_t& axis : axes) {
    TENON_ASSIGN(axis, normal_axis(axis, rank));
  }
  std::sort(axes.begin(), axes.end());
  const auto twice = std::adjacent_find(axes.begin(), axes.end());
  if (twice != axes.end()) return fail(Code::InvalidModel, "axis {} is named twice", *twice);
  Dims dims;
  for (const int64_t axis : axes) dims.push_back(axis);
  return dims;
}

Result<ir::Value*> Context::add(ops::Op op, std::vector<ir::Value*> inputs, std::string_view role) {
  TENON_ASSIGN(ir::Node * made, session_.graph.add(std::move(op), std::move(inputs),
                                                   fmt::format("{}/{}", node_.id, role), diag));
  made->sources = {std::string(node_.id)};
  return made->output();
}

Result<ir::Value*> Context::transpose(ir::Value* value, const Dims& perm, std::string_view role) {
  return add(ops::Transpose{perm}, {value}, role);
}

ir::Value* Context::add_constant(ops::ConstantRef constant, std::string_view role) {
  return session_.graph.add_constant(std::move(constant), fmt::format("{}/{}", node_.id, role));
}

ir::Value* Context::scalar(const ir::Value& like, double value, std::string_view role) {
  return add_constant(importers::make_constant(like.dtype(), {}, {&value, 1}), role);
}

Status Context::finish(ops::Op op, std::vector<ir::Value*> inputs, Stored stored) {
  TENON_ASSIGN(ir::Node * made,
               session_.graph.add(std::move(op), std::move(inputs), std::string(node_.id), diag));
  made->sources = {std::string(node_.id)};
  result(made->output(), stored);
  return {};
}

Status Context::finish_main(ops::Op op, std::vector<ir::Value*> inputs, const Dims& axes,
                            Stored from) {
  if (from == Stored::ChannelFirst && (is_main(axes) || is_channel_last(axes))) {
    return finish(std::move(op), std::move(inputs), Stored::ChannelFirst);
  }
  if (is_main(axes)) return finish(std::move(op), std::move(inputs));
  if (is_channel_last(axes)) return finish(std::move(op), std::move(inputs), Stored::Turned);
  TENON_ASSIGN(ir::Value * made, add(std::move(op), std::move(inputs), "in_main_order"));
  return finish(ops::Transpose{axes}, {made});
}

void Context::result(ir::Value* value, Stored stored) {
  value->name = node_.id;
  session_.tensors[node_.id] = {value, stored};
}

std::optional<DType> find_dtype(int64_t number) noexcept {
  // (class << 16) | bits; class 1 counts, class 2 floats.
  switch (number) {
    case 65544:
      return DType::I8;
    case 65552:
      return DType::I16;
    case 65568:
      return DType::I32;
    case 65600:
      return DType::I64;
    case 131088:
      return DType::F16;
    case 131104:
      return DType::F32;
    default:
      return std::nullopt;
  }
}

}  // namespace tenon::uff
