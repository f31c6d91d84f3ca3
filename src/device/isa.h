// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which instruction sets this machine has, and their names.
#pragma once

#include <cstdint>

#include "base/fixed_text.h"
#include "device/target.h"

namespace tenon::device {

constexpr uint32_t isa_bit(Isa one) noexcept { return 1U << static_cast<unsigned>(one); }

/// The text of one instruction set: "avx2".
std::string_view to_string(Isa one) noexcept;
/// Texts of all of them, separated by spaces.
FixedText<128> isa_names(uint32_t isa) noexcept;

/// What processor and system allow here, asked of the processor. Never allocates.
uint32_t local_isa() noexcept;

/// What kernels may use here: local_isa(), unless TENON_ISA limits it (see device/target.h).
uint32_t usable_isa() noexcept;

/// While it lives, usable_isa() on this thread is another machine's: kernels of that machine are
/// loaded to check them and to learn what they take. They may not be run. Builders only.
class IsaScope {
 public:
  explicit IsaScope(uint32_t isa) noexcept;
  ~IsaScope();
  IsaScope(const IsaScope&) = delete;
  IsaScope& operator=(const IsaScope&) = delete;

 private:
  const IsaScope* outer_;
  uint32_t isa_;
  friend uint32_t usable_isa() noexcept;
};

}  // namespace tenon::device
