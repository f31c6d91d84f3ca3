// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Variables of kernels: what compiled host code registers, and what copies and queries find.
#pragma once

#include <cstddef>
#include <string>

namespace hostcuda {

/// A variable that kernels use. On a host it is the program's own variable.
struct Symbol {
  void* address = nullptr;
  std::size_t size = 0;
  std::string name;
};

/// The symbol whose variable is at `variable`, or null. It stays where it is until its program part
/// unregisters it. Any thread.
const Symbol* find_symbol(const void* variable);

/// Makes the variable known, or known anew. Any thread.
void add_symbol(void* variable, std::size_t size, const char* name);

/// Forgets the variable. Any thread.
void remove_symbol(const void* variable);

}  // namespace hostcuda
