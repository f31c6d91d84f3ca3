// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Element by element: activations, unary and binary operators, selection and chains of them.
#include <algorithm>

#include "backends/ref/kernels.h"
#include "backends/ref/scalar.h"
#include "backends/ref/types.h"
#include "backends/ref/walk.h"

namespace tenon::ref {

namespace {

constexpr Status kDivisionByZero{Code::InvalidArgument, "an integer was divided by zero"};

/// y[i] = function(x[i]) where x is of type T and y of its own type or bool.
template <class T, class Out, class Function>
Status map(const Call& call, Function function) noexcept {
  const T* x = call.in<T>(0);
  auto* y = call.out<Out>();
  const int64_t count = call.out_dims().volume();
  for (int64_t i = 0; i < count; ++i) y[i] = static_cast<Out>(function(load(x[i])));
  return {};
}

}  // namespace

Status run(const ops::Activation& op, const Call& call) noexcept {
  return with_number(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    return map<T, T>(call, [&](Wide<T> x) { return apply(op, x); });
  });
}

Status run(const ops::Unary& op, const Call& call) noexcept {
  return with_any(call.in_type(0), [&](auto type) {
    using T = typename decltype(type)::type;
    const auto function = [&](Wide<T> x) { return apply(op.kind, x); };
    if (call.out_type() == DType::Bool) return map<T, bool>(call, function);
    return map<T, T>(call, function);
  });
}

namespace {

template <class T, class Out>
Status combine(ops::ElementWiseKind kind, const Call& call) noexcept {
  const T *a = call.in<T>(0), *b = call.in<T>(1);
  auto* y = call.out<Out>();
  const Dims& dims = call.out_dims();
  const bool may_fail = !kReal<T> && ref::divides(kind);
  for (Walk<2> walk(dims, {broadcast_strides(call.in_dims(0), dims),
                           broadcast_strides(call.in_dims(1), dims)});
       !walk.done(); walk.next()) {
    const Wide<T> divisor = load(b[walk.at[1]]);
    if (may_fail && divisor == 0) return kDivisionByZero;
    *y++ = static_cast<Out>(apply(kind, load(a[walk.at[0]]), divisor));
  }
  return {};
}

}  // namespace

Status run(const ops::ElementWise& op, const Call& call) noexcept {
  return with_any(call.in_type(0), [&](auto type) {
    using T = typename decltype(type)::type;
    if (call.out_type() == DType::Bool) return combine<T, bool>(op.kind, call);
    return combine<T, T>(op.kind, call);
  });
}

Status run(const ops::Select&, const Call& call) noexcept {
  return with_size(call.out_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    const bool* condition = call.in<bool>(0);
    const T *a = call.in<T>(1), *b = call.in<T>(2);
    T* y = call.out<T>();
    const Dims& dims = call.out_dims();
    for (Walk<3> walk(dims, {broadcast_strides(call.in_dims(0), dims),
                             broadcast_strides(call.in_dims(1), dims),
                             broadcast_strides(call.in_dims(2), dims)});
         !walk.done(); walk.next()) {
      *y++ = condition[walk.at[0]] ? a[walk.at[1]] : b[walk.at[2]];
    }
    return Status{};
  });
}

namespace {

double compute(const ops::PointwiseStep& step, const double* values) noexcept {
  const double x = values[step.lhs];
  switch (step.code) {
    case ops::PointwiseCode::Unary:
      return apply(static_cast<ops::UnaryKind>(step.kind), x);
    case ops::PointwiseCode::Activation:
      return apply({static_cast<ops::ActivationKind>(step.kind), step.alpha, step.beta}, x);
    case ops::PointwiseCode::ElementWise:
      return apply(static_cast<ops::ElementWiseKind>(step.kind), x, values[step.rhs]);
    case ops::PointwiseCode::Load:
      break;
  }
  return x;
}

template <class T>
void run_chain(const ops::Pointwise& op, const Call& call) noexcept {
  auto* values = static_cast<double*>(call.args.workspace);
  const Dims& dims = call.out_dims();
  const int64_t count = dims.volume();
  for (int64_t i = 0; i < count; ++i) {
    for (size_t at = 0; at < op.steps.size(); ++at) {
      const ops::PointwiseStep& step = op.steps[at];
      if (step.code == ops::PointwiseCode::Load) {
        const auto input = static_cast<size_t>(step.lhs);
        const Dims strides = broadcast_strides(call.in_dims(input), dims);
        values[at] = load(call.in<T>(input)[position(i, dims, strides)]);
      } else {
        values[at] = compute(step, values);
      }
    }
    call.out<T>()[i] = store<T>(values[op.steps.size() - 1]);
  }
}

}  // namespace

Status run(const ops::Pointwise& op, const Call& call) noexcept {
  return with_float(call.out_type(), [&](auto type) {
    run_chain<typename decltype(type)::type>(op, call);
    return Status{};
  });
}

}  // namespace tenon::ref
