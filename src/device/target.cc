// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading this machine: instruction sets, caches, cores.
#include "device/target.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/parallel.h"

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
constexpr size_t kIsaCount = std::size(kIsaNames);

constexpr uint32_t bit(Isa isa) { return 1U << static_cast<unsigned>(isa); }

#if defined(__x86_64__)
bool leaf1_ecx(unsigned position) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c >> position & 1U) != 0;
}

bool leaf7_edx(unsigned position) {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d >> position & 1U) != 0;
}

uint32_t read_isa() {
  __builtin_cpu_init();
  uint32_t isa = 0;
  if (__builtin_cpu_supports("sse4.2")) isa |= bit(Isa::Sse42);
  if (__builtin_cpu_supports("avx2")) isa |= bit(Isa::Avx2);
  if (__builtin_cpu_supports("fma")) isa |= bit(Isa::Fma);
  // clang 14 does not know the name "f16c".
  if (__builtin_cpu_supports("avx") && leaf1_ecx(29)) isa |= bit(Isa::F16c);
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512cd");
  if (!avx512) return isa;
  isa |= bit(Isa::Avx512);
  if (__builtin_cpu_supports("avx512vnni")) isa |= bit(Isa::Avx512Vnni);
  if (__builtin_cpu_supports("avx512bf16")) isa |= bit(Isa::Avx512Bf16);
  if (leaf7_edx(23)) isa |= bit(Isa::Avx512Fp16);
  if (leaf7_edx(24) && leaf7_edx(25)) isa |= bit(Isa::Amx);
  return isa;
}
#elif defined(__aarch64__)
uint32_t read_isa() { return bit(Isa::Neon); }
#else
uint32_t read_isa() { return 0; }
#endif

/// Instruction sets that remain when TENON_ISA names the highest one wanted.
uint32_t limited(uint32_t isa) {
  const char* limit = std::getenv("TENON_ISA");
  if (limit == nullptr) return isa;
  if (std::string_view(limit) == "none") return 0;
  for (size_t i = 0; i < kIsaCount; ++i) {
    // Avx2 comes with Fma and F16c, as in every processor that has it.
    const size_t last = kIsaNames[i] == "avx2" ? static_cast<size_t>(Isa::F16c) : i;
    if (kIsaNames[i] == limit) return isa & ((2U << last) - 1);
  }
  return isa;
}

#if defined(__x86_64__)
/// The name as the processor itself tells it: an emulated one tells another than the system's
/// files.
std::string told_name() {
  constexpr unsigned kFirst = 0x80000002, kLast = 0x80000004;
  std::string text;
  for (unsigned leaf = kFirst; leaf <= kLast; ++leaf) {
    unsigned part[4] = {};
    if (__get_cpuid(leaf, part, part + 1, part + 2, part + 3) == 0) return {};
    text.append(reinterpret_cast<const char*>(part), sizeof part);
  }
  text.resize(text.find_last_not_of(std::string_view(" \0", 2)) + 1);
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}
#else
std::string told_name() { return {}; }
#endif

std::string processor_name() {
  if (std::string name = told_name(); !name.empty()) return name;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

template <class Number>
void read_cache(int name, Number& bytes) {
  if (const long value = ::sysconf(name); value > 0) bytes = static_cast<Number>(value);
}

Target read_target() {
  Target target;
  target.isa = limited(read_isa());
  target.cores = available_threads();
  target.name = processor_name();
#if defined(_SC_LEVEL1_DCACHE_SIZE)
  read_cache(_SC_LEVEL1_DCACHE_SIZE, target.l1d_bytes);
  read_cache(_SC_LEVEL2_CACHE_SIZE, target.l2_bytes);
  read_cache(_SC_LEVEL3_CACHE_SIZE, target.l3_bytes);
#endif
  return target;
}

std::string names_of(uint32_t isa) {
  std::string text;
  for (size_t i = 0; i < kIsaCount; ++i) {
    if ((isa >> i & 1U) == 0) continue;
    if (!text.empty()) text += ' ';
    text += kIsaNames[i];
  }
  return text;
}

}  // namespace

std::string Target::isa_text() const { return names_of(isa); }

std::string Target::fingerprint() const {
  return name + " | " + isa_text() + " | " + std::to_string(cores) + " cores | " +
         std::to_string(l1d_bytes >> 10) + "/" + std::to_string(l2_bytes >> 10) + "/" +
         std::to_string(l3_bytes >> 10) + " KiB";
}

const Target& local_target() {
  static const Target target = read_target();
  return target;
}

Target portable_target() {
  constexpr uint32_t kBaseline =
      bit(Isa::Sse42) | bit(Isa::Avx2) | bit(Isa::Fma) | bit(Isa::F16c) | bit(Isa::Neon);
  Target target = local_target();
  target.isa &= kBaseline;
  target.portable = true;
  target.name = "any processor";
  return target;
}

std::string missing_isa(uint32_t needed, const Target& target) {
  return names_of(needed & ~target.isa);
}

}  // namespace tenon::device
