// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Fuzzes the reader of engine files, and the session behind it: whatever is not refused must load,
// run and be refused without a read or write out of bounds.
#include <cstdlib>
#include <cstring>
#include <memory>

#include "plan/checksum.h"
#include "plan/view.h"
#include "test/faults/damage.h"
#include "test/faults/toy_engine.h"

extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace {

using namespace tenon;

/// Visits all that the accessors give.
uint64_t visit(const plan::View& view) {
  uint64_t sum = view.name().size() + view.target().name.size() + view.record().size() +
                 view.profiling_verbosity() + view.isa_needed();
  const auto visit_code = [&](std::span<const int64_t> code) {
    for (const int64_t word : code) sum += static_cast<uint64_t>(word);
  };
  for (size_t i = 0; i < view.symbol_count(); ++i) visit_code(view.symbol(i).upper);
  for (size_t i = 0; i < view.tensor_count(); ++i) {
    const plan::TensorView tensor = view.tensor(i);
    for (size_t axis = 0; axis < tensor.shape.size(); ++axis) visit_code(tensor.shape[axis]);
    for (size_t at = 0; at < tensor.content.size(); ++at) visit_code(tensor.content[at]);
  }
  for (size_t i = 0; i < view.step_count(); ++i) {
    const plan::StepView step = view.step(i);
    for (const std::byte byte : step.params) sum += std::to_integer<uint64_t>(byte);
    for (size_t at = 0; at < step.source_count; ++at) sum += view.source(i, at).size();
    for (size_t at = 0; at < step.packed_count; ++at) {
      for (const std::byte byte : view.packed(i, at).data) sum += std::to_integer<uint64_t>(byte);
    }
  }
  for (size_t profile = 0; profile < view.profile_count(); ++profile) {
    for (size_t i = 0; i < view.inputs().size(); ++i) {
      sum += static_cast<uint64_t>(view.range(profile, i).max.rank());
    }
  }
  return sum + (view.verify_weights().ok() ? 1 : 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // The copy ends where its block ends, so that ASan sees an overread.
  void* block = nullptr;
  if (posix_memalign(&block, kAlignment, size) != 0) return 0;
  const std::unique_ptr<void, void (*)(void*)> owner(block, std::free);
  if (size > 0) std::memcpy(block, data, size);
  const std::span bytes(static_cast<const std::byte*>(block), size);
  plan::Culprit culprit;
  const auto view = plan::View::open(bytes, {.verify_weights = size % 2 == 0}, &culprit);
  if (!view.ok()) return view.status().what == nullptr ? std::abort(), 0 : 0;
  if (visit(*view) == UINT64_MAX) return 1;  // the sum is used, so the visit is not optimised out

  (void)faults::try_engine(bytes, toy::Loaders(), device::Target{});
  return 0;
}

/// Mutates, then makes size and checksums fit most of the time: chance would not.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t max_size,
                                          unsigned int seed) {
  size = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 16 == 0) return size;
  if (size >= sizeof(plan::Header)) {
    const uint64_t file_bytes = size;
    std::memcpy(data + offsetof(plan::Header, file_bytes), &file_bytes, sizeof(file_bytes));
  }
  plan::repair_checksums(std::as_writable_bytes(std::span(data, size)));
  return size;
}
