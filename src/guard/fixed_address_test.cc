// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Allocations are counted in a program at a fixed address, too, as Debian's Python is one: there
// the address of malloc, once taken, is that of a stub in the program.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/sanitized.h"
#include "guard/allocation_watch.h"
#include "guard/module_patch.h"

namespace tenon::guard {
namespace {

/// In code, not in data: there alone the linker has to give an address of the program's own.
[[gnu::noinline]] void* address_of_malloc() { return reinterpret_cast<void*>(&std::malloc); }

TEST(FixedAddress, TheFunctionOfALibraryIsFoundBehindTheProgramsStub) {
  const auto base = [](void* address) {
    Dl_info info{};
    return ::dladdr(address, &info) == 0 ? nullptr : info.dli_fbase;
  };
  static int own = 0;
  void* program = base(&own);
  ASSERT_EQ(base(address_of_malloc()), program) << "this program takes no stub's address";
  EXPECT_NE(base(imported_function("malloc")), program);
  EXPECT_EQ(imported_function("no_such_function"), nullptr);
}

TEST(FixedAddress, AllocationsAreCountedAndDone) {
  if (TENON_SANITIZED) GTEST_SKIP() << "a sanitizer's allocator is not imported";
  ASSERT_TRUE(AllocationWatch::enable());
  const AllocationWatch watch;
  void* memory = std::malloc(100);
  EXPECT_NE(memory, nullptr);
  EXPECT_EQ(watch.count(), 1u);
  EXPECT_EQ(watch.bytes(), 100u);
  std::free(memory);
}

}  // namespace
}  // namespace tenon::guard
