// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Variables of kernels: what compiled host code registers, and what copies and queries find.
#include "hostcuda/runtime/launch/symbols.h"

#include <memory>
#include <mutex>
#include <unordered_map>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/table.h"

namespace hostcuda {
namespace {

struct Symbols {
  std::mutex mutex;
  std::unordered_map<const void*, std::unique_ptr<Symbol>> all;
};

// Never destroyed: program parts unregister their variables while the process ends.
Symbols& symbols() {
  static auto* const one = new Symbols;
  return *one;
}

}  // namespace

const Symbol* find_symbol(const void* variable) {
  const std::lock_guard lock(symbols().mutex);
  const auto at = symbols().all.find(variable);
  return at == symbols().all.end() ? nullptr : at->second.get();
}

void add_symbol(void* variable, std::size_t size, const char* name) {
  remove_symbol(variable);
  Table::instance().add({.base = reinterpret_cast<std::uintptr_t>(variable),
                         .size = size,
                         .capacity = size,
                         .kind = Kind::Symbol});
  const std::lock_guard lock(symbols().mutex);
  symbols().all[variable] = std::make_unique<Symbol>(Symbol{variable, size, name});
}

void remove_symbol(const void* variable) {
  Table::instance().remove(
      variable, [](const Allocation& allocation) { return allocation.kind == Kind::Symbol; });
  const std::lock_guard lock(symbols().mutex);
  symbols().all.erase(variable);
}

}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaGetSymbolAddress(void** address, const void* symbol) {
  return guarded([&] {
    if (!address) return cudaErrorInvalidValue;
    const Symbol* const known = find_symbol(symbol);
    if (!known) return cudaErrorInvalidSymbol;
    *address = known->address;
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaGetSymbolSize(size_t* size, const void* symbol) {
  return guarded([&] {
    if (!size) return cudaErrorInvalidValue;
    const Symbol* const known = find_symbol(symbol);
    if (!known) return cudaErrorInvalidSymbol;
    *size = known->size;
    return cudaSuccess;
  });
}
