// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Arguments as kernels' texts declare them.
#include "backends/cuda/launch.h"

namespace tenon::cuda {

Arguments& Arguments::divisor(int64_t value) {
  const auto divisor = static_cast<uint64_t>(value < 1 ? 1 : value);
  uint32_t shift = 0;
  while ((uint64_t{1} << shift) < divisor) ++shift;
  const uint64_t magic = (uint64_t{1} << 32) * ((uint64_t{1} << shift) - divisor) / divisor + 1;
  return put(static_cast<uint32_t>(divisor)).put(static_cast<uint32_t>(magic)).put(shift);
}

Arguments& Arguments::divisors(const std::vector<int64_t>& values, size_t most) {
  for (size_t i = 0; i < most; ++i) divisor(i < values.size() ? values[i] : 1);
  return *this;
}

Arguments& Arguments::i32s(const std::vector<int64_t>& values, size_t most) {
  for (size_t i = 0; i < most; ++i) i32(i < values.size() ? values[i] : 0);
  return *this;
}

void place_input(const Shapes& shapes, size_t index, Arguments& arguments) {
  if (index < shapes.inputs.size() && !shapes.inputs[index].absent()) {
    arguments.place(input(index));
  } else {
    arguments.nothing();
  }
}

Launch launch_of(std::string kernel, int64_t items, uint32_t threads) {
  Launch launch;
  launch.kernel = std::move(kernel);
  launch.block[0] = threads;
  launch.grid[0] = static_cast<uint32_t>((items + threads - 1) / threads);
  return launch;
}

Launch copy_of(const Place& to, const Place& from, uint64_t bytes) {
  Launch launch;
  launch.what = Launch::What::Copy;
  launch.arguments.place(to).place(from);
  launch.bytes = bytes;
  return launch;
}

Status refuse_large(std::span<const kernel::TensorDesc> descs) noexcept {
  for (const kernel::TensorDesc& desc : descs) {
    if (desc.absent()) continue;
    if (kernel::storage_elements(desc.layout, desc.dims) > INT32_MAX) return kTooLarge;
  }
  return {};
}

}  // namespace tenon::cuda
