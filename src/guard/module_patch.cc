// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Walking import tables. Source: the ELF specification and its processor supplements.
#include "guard/module_patch.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::guard {

namespace {

#if defined(__x86_64__)
constexpr bool kKnown = true;
bool is_import(uint64_t type) { return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT; }
#elif defined(__aarch64__)
constexpr bool kKnown = true;
bool is_import(uint64_t type) { return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT; }
#else
constexpr bool kKnown = false;
bool is_import(uint64_t) { return false; }
#endif

/// What a library's dynamic section tells.
struct Tables {
  const ElfW(Sym) * symbols = nullptr;
  const char* strings = nullptr;
  std::span<const ElfW(Rela)> calls, data;
};

Tables tables_of(const ElfW(Dyn) * dynamic) {
  Tables tables;
  const ElfW(Rela)* calls = nullptr;
  const ElfW(Rela)* data = nullptr;
  size_t call_bytes = 0, data_bytes = 0;
  for (; dynamic->d_tag != DT_NULL; ++dynamic) {
    const auto address = dynamic->d_un.d_ptr;
    switch (dynamic->d_tag) {
      case DT_SYMTAB:
        tables.symbols = reinterpret_cast<const ElfW(Sym)*>(address);
        break;
      case DT_STRTAB:
        tables.strings = reinterpret_cast<const char*>(address);
        break;
      case DT_JMPREL:
        calls = reinterpret_cast<const ElfW(Rela)*>(address);
        break;
      case DT_PLTRELSZ:
        call_bytes = dynamic->d_un.d_val;
        break;
      case DT_RELA:
        data = reinterpret_cast<const ElfW(Rela)*>(address);
        break;
      case DT_RELASZ:
        data_bytes = dynamic->d_un.d_val;
        break;
      default:
        break;
    }
  }
  if (calls != nullptr) tables.calls = {calls, call_bytes / sizeof(ElfW(Rela))};
  if (data != nullptr) tables.data = {data, data_bytes / sizeof(ElfW(Rela))};
  return tables;
}

uintptr_t base_of(const void* address) {
  Dl_info info{};
  if (address == nullptr || ::dladdr(address, &info) == 0) return 0;
  return reinterpret_cast<uintptr_t>(info.dli_fbase);
}

/// Patches one library after the other.
class Patcher {
 public:
  explicit Patcher(std::span<const Replacement> replacements)
      : replacements_(replacements),
        own_(base_of(reinterpret_cast<const void*>(&patch_modules))),
        cuda_(base_of(::dlsym(RTLD_DEFAULT, "cudaLaunchKernel"))),
        page_(static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE))) {}

  void patch(const dl_phdr_info& module) {
    const std::string_view path = module.dlpi_name == nullptr ? "" : module.dlpi_name;
    const std::string_view name = path.substr(path.rfind('/') + 1);
    for (const char* skipped : {"libc.so", "ld-linux", "linux-vdso", "linux-gate", "ld-musl"}) {
      if (name.starts_with(skipped)) return;
    }
    const ElfW(Dyn)* dynamic = nullptr;
    relro_ = relro_end_ = 0;
    for (ElfW(Half) i = 0; i < module.dlpi_phnum; ++i) {
      const ElfW(Phdr)& header = module.dlpi_phdr[i];
      const uintptr_t begin = module.dlpi_addr + header.p_vaddr;
      if (header.p_type == PT_DYNAMIC) dynamic = reinterpret_cast<const ElfW(Dyn)*>(begin);
      if (header.p_type != PT_GNU_RELRO) continue;
      relro_ = begin;
      relro_end_ = begin + header.p_memsz;
    }
    if (dynamic == nullptr) return;
    const Tables tables = tables_of(dynamic);
    if (tables.symbols == nullptr || tables.strings == nullptr) return;
    // Of the program itself, the base is 0 where it is not position-independent.
    const uintptr_t base = base_of(dynamic);
    ours_ = base != 0 && !path.empty() && (base == own_ || base == cuda_);
    for (const auto& list : {tables.calls, tables.data}) {
      for (const ElfW(Rela) & entry : list) {
        if (is_import(ELF64_R_TYPE(entry.r_info))) patch(tables, entry, module.dlpi_addr);
      }
    }
  }

 private:
  void patch(const Tables& tables, const ElfW(Rela) & entry, uintptr_t base) const {
    const char* name = tables.strings + tables.symbols[ELF64_R_SYM(entry.r_info)].st_name;
    for (const Replacement& one : replacements_) {
      if (std::strcmp(one.name, name) == 0) {
        write(base + entry.r_offset, ours_ ? one.instead_for_ours : one.instead);
      }
    }
  }

  void write(uintptr_t slot, void* value) const {
    auto* at = reinterpret_cast<void**>(slot);
    if (__atomic_load_n(at, __ATOMIC_RELAXED) == value) return;
    auto* page = reinterpret_cast<void*>(slot / page_ * page_);
    const bool read_only = slot >= relro_ && slot < relro_end_;
    if (read_only && ::mprotect(page, page_, PROT_READ | PROT_WRITE) != 0) return;
    __atomic_store_n(at, value, __ATOMIC_RELAXED);
    if (read_only) (void)::mprotect(page, page_, PROT_READ);
  }

  std::span<const Replacement> replacements_;
  uintptr_t own_, cuda_, page_;
  uintptr_t relro_ = 0, relro_end_ = 0;  ///< what the loader made read-only in this library
  bool ours_ = false;
};

}  // namespace

void* imported_function(const char* name) {
  void* found = ::dlsym(RTLD_DEFAULT, name);
  Dl_info info{};
  void* entry = nullptr;
  if (found == nullptr || ::dladdr1(found, &info, &entry, RTLD_DL_SYMENT) == 0) return found;
  if (entry == nullptr || static_cast<const ElfW(Sym)*>(entry)->st_shndx != SHN_UNDEF) return found;
  // A stub: the first library in the order of lookup that defines the name itself.
  std::vector<std::string> paths;
  ::dl_iterate_phdr(
      [](dl_phdr_info* module, size_t, void* data) {
        if (module->dlpi_name != nullptr && *module->dlpi_name != 0) {
          static_cast<std::vector<std::string>*>(data)->emplace_back(module->dlpi_name);
        }
        return 0;
      },
      &paths);
  for (const std::string& path : paths) {
    void* library = ::dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD);
    if (library == nullptr) continue;
    void* own = ::dlsym(library, name);
    link_map* map = nullptr;
    const bool defines = own != nullptr && ::dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 &&
                         base_of(own) == base_of(map->l_ld);
    ::dlclose(library);
    if (defines) return own;
  }
  return found;
}

bool patch_modules(std::span<const Replacement> replacements) {
  if (!kKnown) return false;
  Patcher patcher(replacements);
  const auto visit = [](dl_phdr_info* module, size_t, void* data) {
    static_cast<Patcher*>(data)->patch(*module);
    return 0;
  };
  ::dl_iterate_phdr(visit, &patcher);
  return true;
}

}  // namespace tenon::guard
