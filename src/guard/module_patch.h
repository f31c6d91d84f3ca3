// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Putting other functions in the place of those that loaded libraries import.
#pragma once

#include <span>

namespace tenon::guard {

/// An imported function and what is called instead.
struct Replacement {
  const char* name;
  void* instead;           ///< by everybody
  void* instead_for_ours;  ///< by libraries of the engine's own: see patch_modules
};

/// The function that libraries reach by this name, null if there is none. Not what dlsym gives in a
/// program that is not position-independent and takes the function's address: that is a stub of the
/// program's own, which jumps through its import table, so to whatever is put there.
void* imported_function(const char* name);

/// Writes the addresses into the import tables (ELF: JUMP_SLOT and GLOB_DAT) of all libraries
/// loaded now and of the program. Left out are the dynamic loader and the C library. Ours are this
/// library and the one that defines cudaLaunchKernel. What a program resolved at link time, with
/// nothing to import, stays. Safe to call again: after other libraries were loaded. False where
/// import tables are of an unknown kind: then nothing is patched. One thread at a time; other
/// threads may run.
bool patch_modules(std::span<const Replacement> replacements);

}  // namespace tenon::guard
