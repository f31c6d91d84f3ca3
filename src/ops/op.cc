// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What can be asked of any operator.
#include "ops/op.h"

#include <algorithm>

#include "ops/rule.h"

namespace tenon::ops {

std::string_view name_of(const Op& op) noexcept {
  constexpr std::string_view kNames[] = {
      "nothing",
#define TENON_OP(Struct, text, layer) text,
#include "ops/ops.def"
#undef TENON_OP
  };
  return kNames[op.index()];
}

namespace {

/// What no output may be: beyond Dims, negative, or so large that sizes overflow.
Status expect_sane(const TensorType& type, size_t output, Inference& inference) {
  if (type.shape.size() > static_cast<size_t>(Dims::kMaxRank)) {
    return inference.diag.fail(Code::Unsupported,
                               "output {} has rank {}, but at most {} is "
                               "supported",
                               output, type.shape.size(), Dims::kMaxRank);
  }
  constexpr int64_t kMost = int64_t{1} << 56;
  int64_t elements = 1;
  for (const expr::Expr& extent : type.shape) {
    if (!extent.is_constant()) continue;
    const auto product = expr::apply(expr::Op::Prod, elements, extent.constant());
    if (extent.constant() < 0 || !product || *product > kMost) {
      return inference.diag.fail(Code::InvalidModel, "output {} has the impossible shape {}",
                                 output, text(inference, type.shape));
    }
    elements = std::max<int64_t>(*product, 1);
  }
  return {};
}

}  // namespace

Status infer(const Op& op, Inference& inference) {
  const auto scope = inference.diag.scope("operator", name_of(op));
  TENON_TRY(std::visit([&](const auto& one) { return infer(one, inference); }, op));
  for (size_t i = 0; i < inference.outputs.size(); ++i) {
    TENON_TRY(expect_sane(inference.outputs[i], i, inference));
  }
  return {};
}

bool tells_sizes(const Op& op) noexcept {
  return std::holds_alternative<NonZero>(op) || std::holds_alternative<NonMaxSuppression>(op) ||
         std::holds_alternative<Unique>(op);
}

Status infer(const Foreign& op, Inference& inference) {
  if (op.op) return op.op->infer(inference);
  return inference.diag.fail(Code::Internal, "has no plugin");
}

Status infer(const Nothing&, Inference& inference) {
  return inference.diag.fail(Code::Internal, "a node was made without an operator");
}

Result<Bytes> pack(const Op& op) {
  ByteWriter writer;
  if (std::visit([&](const auto& one) { return detail::write(writer, one); }, op)) {
    return std::move(writer).bytes();
  }
  return Status{Code::Unsupported, "a shape expression is too deep to be written"};
}

bool same_parameters(const Op& a, const Op& b) {
  if (a.index() != b.index()) return false;
  if (const auto* x = std::get_if<Foreign>(&a)) return x->op == std::get<Foreign>(b).op;
  if (const auto* x = std::get_if<Constant>(&a)) {
    const ConstantRef &p = x->data, &q = std::get<Constant>(b).data;
    if (p == q || !p || !q) return p == q;
    return p->dtype() == q->dtype() && p->dims() == q->dims() &&
           std::ranges::equal(p->bytes(), q->bytes());
  }
  const auto x = pack(a), y = pack(b);
  return x.ok() && y.ok() && *x == *y;
}

namespace detail {

bool write(ByteWriter& writer, const expr::Shape& value) {
  writer.put(static_cast<uint32_t>(value.size()));
  for (const expr::Expr& extent : value) {
    const auto code = expr::compile(extent);
    if (!code) return false;
    writer.put(static_cast<uint32_t>(code->size()));
    for (const int64_t word : *code) writer.put(word);
  }
  return true;
}

bool read(ByteReader& reader, expr::Shape& value) {
  const auto rank = reader.take<uint32_t>();
  if (rank > static_cast<uint32_t>(Dims::kMaxRank)) return false;
  value.clear();
  for (uint32_t i = 0; i < rank; ++i) {
    const auto size = reader.take<uint32_t>();
    expr::Code code;
    for (uint32_t word = 0; word < size && reader.ok(); ++word) {
      code.push_back(reader.take<int64_t>());
    }
    if (!reader.ok() || !expr::verify(code, SIZE_MAX).ok()) return false;
    int64_t number = 0;
    if (!expr::verify(code, 0).ok()) {
      value.push_back(expr::Expr::symbol(UINT32_MAX));
    } else if (expr::evaluate(code, {}, number).ok()) {
      value.emplace_back(number);
    } else {
      return false;
    }
  }
  return reader.ok();
}

}  // namespace detail

}  // namespace tenon::ops
