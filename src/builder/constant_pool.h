// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The constants of an engine, each kept once.
#pragma once

#include <map>
#include <vector>

#include "base/bytes.h"
#include "kernel/layout.h"
#include "ops/constant_data.h"

namespace tenon::builder {

/// The elements of `data`, brought into `layout` (no private one); padding is zero.
Bytes lay_out(const ops::ConstantData& data, const kernel::Layout& layout);

/// Collects constants at 64-byte borders. Equal bytes are kept once, unless the numbers may be
/// replaced: then places may not depend on them.
class ConstantPool {
 public:
  explicit ConstantPool(bool numbers_vary) : numbers_vary_(numbers_vary) {}

  /// Offset of the constant in the pool.
  uint64_t add(const ops::ConstantData& data, const kernel::Layout& layout);
  /// Everything added. The pool is empty afterwards.
  Bytes take();

 private:
  uint64_t add(std::span<const std::byte> bytes);

  bool numbers_vary_;
  Bytes bytes_;
  std::multimap<uint64_t, std::pair<uint64_t, uint64_t>> known_;  ///< hash -> offset, size
};

}  // namespace tenon::builder
