// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading this machine: its name, caches and cores.
#include "device/target.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/parallel.h"
#include "device/isa.h"
#include "device/tiles.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace tenon::device {

namespace {

constexpr size_t kIsaCount = 0
#define TENON_ROW(name, text) +1
    TENON_ISAS(TENON_ROW)
#undef TENON_ROW
    ;

/// Instruction sets that remain when TENON_ISA names the highest one wanted.
uint32_t limited(uint32_t isa) {
  const char* limit = std::getenv("TENON_ISA");
  if (limit == nullptr) return isa;
  if (std::string_view(limit) == "none") return 0;
  for (size_t i = 0; i < kIsaCount; ++i) {
    // Avx2 comes with Fma and F16c, as in every processor that has it.
    const auto one = static_cast<Isa>(i);
    const size_t last = one == Isa::Avx2 ? static_cast<size_t>(Isa::F16c) : i;
    if (to_string(one) == limit) return isa & ((2U << last) - 1);
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
#elif defined(__aarch64__)
/// The number by which a processor tells its maker and model; 0 where nobody says. The first one's,
/// as the system tells it, so that machines with processors of two kinds give one answer; else that
/// of the processor this runs on.
uint64_t processor_id() {
  std::ifstream file("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1");
  uint64_t id = 0;
  if (file >> std::hex >> id) return id;
  if ((::getauxval(AT_HWCAP) & HWCAP_CPUID) == 0) return 0;
  asm("mrs %0, midr_el1" : "=r"(id));
  return id;
}

std::string told_name() {
  struct Model {
    unsigned maker, part;
    const char* name;
  };
  constexpr Model kModels[] = {
      {0x41, 0xd03, "Arm Cortex-A53"},   {0x41, 0xd04, "Arm Cortex-A35"},
      {0x41, 0xd05, "Arm Cortex-A55"},   {0x41, 0xd07, "Arm Cortex-A57"},
      {0x41, 0xd08, "Arm Cortex-A72"},   {0x41, 0xd09, "Arm Cortex-A73"},
      {0x41, 0xd0a, "Arm Cortex-A75"},   {0x41, 0xd0b, "Arm Cortex-A76"},
      {0x41, 0xd0c, "Arm Neoverse N1"},  {0x41, 0xd0d, "Arm Cortex-A77"},
      {0x41, 0xd40, "Arm Neoverse V1"},  {0x41, 0xd41, "Arm Cortex-A78"},
      {0x41, 0xd42, "Arm Cortex-A78AE"}, {0x41, 0xd49, "Arm Neoverse N2"},
      {0x41, 0xd4f, "Arm Neoverse V2"},  {0x4e, 0x004, "NVIDIA Carmel"},
  };
  const uint64_t id = processor_id();
  if (id == 0) return "64-bit Arm processor";
  const auto maker = static_cast<unsigned>(id >> 24 & 0xff);
  const auto part = static_cast<unsigned>(id >> 4 & 0xfff);
  for (const Model& model : kModels) {
    if (model.maker == maker && model.part == part) return model.name;
  }
  char text[64];
  std::snprintf(text, sizeof text, "64-bit Arm processor 0x%02x:0x%03x", maker, part);
  return text;
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
  target.isa = limited(local_isa());
  if (!tiles_are_offered()) target.isa &= ~isa_bit(Isa::Amx);
  target.cores = available_threads();
  target.name = processor_name();
#if defined(_SC_LEVEL1_DCACHE_SIZE)
  read_cache(_SC_LEVEL1_DCACHE_SIZE, target.l1d_bytes);
  read_cache(_SC_LEVEL2_CACHE_SIZE, target.l2_bytes);
  read_cache(_SC_LEVEL3_CACHE_SIZE, target.l3_bytes);
#endif
  return target;
}

std::string names_of(uint32_t isa) { return std::string(isa_names(isa).view()); }

}  // namespace

std::string Target::isa_text() const { return names_of(isa); }

std::string Target::fingerprint() const {
  if (is_gpu()) {
    return name + " | sm_" + std::to_string(gpu.sm) + " | " + std::to_string(gpu.sm_count) +
           " multiprocessors | " + std::to_string(l2_bytes >> 20) + " MiB L2 | " +
           std::to_string(gpu.memory_bytes >> 30) + " GiB";
  }
  return name + " | " + isa_text() + " | " + std::to_string(cores) + " cores | " +
         std::to_string(l1d_bytes >> 10) + "/" + std::to_string(l2_bytes >> 10) + "/" +
         std::to_string(l3_bytes >> 10) + " KiB";
}

const Target& local_target() {
  static const Target target = read_target();
  return target;
}

namespace {
thread_local const IsaScope* isa_scope = nullptr;
}  // namespace

IsaScope::IsaScope(uint32_t isa) noexcept : outer_(isa_scope), isa_(isa) { isa_scope = this; }

IsaScope::~IsaScope() { isa_scope = outer_; }

uint32_t usable_isa() noexcept {
  return isa_scope != nullptr ? isa_scope->isa_ : local_target().isa;
}

Target portable_target() {
  constexpr uint32_t kBaseline = isa_bit(Isa::Sse42) | isa_bit(Isa::Avx2) | isa_bit(Isa::Fma) |
                                 isa_bit(Isa::F16c) | isa_bit(Isa::Neon);
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
