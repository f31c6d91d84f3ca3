// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernel of an operator whose parameters and shapes say all.
#pragma once

#include "backends/ref/kernel.h"
#include "backends/ref/kernels.h"

namespace tenon::ref {

/// Extents that were symbolic when the record was written are the output's: what is left to check
/// is that they suit the inputs.
template <class Struct>
void settle(Struct&, const Dims&) {}
inline void settle(ops::Reshape& op, const Dims& output) { op.target = expr::to_shape(output); }
inline void settle(ops::Resize& op, const Dims& output) { op.target = expr::to_shape(output); }
inline void settle(ops::Expand& op, const Dims& output) { op.target = expr::to_shape(output); }
inline void settle(ops::Fill& op, const Dims& output) { op.target = expr::to_shape(output); }
inline void settle(ops::SliceBeyond& op, const Dims& output) { op.sizes = expr::to_shape(output); }
inline void settle(ops::TopK& op, const Dims& output) {
  if (op.axis >= 0 && op.axis < output.rank()) op.k = {output[static_cast<int>(op.axis)]};
}
inline void settle(ops::OneHot& op, const Dims& output) {
  if (op.axis >= 0 && op.axis < output.rank()) op.depth = {output[static_cast<int>(op.axis)]};
}
inline void settle(ops::Shuffle& op, const Dims& output) {
  if (op.second.rank() != output.rank() || op.target.size() != static_cast<size_t>(output.rank())) {
    return;
  }
  for (int i = 0; i < output.rank(); ++i) {
    const int64_t axis = op.second[i];
    if (axis >= 0 && axis < output.rank()) op.target[static_cast<size_t>(axis)] = output[i];
  }
}

template <class Struct>
class OpKernel final : public Kernel {
 public:
  static Result<std::unique_ptr<Kernel>> create(const kernel::RecordView& record,
                                                Diagnostics& diag) {
    ByteReader reader(record.params);
    auto op = ops::unpack<Struct>(reader);
    auto made = std::make_unique<OpKernel>();
    if (!op.ok() || !read_present(reader, made->present_) || !reader.at_end()) {
      return diag.fail(Code::InvalidPlan, "the record of kernel ref/{} is damaged", record.name);
    }
    made->op_ = std::move(*op);
    return std::unique_ptr<Kernel>(std::move(made));
  }

  [[nodiscard]] size_t workspace(
      std::span<const kernel::TensorDesc> inputs,
      std::span<const kernel::TensorDesc> outputs) const noexcept override {
    return ref::workspace(op_, inputs, outputs);
  }
  Status check(std::span<const kernel::TensorDesc> inputs,
               std::span<const kernel::TensorDesc> outputs, Diagnostics& diag) const override {
    Struct op = op_;
    if (!outputs.empty()) settle(op, outputs[0].dims);
    return check_shapes(op, present_, inputs, outputs, diag);
  }
  [[nodiscard]] std::string_view words() const noexcept override {
    if constexpr (requires { op_.message; }) return op_.message;
    return {};
  }
  Status run(const Call& call) const noexcept override { return ref::run(op_, call); }

 private:
  Struct op_;
};

/// `supports` asks what types do not tell; without it every node of these types is served.
template <class Struct>
constexpr Row row(
    std::string_view name, TypeSet types,
    Status (*supports)(const kernel::NodeInfo&, Diagnostics&) =
        [](const kernel::NodeInfo&, Diagnostics&) { return Status{}; }) {
  return {name, types, supports,
          [](const kernel::NodeInfo& node, kernel::Record& record, Diagnostics& diag) {
            return write_head(*node.op, node, record, diag);
          },
          &OpKernel<Struct>::create};
}

}  // namespace tenon::ref
