// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Slice with starts as programs over the input's extents.
#include "backends/ref/slice_kernel.h"

#include "backends/ref/kernels.h"
#include "expr/program.h"

namespace tenon::ref {

namespace {

using expr::Expr;

/// `start` with symbols 0 … rank−1 for the extents of `input`; nullopt when it mentions a size
/// that is no extent of the input.
std::optional<Expr> over_extents(const Expr& start, const expr::Shape& input) {
  bool found_all = true;
  const Expr result = expr::substitute(start, [&](expr::SymbolId id) {
    for (size_t axis = 0; axis < input.size(); ++axis) {
      if (input[axis] == Expr::symbol(id)) return Expr::symbol(static_cast<expr::SymbolId>(axis));
    }
    found_all = false;
    return Expr(0);
  });
  return found_all ? std::optional(result) : std::nullopt;
}

std::optional<expr::Code> program(const Expr& start, const expr::Shape& input) {
  const auto e = over_extents(start, input);
  return e ? expr::compile(*e) : std::nullopt;
}

class SliceKernel final : public Kernel {
 public:
  static Result<std::unique_ptr<Kernel>> create(const kernel::RecordView& record,
                                                Diagnostics& diag) {
    ByteReader reader(record.params);
    auto op = ops::unpack<ops::Slice>(reader);
    auto made = std::make_unique<SliceKernel>();
    bool sound = op.ok() && read_present(reader, made->present_);
    if (sound) made->op_ = std::move(*op);
    for (size_t axis = 0; sound && axis < made->op_.starts.size(); ++axis) {
      expr::Code code;
      const auto size = reader.take<uint32_t>();
      for (uint32_t i = 0; i < size && reader.ok(); ++i) code.push_back(reader.take<int64_t>());
      sound = reader.ok() && expr::verify(code, made->op_.starts.size()).ok();
      made->starts_.push_back(std::move(code));
    }
    if (!sound || !reader.at_end()) {
      return diag.fail(Code::InvalidPlan, "the record of kernel ref/slice is damaged");
    }
    return std::unique_ptr<Kernel>(std::move(made));
  }

  Status check(std::span<const kernel::TensorDesc> inputs,
               std::span<const kernel::TensorDesc> outputs, Diagnostics& diag) const override {
    ops::Slice op = op_;
    if (inputs.empty() || outputs.empty()) {
      return diag.fail(Code::InvalidArgument, "slice needs an input and an output");
    }
    if (inputs[0].dims.rank() != static_cast<int>(starts_.size())) {
      return diag.fail(Code::InvalidArgument, "the input has rank {}, but slice was made for {}",
                       inputs[0].dims.rank(), starts_.size());
    }
    for (size_t axis = 0; axis < starts_.size(); ++axis) {
      int64_t start = 0;
      if (!evaluate(axis, inputs[0].dims, start).ok()) {
        return diag.fail(Code::InvalidArgument, "the start of axis {} overflows", axis);
      }
      op.starts[axis] = start;
    }
    op.sizes = expr::to_shape(outputs[0].dims);
    return check_shapes(op, present_, inputs, outputs, diag);
  }

  Status run(const Call& call) const noexcept override {
    Dims starts;
    for (size_t axis = 0; axis < starts_.size(); ++axis) {
      int64_t start = 0;
      TENON_TRY(evaluate(axis, call.in_dims(0), start));
      starts.push_back(start);
    }
    return slice(starts, op_.steps, call);
  }

 private:
  Status evaluate(size_t axis, const Dims& extents, int64_t& start) const noexcept {
    return expr::evaluate(starts_[axis], {extents.begin(), static_cast<size_t>(extents.rank())},
                          start);
  }

  ops::Slice op_;
  std::vector<expr::Code> starts_;
};

Status supports(const kernel::NodeInfo& node, Diagnostics& diag) {
  const auto& op = std::get<ops::Slice>(*node.op);
  for (size_t axis = 0; axis < op.starts.size(); ++axis) {
    if (program(op.starts[axis], node.inputs[0].shape)) continue;
    return decline(diag, "the start of axis {} depends on a size that is no extent of the input",
                   axis);
  }
  return {};
}

Status write(const kernel::NodeInfo& node, kernel::Record& record, Diagnostics& diag) {
  const auto& op = std::get<ops::Slice>(*node.op);
  TENON_TRY(write_head(op, node, record, diag));
  ByteWriter writer;
  writer.raw(record.params);
  for (const Expr& start : op.starts) {
    const auto code = program(start, node.inputs[0].shape);
    if (!code) return diag.fail(Code::Unsupported, "a start of slice cannot be computed");
    writer.put(static_cast<uint32_t>(code->size()));
    for (const int64_t word : *code) writer.put(word);
  }
  record.params = std::move(writer).bytes();
  return {};
}

}  // namespace

Row slice_row() { return {"slice", kAll, supports, write, &SliceKernel::create}; }

}  // namespace tenon::ref
