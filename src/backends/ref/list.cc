// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The list of reference kernels, and what it cannot serve.
#include "backends/ref/list.h"

#include "backends/ref/attention.h"
#include "backends/ref/constant_kernel.h"
#include "backends/ref/einsum_kernel.h"
#include "backends/ref/op_kernel.h"
#include "backends/ref/slice_kernel.h"

namespace tenon::ref {

std::span<const Row> kernels() {
  static const Row kRows[] = {
#define TENON_REF(Struct, ...) row<ops::Struct>(__VA_ARGS__),
#define TENON_REF_ROW(made) made,
#include "backends/ref/list.def"
#undef TENON_REF_ROW
#undef TENON_REF
  };
  return kRows;
}

const Row* find_kernel(std::string_view name) noexcept {
  for (const Row& row : kernels()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Status supports(const Row& row, const kernel::NodeInfo& node, Diagnostics& diag) {
  const auto knows = [&](const kernel::PortInfo& port) {
    return !port.present || (row.types >> static_cast<unsigned>(port.dtype) & 1U) != 0;
  };
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (knows(node.inputs[i])) continue;
    return decline(diag, "{} of {} (input {}) is not there: cast it", row.name,
                   to_string(node.inputs[i].dtype), i);
  }
  for (const kernel::PortInfo& output : node.outputs) {
    if (knows(output)) continue;
    return decline(diag, "{} to {} is not there: cast it", row.name, to_string(output.dtype));
  }
  return row.supports(node, diag);
}

}  // namespace tenon::ref
