// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Records of reorders.
#include "backends/simd/reorder.h"

#include <fmt/core.h>

namespace tenon::simd {

namespace {

using kernel::Layout;

void put_layout(ByteWriter& bytes, const Layout& layout) {
  bytes.put(layout.order);
  bytes.put(layout.channel_from_end);
  bytes.put(layout.vector);
}

}  // namespace

std::string refuse_reorder(DType dtype, const Layout& from, const Layout& to) {
  if (from.private_id != 0 || to.private_id != 0) {
    return fmt::format("only their owners read and write private layouts ({} to {})",
                       to_string(from), to_string(to));
  }
  if (bit_width(dtype) < 8) return "elements of i4 have no addresses of their own";
  if (!from.is_linear() && !to.is_linear() && from.channel_from_end != to.channel_from_end) {
    return fmt::format("{} and {} disagree on the channel axis; go by way of linear",
                       to_string(from), to_string(to));
  }
  return {};
}

kernel::Record make_reorder(DType dtype, const Layout& from, const Layout& to, int threads) {
  ByteWriter params;
  params.put(dtype);
  put_layout(params, from);
  put_layout(params, to);
  kernel::Record record;
  record.id = {"simd", std::string(kReorderName), 1};
  record.params = std::move(params).bytes();
  record.threads = threads;
  record.metadata = to_string(from) + " to " + to_string(to);
  return record;
}

}  // namespace tenon::simd
