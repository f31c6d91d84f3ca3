// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The machine an engine is made for: every `supports`, pack and time call is given one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

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

/// What a kernel asks of an NVIDIA GPU; all zero for a CPU.
struct GpuFacts {
  int32_t sm = 0;                    ///< compute capability as 10 * major + minor: 90 for a H100
  int32_t sm_count = 0;              ///< streaming multiprocessors
  uint32_t shared_bytes = 0;         ///< shared memory a block may ask for, at most
  uint32_t shared_bytes_sm = 0;      ///< of one multiprocessor
  int32_t threads_sm = 0;            ///< threads that one multiprocessor holds
  uint64_t memory_bytes = 0;         ///< of the GPU
  uint64_t memory_bytes_per_ms = 0;  ///< the memory's nominal speed
  friend bool operator==(const GpuFacts&, const GpuFacts&) = default;
};

enum class Kind : uint8_t { Cpu, Cuda };

/// A CPU or a GPU: what it can do and how large its caches are. A value; comparable. Of a GPU isa
/// and l1d_bytes are 0, cores is 1, l2_bytes its L2 cache.
struct Target {
  uint32_t isa = 0;                                   ///< bit i: has static_cast<Isa>(i)
  int32_t cores = 1;                                  ///< processors the process may use
  uint32_t l1d_bytes = 32 << 10, l2_bytes = 1 << 20;  ///< of one core
  uint64_t l3_bytes = 8 << 20;                        ///< shared
  std::string name;                                   ///< the processor's or GPU's model name
  bool portable = false;  ///< any processor with these instruction sets is meant, not this one
  Kind kind = Kind::Cpu;
  GpuFacts gpu;

  [[nodiscard]] bool is_gpu() const noexcept { return kind == Kind::Cuda; }

  [[nodiscard]] bool has(Isa one) const noexcept {
    return (isa >> static_cast<unsigned>(one) & 1U) != 0;
  }
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
