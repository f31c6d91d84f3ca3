// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Functions that count and call the real ones.
#include "guard/allocation_watch.h"

#include <link.h>

#include <mutex>

#include "base/sanitized.h"
#include "guard/module_patch.h"

namespace tenon::guard {

namespace {

/// Of one thread. In the static block of thread memory: the first use in a thread must not
/// allocate.
struct Tally {
  size_t count, bytes;
  int watches, ours;
};
__attribute__((tls_model("initial-exec"))) thread_local Tally tally;

// operator new(size_t) and operator new[](size_t) as the linker knows them where size_t is long.
constexpr const char *kNew = "_Znwm", *kNewArray = "_Znam";

void note(size_t bytes) noexcept {
  if (tally.watches == 0 || tally.ours != 0) return;
  ++tally.count;
  tally.bytes += bytes;
}

/// A function as libraries have it, which may be a sanitizer's.
template <class Function>
void find(Function*& function, const char* name) {
  function = reinterpret_cast<Function*>(imported_function(name));
}

/// Set before any import is replaced.
struct {
  void* (*malloc)(size_t);
  void* (*calloc)(size_t, size_t);
  void* (*realloc)(void*, size_t);
  void* (*reallocarray)(void*, size_t, size_t);
  void* (*aligned_alloc)(size_t, size_t);
  void* (*memalign)(size_t, size_t);
  int (*posix_memalign)(void**, size_t, size_t);
  void* (*operator_new)(size_t);
  void* (*operator_new_array)(size_t);
} real;

void find_all() {
  find(real.malloc, "malloc");
  find(real.calloc, "calloc");
  find(real.realloc, "realloc");
  find(real.reallocarray, "reallocarray");
  find(real.aligned_alloc, "aligned_alloc");
  find(real.memalign, "memalign");
  find(real.posix_memalign, "posix_memalign");
  find(real.operator_new, kNew);
  find(real.operator_new_array, kNewArray);
}

void* counted_malloc(size_t size) { return note(size), real.malloc(size); }
void* counted_calloc(size_t items, size_t size) {
  return note(items * size), real.calloc(items, size);
}
void* counted_realloc(void* old, size_t size) { return note(size), real.realloc(old, size); }
void* counted_reallocarray(void* old, size_t items, size_t size) {
  return note(items * size), real.reallocarray(old, items, size);
}
void* counted_aligned_alloc(size_t alignment, size_t size) {
  return note(size), real.aligned_alloc(alignment, size);
}
void* counted_memalign(size_t alignment, size_t size) {
  return note(size), real.memalign(alignment, size);
}
int counted_posix_memalign(void** memory, size_t alignment, size_t size) {
  return note(size), real.posix_memalign(memory, alignment, size);
}

/// Around a call of a library of ours: what the C++ library takes for it does not count.
class Ours {
 public:
  Ours() noexcept { ++tally.ours; }
  ~Ours() { --tally.ours; }
  Ours(const Ours&) = delete;
  Ours& operator=(const Ours&) = delete;
};

void* our_new(size_t size) {
  const Ours scope;
  return real.operator_new(size);
}
void* our_new_array(size_t size) {
  const Ours scope;
  return real.operator_new_array(size);
}

template <class Function>
void* pointer(Function* function) noexcept {
  return reinterpret_cast<void*>(function);
}

/// Operator new is counted where the C++ library calls malloc.
bool patch() {
  const Replacement all[] = {
      {"malloc", pointer(counted_malloc), pointer(real.malloc)},
      {"calloc", pointer(counted_calloc), pointer(real.calloc)},
      {"realloc", pointer(counted_realloc), pointer(real.realloc)},
      {"reallocarray", pointer(counted_reallocarray), pointer(real.reallocarray)},
      {"aligned_alloc", pointer(counted_aligned_alloc), pointer(real.aligned_alloc)},
      {"memalign", pointer(counted_memalign), pointer(real.memalign)},
      {"posix_memalign", pointer(counted_posix_memalign), pointer(real.posix_memalign)},
      {kNew, pointer(real.operator_new), pointer(our_new)},
      {kNewArray, pointer(real.operator_new_array), pointer(our_new_array)},
  };
  return patch_modules(all);
}

/// How many libraries were ever loaded: tells whether there are new ones.
unsigned long long libraries_loaded() {
  unsigned long long loaded = 0;
  ::dl_iterate_phdr(
      [](dl_phdr_info* module, size_t, void* data) {
        *static_cast<unsigned long long*>(data) = module->dlpi_adds;
        return 1;
      },
      &loaded);
  return loaded;
}

}  // namespace

bool AllocationWatch::enable() {
  if (TENON_SANITIZED) return false;  // its allocator is not the one that is imported
  static std::mutex mutex;
  static unsigned long long seen = 0;
  static bool able = false;
  const std::lock_guard lock(mutex);
  const unsigned long long now = libraries_loaded();
  if (now == seen) return able;
  if (seen == 0) find_all();
  seen = now;
  return able = patch();
}

AllocationWatch::AllocationWatch() noexcept : count_(tally.count), bytes_(tally.bytes) {
  ++tally.watches;
}

AllocationWatch::~AllocationWatch() { --tally.watches; }

size_t AllocationWatch::count() const noexcept { return tally.count - count_; }

size_t AllocationWatch::bytes() const noexcept { return tally.bytes - bytes_; }

}  // namespace tenon::guard
