// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Asking the processor what it can do.
#include "device/isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace tenon::device {

namespace {

constexpr std::string_view kIsaNames[] = {
#define TENON_ROW(name, text) text,
    TENON_ISAS(TENON_ROW)
#undef TENON_ROW
};

#if defined(__x86_64__)
struct Leaf {
  unsigned a = 0, b = 0, c = 0, d = 0;
};

/// Zero where the processor has no such leaf.
Leaf leaf(unsigned number, unsigned part = 0) noexcept {
  Leaf x;
  if (__get_cpuid_count(number, part, &x.a, &x.b, &x.c, &x.d) == 0) return {};
  return x;
}

constexpr bool has(unsigned word, unsigned position) noexcept {
  return (word >> position & 1U) != 0;
}

/// Registers that the system saves.
uint32_t saved_registers() noexcept {
  uint32_t low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

uint32_t read_isa() noexcept {
  constexpr uint32_t kYmm = 0x06, kZmm = 0xE6, kTiles = 0x60000;
  const Leaf one = leaf(1), seven = leaf(7), more = leaf(7, 1);
  uint32_t isa = has(one.c, 20) ? isa_bit(Isa::Sse42) : 0;
  const uint32_t saved = has(one.c, 27) ? saved_registers() : 0;
  if (!has(one.c, 28) || (saved & kYmm) != kYmm) return isa;
  if (has(seven.b, 5)) isa |= isa_bit(Isa::Avx2);
  if (has(one.c, 12)) isa |= isa_bit(Isa::Fma);
  if (has(one.c, 29)) isa |= isa_bit(Isa::F16c);
  const bool avx512 = has(seven.b, 16) && has(seven.b, 17) && has(seven.b, 28) &&
                      has(seven.b, 30) && has(seven.b, 31);
  if (!avx512 || (saved & kZmm) != kZmm) return isa;
  isa |= isa_bit(Isa::Avx512);
  if (has(seven.c, 11)) isa |= isa_bit(Isa::Avx512Vnni);
  if (has(more.a, 5)) isa |= isa_bit(Isa::Avx512Bf16);
  if (has(seven.d, 23)) isa |= isa_bit(Isa::Avx512Fp16);
  if (has(seven.d, 24) && has(seven.d, 25) && (saved & kTiles) == kTiles) {
    isa |= isa_bit(Isa::Amx);
  }
  return isa;
}
#elif defined(__aarch64__)
uint32_t read_isa() noexcept { return isa_bit(Isa::Neon); }
#else
uint32_t read_isa() noexcept { return 0; }
#endif

}  // namespace

std::string_view to_string(Isa one) noexcept { return kIsaNames[static_cast<size_t>(one)]; }

FixedText<128> isa_names(uint32_t isa) noexcept {
  FixedText<128> text;
  for (const std::string_view name : kIsaNames) {
    if ((isa & 1U) != 0) text.append("{}{}", {text.view().empty() ? "" : " ", name});
    isa >>= 1U;
  }
  return text;
}

uint32_t local_isa() noexcept { return read_isa(); }

}  // namespace tenon::device
