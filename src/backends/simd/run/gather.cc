// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Gather along one axis: rows of bytes, picked by number.
#include <cstring>

#include "backends/simd/run/list.h"
#include "backends/simd/run/loaded_kernel.h"
#include "ops/movement.h"

namespace tenon::simd {

const char* const kGatherOutOfRange = "a gather's index is out of range";

namespace gather {

namespace {

using kernel::TensorDesc;

struct Kernel {
  ops::Gather op;
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
    const Dims& data = inputs[0].dims;
    const int64_t axis = kernel_.op.axis;
    if (axis < 0 || axis >= data.rank()) return {Code::InvalidArgument, "a gather's axis is wrong"};
    outer_ = 1;
    row_bytes_ = byte_size(outputs[0].dtype, 1);
    for (int i = 0; i < axis; ++i) outer_ *= data[i];
    for (int i = static_cast<int>(axis) + 1; i < data.rank(); ++i) {
      row_bytes_ *= static_cast<size_t>(data[i]);
    }
    rows_ = data[static_cast<int>(axis)];
    picks_ = inputs[1].elements();
    wide_ = inputs[1].dtype == DType::I64;
    if (result_dims(data, inputs[1].dims, static_cast<int>(axis)) == outputs[0].dims) return {};
    return {Code::InvalidArgument, "a gather's shapes contradict each other"};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    const auto* from = static_cast<const std::byte*>(args.inputs[0]);
    auto* to = static_cast<std::byte*>(args.outputs[0]);
    for (int64_t i = 0; i < outer_; ++i, from += rows_ * static_cast<int64_t>(row_bytes_)) {
      for (int64_t k = 0; k < picks_; ++k, to += row_bytes_) {
        const int64_t row = pick(args.inputs[1], k);
        if (row < 0 || row >= rows_) {
          return {Code::InvalidArgument, kGatherOutOfRange};
        }
        std::memmove(to, from + row * static_cast<int64_t>(row_bytes_), row_bytes_);
      }
    }
    return {};
  }

 private:
  /// The data's extents with those of the indices in the axis' place; none if there are too many.
  static std::optional<Dims> result_dims(const Dims& data, const Dims& indices, int axis) noexcept {
    if (data.rank() - 1 + indices.rank() > Dims::kMaxRank) return std::nullopt;
    Dims result;
    for (int i = 0; i < axis; ++i) result.push_back(data[i]);
    for (const int64_t extent : indices) result.push_back(extent);
    for (int i = axis + 1; i < data.rank(); ++i) result.push_back(data[i]);
    return result;
  }

  /// Negative numbers count from the end.
  [[nodiscard]] int64_t pick(const void* indices, int64_t k) const noexcept {
    const int64_t index =
        wide_ ? static_cast<const int64_t*>(indices)[k] : static_cast<const int32_t*>(indices)[k];
    return index < 0 ? index + rows_ : index;
  }

  const Kernel& kernel_;
  int64_t outer_ = 0, rows_ = 0, picks_ = 0;
  size_t row_bytes_ = 0;
  bool wide_ = true;
};

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  TENON_ASSIGN(const auto opened, open<ops::Gather>(record, diag));
  const kernel::Wanted port = moved_port(record);
  if (bit_width(port.dtype) < 8) return damaged(record, diag);
  const bool narrow = record.inputs.size() > 1 && record.inputs[1].dtype == DType::I32;
  const kernel::Wanted index{narrow ? DType::I32 : DType::I64, kernel::Layout::linear()};
  TENON_TRY(kernel::expect_ports(record, {port, index}, port, diag));
  return make_loaded<Instance>(Kernel{.op = opened.op}, record, diag);
}

}  // namespace gather

}  // namespace tenon::simd
