// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Constant: its numbers are the one packed blob of the record, row-major.
#include "backends/ref/constant_kernel.h"

#include <cstring>

namespace tenon::ref {

namespace {

class ConstantKernel final : public Kernel {
 public:
  ConstantKernel(DType dtype, const Dims& dims, std::span<const std::byte> data)
      : dtype_(dtype), dims_(dims), data_(data) {}

  static Result<std::unique_ptr<Kernel>> create(const kernel::RecordView& record,
                                                Diagnostics& diag) {
    const auto damaged = [&] {
      return diag.fail(Code::InvalidPlan, "the record of kernel ref/constant is damaged");
    };
    if (record.packed.size() != 1) return damaged();
    ByteReader reader(record.packed[0].layout);
    const auto dtype = reader.take<uint8_t>();
    const auto rank = reader.take<uint8_t>();
    if (dtype >= kDTypeCount || rank > Dims::kMaxRank) return damaged();
    Dims dims;
    uint64_t elements = 1;
    for (int i = 0; i < rank; ++i) {
      const auto extent = reader.take<int64_t>();
      if (extent < 0 ||
          __builtin_mul_overflow(elements, static_cast<uint64_t>(extent), &elements) ||
          elements > UINT64_MAX / 64) {
        return damaged();
      }
      dims.push_back(extent);
    }
    const auto type = static_cast<DType>(dtype);
    const bool sound =
        reader.ok() && reader.at_end() && record.packed[0].data.size() == byte_size(type, elements);
    if (!sound) return damaged();
    return std::unique_ptr<Kernel>(
        std::make_unique<ConstantKernel>(type, dims, record.packed[0].data));
  }

  Status check(std::span<const kernel::TensorDesc> inputs,
               std::span<const kernel::TensorDesc> outputs, Diagnostics& diag) const override {
    const bool fits = inputs.empty() && outputs.size() == 1 && outputs[0].dtype == dtype_ &&
                      outputs[0].dims == dims_ && outputs[0].layout.is_linear();
    if (fits) return {};
    return diag.fail(Code::InvalidArgument, "a constant is {} {} (linear) and nothing else",
                     to_string(dtype_), to_string(dims_));
  }
  Status run(const Call& call) const noexcept override {
    if (!data_.empty()) std::memcpy(call.out<std::byte>(), data_.data(), data_.size());
    return {};
  }

 private:
  DType dtype_;
  Dims dims_;
  std::span<const std::byte> data_;
};

Status write_constant(const kernel::NodeInfo& node, kernel::Record& record, Diagnostics&) {
  const ops::ConstantData& data = *std::get<ops::Constant>(*node.op).data;
  ByteWriter layout;
  layout.put(data.dtype());
  layout.put(static_cast<uint8_t>(data.dims().rank()));
  for (const int64_t extent : data.dims()) layout.put(extent);
  record.packed.push_back(
      {std::move(layout).bytes(), Bytes(data.bytes().begin(), data.bytes().end())});
  return {};
}

}  // namespace

Row constant_row() {
  return {"constant", kAll, [](const kernel::NodeInfo&, Diagnostics&) { return Status{}; },
          write_constant, &ConstantKernel::create};
}

}  // namespace tenon::ref
