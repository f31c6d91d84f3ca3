// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where the kernels come from that move a tensor from one layout to another.
#pragma once

#include "base/result.h"
#include "device/target.h"
#include "kernel/record.h"

namespace tenon::tune {

/// Implemented by api over a backend's reordering kernels, so that tuning knows no backend.
class ReformatSource {
 public:
  virtual ~ReformatSource() = default;
  /// The record of a kernel with one input and one output of equal type and extents, which lie as
  /// `from` and `to`; a plain copy when both are equal. Padding of `to` is written as zeros.
  /// Deterministic. Unsupported, with the reason in Status::what, when there is no such kernel.
  virtual Result<kernel::Record> make(DType dtype, const kernel::Layout& from,
                                      const kernel::Layout& to, int threads,
                                      const device::Target& target) = 0;
};

}  // namespace tenon::tune
