// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Einstein sums: for every element of the output, the products over all summed axes.
#include "backends/ref/einsum_kernel.h"

#include <algorithm>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

constexpr size_t kTerms = ops::EinsumPlan::kMostTerms;

/// Extents of labels, and how far each term moves for one step along them.
struct Loops {
  Dims dims;
  Dims strides[kTerms];

  Loops(const std::vector<int>& labels, const ops::EinsumPlan& plan, const Call& call) noexcept {
    for (const int label : labels) {
      int64_t extent = 1;
      for (size_t term = 0; term < kTerms; ++term) {
        int64_t stride = 0;
        if (term < plan.terms.size()) {
          const Dims& shape = call.in_dims(term);
          const Dims own = row_major_strides(shape);
          for (int axis = 0; axis < shape.rank(); ++axis) {
            if (plan.terms[term][static_cast<size_t>(axis)] != label) continue;
            if (shape[axis] != 1) stride += own[axis];
            if (shape[axis] != 1) extent = shape[axis];
          }
        }
        strides[term].push_back(stride);
      }
      dims.push_back(extent);
    }
  }
  [[nodiscard]] Walk<4> walk() const noexcept {
    return {dims, {strides[0], strides[1], strides[2], strides[3]}};
  }
};

template <class T>
void sum_up(const ops::EinsumPlan& plan, const Call& call) noexcept {
  const Loops outer(plan.output, plan, call), inner(plan.summed, plan, call);
  T* y = call.out<T>();
  for (Walk<4> at = outer.walk(); !at.done(); at.next()) {
    Wide<T> sum = 0;
    for (Walk<4> part = inner.walk(); !part.done(); part.next()) {
      Wide<T> product = 1;
      for (size_t term = 0; term < plan.terms.size(); ++term) {
        const T factor = call.in<T>(term)[at.at[term] + part.at[term]];
        product = apply(ops::ElementWiseKind::Mul, product, load(factor));
      }
      sum = apply(ops::ElementWiseKind::Add, sum, product);
    }
    *y++ = store<T>(sum);
  }
}

/// The equation is read once, for ranks do not change.
class EinsumKernel final : public Kernel {
 public:
  static Result<std::unique_ptr<Kernel>> create(const kernel::RecordView& record,
                                                Diagnostics& diag) {
    ByteReader reader(record.params);
    auto op = ops::unpack<ops::Einsum>(reader);
    auto made = std::make_unique<EinsumKernel>();
    std::vector<size_t> ranks;
    bool sound = op.ok() && read_present(reader, made->present_) && made->present_.size() <= kTerms;
    for (size_t i = 0; sound && i < made->present_.size(); ++i) {
      ranks.push_back(reader.take<uint8_t>());
    }
    sound = sound && reader.ok() && reader.at_end() &&
            ops::plan_einsum(op->equation, ranks, made->plan_);
    if (!sound) {
      return diag.fail(Code::InvalidPlan, "the record of kernel ref/einsum is damaged");
    }
    made->op_ = std::move(*op);
    made->ranks_ = std::move(ranks);
    return std::unique_ptr<Kernel>(std::move(made));
  }

  Status check(std::span<const kernel::TensorDesc> inputs,
               std::span<const kernel::TensorDesc> outputs, Diagnostics& diag) const override {
    for (size_t i = 0; i < inputs.size() && i < ranks_.size(); ++i) {
      if (inputs[i].dims.rank() == static_cast<int>(ranks_[i])) continue;
      return diag.fail(Code::InvalidArgument, "input {} has rank {}, but einsum was made for {}", i,
                       inputs[i].dims.rank(), ranks_[i]);
    }
    return check_shapes(op_, present_, inputs, outputs, diag);
  }

  Status run(const Call& call) const noexcept override {
    return with_number(call.out_type(), [&](auto type) {
      sum_up<typename decltype(type)::type>(plan_, call);
      return Status{};
    });
  }

 private:
  ops::Einsum op_;
  std::vector<size_t> ranks_;
  ops::EinsumPlan plan_;
};

Status write(const kernel::NodeInfo& node, kernel::Record& record, Diagnostics& diag) {
  TENON_TRY(write_head(*node.op, node, record, diag));
  for (const kernel::PortInfo& input : node.inputs) {
    record.params.push_back(static_cast<std::byte>(input.shape.size()));
  }
  return {};
}

}  // namespace

Row einsum_row() {
  return {"einsum", kNumbers, [](const kernel::NodeInfo&, Diagnostics&) { return Status{}; }, write,
          &EinsumKernel::create};
}

}  // namespace tenon::ref
