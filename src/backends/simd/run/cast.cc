// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Conversions between the types that C++ knows.
#include "backends/simd/run/cast.h"
#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "base/parallel.h"
#include "ops/movement.h"

namespace tenon::simd::cast {

namespace {

using kernel::TensorDesc;

template <class From, class To>
void convert(const void* from, void* to, int64_t begin, int64_t end) {
  auto* y = static_cast<To*>(to);
  if constexpr (std::is_same_v<From, bool>) {  // Any byte may stand there.
    const auto* x = static_cast<const uint8_t*>(from);
    for (int64_t i = begin; i < end; ++i) y[i] = static_cast<To>(x[i] != 0);
  } else {
    const auto* x = static_cast<const From*>(from);
    for (int64_t i = begin; i < end; ++i) y[i] = static_cast<To>(x[i]);
  }
}

/// Calls f with a value of the C++ type that stores `dtype`; a default Result for the rest.
template <class Function>
Convert with_type(DType dtype, const Function& f) {
  switch (dtype) {
    case DType::F32:
      return f(float{});
    case DType::F64:
      return f(double{});
    case DType::I8:
      return f(int8_t{});
    case DType::U8:
      return f(uint8_t{});
    case DType::I16:
      return f(int16_t{});
    case DType::I32:
      return f(int32_t{});
    case DType::I64:
      return f(int64_t{});
    case DType::Bool:
      return f(bool{});
    default:
      return nullptr;
  }
}

}  // namespace

Convert find_conversion(DType from, DType to) {
  return with_type(from, [&](auto source) {
    return with_type(
        to, [&](auto target) -> Convert { return &convert<decltype(source), decltype(target)>; });
  });
}

namespace {

struct Kernel {
  DType from, to;
  int threads;
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept {
    return 0;
  }
};

class Instance final : public kernel::Instance, public Allocated {
 public:
  explicit Instance(const Kernel& kernel) : kernel_(kernel) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    convert_ = find_conversion(kernel_.from, kernel_.to);
    count_ = outputs[0].elements();
    if (inputs[0].dims == outputs[0].dims) return {};
    return {Code::InvalidArgument, "a cast's input and output differ in shape"};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    constexpr int64_t kGrain = 1 << 14;
    parallel_for(kernel_.threads, count_, kGrain, [&](int64_t begin, int64_t end) {
      convert_(args.inputs[0], args.outputs[0], begin, end);
    });
    return {};
  }

 private:
  const Kernel& kernel_;
  Convert convert_ = nullptr;
  int64_t count_ = 0;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(auto opened, open<ops::Cast>(record, diag));
  const auto from = opened.rest.take<uint8_t>();
  if (!opened.rest.ok() || from >= kDTypeCount ||
      find_conversion(static_cast<DType>(from), opened.op.to) == nullptr) {
    return damaged(record, diag);
  }
  const kernel::Wanted input{static_cast<DType>(from), kernel::Layout::linear()};
  const kernel::Wanted output{opened.op.to, kernel::Layout::linear()};
  TENON_TRY(kernel::expect_ports(record, {input}, output, diag));
  return make_loaded<Instance>(
      Kernel{.from = static_cast<DType>(from), .to = opened.op.to, .threads = record.threads},
      record, diag);
}

}  // namespace tenon::simd::cast
