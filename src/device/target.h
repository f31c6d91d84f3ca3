// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The machine an engine is made for: every `supports`, pack and time call is given one.
#pragma once

#include <cstdint>
#include <string>

#include "device/isa.h"

namespace tenon::device {

/// A CPU: what it can do and how large its caches are. A value; comparable.
struct Target {
  uint32_t isa = 0;                                   ///< bit i: has static_cast<Isa>(i)
  int32_t cores = 1;                                  ///< processors the process may use
  uint32_t l1d_bytes = 32 << 10, l2_bytes = 1 << 20;  ///< of one core
  uint64_t l3_bytes = 8 << 20;                        ///< shared
  std::string name;                                   ///< the processor's model name, for people
  bool portable = false;  ///< any processor with these instruction sets is meant, not this one

  [[nodiscard]] bool has(Isa one) const noexcept { return (isa & isa_bit(one)) != 0; }
  /// Texts of all instruction sets, separated by spaces.
  [[nodiscard]] std::string isa_text() const;
  /// Identifies the kind of machine in timing caches and engine files: equal machines, equal text.
  [[nodiscard]] std::string fingerprint() const;
  friend bool operator==(const Target&, const Target&) = default;
};

/// This machine, read once. TENON_ISA=avx2 (a text of Isa, or "none") limits it for tests.
const Target& local_target();

/// Any processor with AVX2, FMA and F16C (on Arm: with NEON), timed on this machine: cores and
/// caches are its. What another machine would compute otherwise may not stand in its engines. Lacks
/// instruction sets that this machine lacks.
Target portable_target();

/// Instruction sets in `needed` that `target` lacks, as text; empty when it has all.
std::string missing_isa(uint32_t needed, const Target& target);

}  // namespace tenon::device
