// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Instruction sets, and which of them this machine has.
#pragma once

#include <cstdint>

#include "base/fixed_text.h"

namespace tenon::device {

/// Instruction sets a kernel may ask for; bits of Target::isa.
// clang-format off
#define TENON_ISAS(X)                                                                     \
  X(Sse42, "sse4.2") X(Avx2, "avx2") X(Fma, "fma") X(F16c, "f16c")                        \
  X(Avx512, "avx512") /* F, BW, DQ, VL, CD */ X(Avx512Vnni, "avx512_vnni")                \
  X(Avx512Bf16, "avx512_bf16") X(Avx512Fp16, "avx512_fp16") X(Amx, "amx") X(Neon, "neon")
// clang-format on

enum class Isa : uint8_t {
#define TENON_ROW(name, text) name,
  TENON_ISAS(TENON_ROW)
#undef TENON_ROW
};

constexpr uint32_t isa_bit(Isa one) noexcept { return 1U << static_cast<unsigned>(one); }

/// The text of one instruction set: "avx2".
std::string_view to_string(Isa one) noexcept;
/// Texts of all of them, separated by spaces.
FixedText<128> isa_names(uint32_t isa) noexcept;

/// What processor and system allow here, asked of the processor. Never allocates.
uint32_t local_isa() noexcept;

/// What kernels may use here: local_isa(), unless TENON_ISA limits it (see device/target.h).
uint32_t usable_isa() noexcept;

}  // namespace tenon::device
