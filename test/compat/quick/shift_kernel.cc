// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A kernel that an engine keeps: y = x + the scalar behind x, one element a block.
#include <cstdint>

extern "C" __attribute__((visibility("default"))) void shift_entry(void* const* args, uint32_t gx,
                                                                   uint32_t, uint32_t) {
  auto const* x = static_cast<float const*>(args[0]);
  auto const by = *static_cast<int32_t const*>(args[1]);
  auto* y = static_cast<float*>(args[2]);
  for (uint32_t i = 0; i < gx; ++i) y[i] = x[i] + static_cast<float>(by);
}
